// Choice among the kernels of paths.
#include "instruction_set.hpp"
#include "path_kernels.hpp"

namespace strikeproof::simd {

std::array<const PathKernels*, 5> supported_paths() noexcept {
#if defined(_MSC_VER)
  return {&kPathScalar};
#elif defined(STRIKEPROOF_X86_KERNELS)
  return runnable<PathKernels, 5>({&kPathAvx512, &kPathAvx2, &kPathBaseline, &kPathScalar});
#else
  return {&kPathBaseline, &kPathScalar};
#endif
}

const PathKernels& path_kernels() noexcept {
  static const PathKernels& choice = *supported_paths().front();
  return choice;
}

}  // namespace strikeproof::simd
