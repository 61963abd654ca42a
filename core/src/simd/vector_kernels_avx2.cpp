// The vector kernels for one instruction set; CMake gives this file its flags.
#include "kernel_driver.hpp"

namespace strikeproof::simd {

constinit const Kernels kKernelsAvx2 = table("avx2");

}  // namespace strikeproof::simd
