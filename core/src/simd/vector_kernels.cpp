// Choice among the kernels of the lognormal and the normal model.
#include "vector_kernels.hpp"

#if defined(_MSC_VER)
#include "one_by_one.hpp"
#include "strikeproof/black_scholes.hpp"
#else
#include "instruction_set.hpp"
#endif

namespace strikeproof::simd {
namespace {

#if defined(_MSC_VER)
constexpr Model kLognormal{one_by_one<1>, one_by_one<black_scholes::kDividendRho + 1>,
                           one_by_one<black_scholes::kQuantities>, one_by_one<1>};
constexpr Model kNormal{one_by_one<1>, one_by_one<6>, nullptr, one_by_one<1>};
const Kernels kOneByOne{"scalar", kLognormal, kLognormal, kNormal};
#endif

}  // namespace

std::array<const Kernels*, 4> supported() noexcept {
#if defined(_MSC_VER)
  return {&kOneByOne};
#elif defined(STRIKEPROOF_X86_KERNELS)
  return runnable<Kernels, 4>({&kKernelsAvx512, &kKernelsAvx2, &kKernelsBaseline});
#else
  return {&kKernelsBaseline};
#endif
}

const Kernels& kernels() noexcept {
  static const Kernels& choice = *supported().front();
  return choice;
}

}  // namespace strikeproof::simd
