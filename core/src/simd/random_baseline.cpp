// Random numbers' kernels for one instruction set; CMake gives this file its flags.
#include "random_kernel.hpp"

namespace strikeproof::simd {

constinit const RandomKernels kRandomBaseline = random_table();

}  // namespace strikeproof::simd
