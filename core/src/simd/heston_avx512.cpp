// Heston's kernels for one instruction set; CMake gives this file its flags.
#include "heston_kernel.hpp"

namespace strikeproof::simd {

constinit const HestonKernels kHestonAvx512 = heston_table();

}  // namespace strikeproof::simd
