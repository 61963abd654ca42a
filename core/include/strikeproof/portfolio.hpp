// Risk and scenarios of positions in European options; see src/portfolio.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "strikeproof/black_scholes.hpp"
#include "strikeproof/column.hpp"
#include "strikeproof/parallel.hpp"

namespace strikeproof::portfolio {

/// Inputs of a portfolio; quantity is negative for positions sold.
struct Positions {
  black_scholes::Columns options;
  Column quantity;
};

/// Value, delta, gamma, vega, theta, rho.
inline constexpr std::size_t kFigures = 6;
using Figures = std::array<double, kFigures>;
using FigureColumns = std::array<double*, kFigures>;

/// Positions of one underlying are summed together; codes[row] < count.
struct Groups {
  const std::uint32_t* codes = nullptr;  // null: all positions are one group
  std::size_t count = 1;
};

/// Figures of every position, times its quantity, in `out`; their sums by group in `totals`. Sums
/// have the same bits for any number of threads. Returns false when stopped.
[[nodiscard]] bool risk(const Positions& positions, std::size_t count, const Groups& groups,
                        const FigureColumns& out, std::uint8_t* status, Figures* totals,
                        const Parallel& parallel);

/// A change of the market, and of the date.
struct Shock {
  double spot_return;  // the spot times 1 + this, >= -1
  double volatility;   // added, as the next two
  double rate;
  double dividend_yield;
  double elapsed_time;  // years, >= 0; what expires by then settles at its intrinsic value
};

/// What scenarios give. Null where not wanted.
struct ScenarioOutputs {
  double* totals;              // by scenario and group: profit and loss
  double* by_position;         // by scenario and position
  std::int64_t* first_failed;  // by scenario: its first position without a price, or -1
  std::uint8_t* status;        // by scenario: why
};

/// Profit and loss of the portfolio under each shock, every position priced again. A shock of zeros
/// gives exactly 0. Returns false when stopped.
[[nodiscard]] bool scenarios(const Positions& positions, std::size_t count, const Groups& groups,
                             std::span<const Shock> shocks, const ScenarioOutputs& out,
                             const Parallel& parallel);

}  // namespace strikeproof::portfolio
