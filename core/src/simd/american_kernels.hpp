// Entry points of the American vector kernels, one table per instruction set; internal to the core.
#pragma once

#include <array>

#include "american_scheme.hpp"
#include "vector_kernels.hpp"

namespace strikeproof::simd {

/// Rows of a job by a scheme; rows the kernel does not answer go to the job's `rare`.
using AmericanKernel = void (*)(const Job& job, const AmericanScheme& scheme, Rows rows) noexcept;

struct AmericanKernels {
  AmericanKernel price;
  AmericanKernel greeks;    // price, delta, gamma, vega, theta, rho
  AmericanKernel boundary;  // the spot at which exercise is due
};

extern const AmericanKernels kAmericanBaseline;
extern const AmericanKernels kAmericanAvx2;
extern const AmericanKernels kAmericanAvx512;

/// Those of the widest set that this processor has.
[[nodiscard]] const AmericanKernels& american_kernels() noexcept;

}  // namespace strikeproof::simd
