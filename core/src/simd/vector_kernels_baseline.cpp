// The vector kernels for one instruction set; CMake gives this file its flags.
#include "kernel_driver.hpp"

namespace strikeproof::simd {

constinit const Kernels kKernelsBaseline = table("baseline");

}  // namespace strikeproof::simd
