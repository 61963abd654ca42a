// Choice among the kernels of random numbers.
#include "instruction_set.hpp"
#include "random_kernels.hpp"

namespace strikeproof::simd {

std::array<const RandomKernels*, 5> supported_random() noexcept {
#if defined(_MSC_VER)
  return {&kRandomScalar};
#elif defined(STRIKEPROOF_X86_KERNELS)
  return runnable<RandomKernels, 5>(
      {&kRandomAvx512, &kRandomAvx2, &kRandomBaseline, &kRandomScalar});
#else
  return {&kRandomBaseline, &kRandomScalar};
#endif
}

const RandomKernels& random_kernels() noexcept {
  static const RandomKernels& choice = *supported_random().front();
  return choice;
}

}  // namespace strikeproof::simd
