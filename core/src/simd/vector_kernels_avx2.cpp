// The vector kernels for one instruction set; CMake gives this file its flags.
#include "kernel_driver.hpp"

namespace strikeproof::simd {

const Kernels kKernelsAvx2{"avx2", quantities<1>, quantities<kFirstOrder>, volatilities};

}  // namespace strikeproof::simd
