// Choice among the American kernels.
#include "american_kernels.hpp"

#if defined(_MSC_VER)
#include "one_by_one.hpp"
#else
#include "instruction_set.hpp"
#endif

namespace strikeproof::simd {
namespace {

#if defined(_MSC_VER)
template <std::size_t count>
void american_one_by_one(const Job& job, const AmericanScheme& /*scheme*/, Rows rows) noexcept {
  one_by_one<count>(job, rows);
}

const AmericanKernels kAmericanOneByOne{american_one_by_one<1>, american_one_by_one<6>,
                                        american_one_by_one<1>};
#endif

const AmericanKernels* widest() noexcept {
#if defined(_MSC_VER)
  return &kAmericanOneByOne;
#elif defined(STRIKEPROOF_X86_KERNELS)
  return runnable<AmericanKernels, 3>({&kAmericanAvx512, &kAmericanAvx2, &kAmericanBaseline})
      .front();
#else
  return &kAmericanBaseline;
#endif
}

}  // namespace

const AmericanKernels& american_kernels() noexcept {
  static const AmericanKernels& choice = *widest();
  return choice;
}

}  // namespace strikeproof::simd
