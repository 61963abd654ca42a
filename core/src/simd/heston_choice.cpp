// Choice among the Heston kernels.
#include "heston_kernels.hpp"
#include "instruction_set.hpp"

namespace strikeproof::simd {

std::array<const HestonKernels*, 4> supported_heston() noexcept {
#if defined(_MSC_VER)
  return {&kHestonScalar};
#elif defined(STRIKEPROOF_X86_KERNELS)
  return runnable<HestonKernels, 4>({&kHestonAvx512, &kHestonAvx2, &kHestonBaseline});
#else
  return {&kHestonBaseline};
#endif
}

const HestonKernels& heston_kernels() noexcept {
  static const HestonKernels& choice = *supported_heston().front();
  return choice;
}

}  // namespace strikeproof::simd
