// Kernels of simulated paths for one instruction set; CMake gives this file its flags.
#include "path_kernel.hpp"

namespace strikeproof::simd {

constinit const PathKernels kPathAvx2 = path_table();

}  // namespace strikeproof::simd
