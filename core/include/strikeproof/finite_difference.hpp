// European, American and Bermudan options with cash dividends by finite differences; see
// src/finite_difference.cpp for method and sources.
#pragma once

#include "strikeproof/exercise.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::finite_difference {

/// Errors fall as the square of both numbers together.
struct Settings {
  int spot_points;  // kMinimumPoints to kMaximumPoints
  int time_steps;   // 2 to kMaximumSteps in all; every stretch between two events has some
  bool extrapolation = false;  // Richardson's, from this grid and one twice as fine in both
};

inline constexpr int kMinimumPoints = 20;
inline constexpr int kMaximumPoints = 20'000;
inline constexpr int kMaximumSteps = 20'000;

/// Present value. A dividend moves the spot from S to max(S - amount, 0): a company that cannot pay
/// all pays what it has, and its stock stays at 0. On the same date exercise comes first.
[[nodiscard]] PriceResult price(const ExercisableOption& option, const CashDividends& dividends,
                                const FlatMarket& market, const Settings& settings) noexcept;

/// Delta and gamma from the grid, theta from the equation, vega and rho carried through the
/// solution.
[[nodiscard]] GreeksResult greeks(const ExercisableOption& option, const CashDividends& dividends,
                                  const FlatMarket& market, const Settings& settings) noexcept;

}  // namespace strikeproof::finite_difference
