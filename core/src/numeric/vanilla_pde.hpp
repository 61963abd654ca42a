// The Black-Scholes equation for vanilla options with early exercise and cash dividends, on the
// pieces of spot_grid.hpp and time_stepper.hpp; internal to the core. Method and sources:
// src/finite_difference.cpp.
#pragma once

#include "numeric/exercise_rules.hpp"
#include "strikeproof/exercise.hpp"
#include "strikeproof/finite_difference.hpp"

namespace strikeproof::numeric {

struct VanillaProblem {
  const ExercisableOption& option;
  const FlatMarket& market;
  const CashDividends& dividends;
  DividendModel model;
};

template <class T>
struct VanillaSolution {
  T value;
  double delta = 0.0, gamma = 0.0;
  bool exercised = false;
  bool converged = true;
};

template <class T>
[[nodiscard]] VanillaSolution<T> solve_vanilla(const VanillaProblem& problem,
                                               const finite_difference::Settings& settings);

/// Price and Greeks by the grid.
[[nodiscard]] PriceResult price_on_grid(const VanillaProblem& problem,
                                        const finite_difference::Settings& settings) noexcept;
[[nodiscard]] GreeksResult greeks_on_grid(const VanillaProblem& problem,
                                          const finite_difference::Settings& settings) noexcept;

}  // namespace strikeproof::numeric
