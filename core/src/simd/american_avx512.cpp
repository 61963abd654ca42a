// The American vector kernels for one instruction set; CMake gives this file its flags.
#include "american_driver.hpp"

namespace strikeproof::simd {

constinit const AmericanKernels kAmericanAvx512 = american_table();

}  // namespace strikeproof::simd
