// Kernels of models' steps for one instruction set; CMake gives this file its flags.
#include "dynamics_kernel.hpp"

namespace strikeproof::simd {

constinit const DynamicsKernels kDynamicsAvx512 = dynamics_table();

}  // namespace strikeproof::simd
