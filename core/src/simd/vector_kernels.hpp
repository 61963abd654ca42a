// Entry points of the vector kernels, one table per instruction set; internal to the core.
//
// A kernel works on rows [begin, end) of its columns and writes to the same rows of its outputs.
// The value of a row depends on that row alone: not on its place, the batch, or the threads. Rows
// at or near a limit, or not answerable, go to `rare`, the scalar function that knows every case.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "strikeproof/column.hpp"

namespace strikeproof::simd {

// Order of the input columns: option_sign, spot, strike, time_to_expiry, rate, dividend_yield, and
// volatility (the price for implied_volatility).
inline constexpr std::size_t kInputs = 7;

// The outputs are in the order of black_scholes::Quantity; bachelier has the first six.
inline constexpr std::size_t kOutputs = 14;

/// One row by the scalar engine: fills values[0 .. count) and returns the status.
using Rare = std::uint8_t (*)(const double* inputs, double* values, std::size_t count) noexcept;

/// Null outputs are not written; a kernel's work depends only on which of the three it is.
struct Job {
  const Column* inputs;    // kInputs of them
  double* const* outputs;  // as many as the kernel computes
  std::uint8_t* status;    // may be null
  Rare rare;
};

using Kernel = void (*)(const Job& job, Rows rows) noexcept;

/// One model: price alone, and price with the derivatives up to an order.
struct Model {
  Kernel price;
  Kernel first_order;
  Kernel second_order;  // null where the model has none
  Kernel implied_volatility;
};

struct Kernels {
  const char* name;  // instruction set
  Model spot;        // black_scholes
  Model forward;     // black: the column of the dividend yield is that of the rate
  Model normal;      // bachelier: the column of the dividend yield is not read
};

extern const Kernels kKernelsBaseline;
extern const Kernels kKernelsAvx2;
extern const Kernels kKernelsAvx512;

/// Every set this processor has, the widest first; null at the end.
[[nodiscard]] std::array<const Kernels*, 4> supported() noexcept;

/// The widest set this processor has, chosen once.
[[nodiscard]] const Kernels& kernels() noexcept;

}  // namespace strikeproof::simd
