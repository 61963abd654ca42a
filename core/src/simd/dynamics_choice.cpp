// Choice among the kernels of stochastic volatility.
#include "dynamics_kernels.hpp"
#include "instruction_set.hpp"

namespace strikeproof::simd {

std::array<const DynamicsKernels*, 5> supported_dynamics() noexcept {
#if defined(_MSC_VER)
  return {&kDynamicsScalar};
#elif defined(STRIKEPROOF_X86_KERNELS)
  return runnable<DynamicsKernels, 5>(
      {&kDynamicsAvx512, &kDynamicsAvx2, &kDynamicsBaseline, &kDynamicsScalar});
#else
  return {&kDynamicsBaseline, &kDynamicsScalar};
#endif
}

const DynamicsKernels& dynamics_kernels() noexcept {
  static const DynamicsKernels& choice = *supported_dynamics().front();
  return choice;
}

}  // namespace strikeproof::simd
