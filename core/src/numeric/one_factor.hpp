// The Black-Scholes equation for options on one asset, on the pieces of spot_grid.hpp and
// time_stepper.hpp; internal to the core. Method and sources: src/finite_difference.cpp.
#pragma once

#include "numeric/exercise_rules.hpp"
#include "strikeproof/exercise.hpp"
#include "strikeproof/finite_difference.hpp"

namespace strikeproof::numeric {

/// Escrowed dividends go with a plain option in flat rates.
struct OneFactorProblem {
  const finite_difference::Contract& contract;
  const CashDividends& dividends;
  DividendModel model;
  const finite_difference::CurveMarket& market;
};

template <class T>
struct OneFactorSolution {
  T value;
  double delta = 0.0, gamma = 0.0, theta = 0.0;
  bool exercised = false;
  bool converged = true;
};

/// How far the grids of one family are refined: each has all nodes of the one before.
enum class Refinement : int { kCoarse = 1, kAsked = 2, kFine = 4 };

template <class T>
[[nodiscard]] OneFactorSolution<T> solve_one_factor(const OneFactorProblem& problem,
                                                    const finite_difference::Settings& settings,
                                                    Refinement refinement);

[[nodiscard]] bool may_exercise_today(const ExercisableOption& option) noexcept;

/// kOk, or why contract and spot cannot be priced.
[[nodiscard]] Status check_contract(const finite_difference::Contract& contract,
                                    double spot) noexcept;

/// A contract is settled where it has reached a barrier today, or nothing is uncertain.
[[nodiscard]] bool is_knocked(const finite_difference::Contract& contract, double spot) noexcept;
[[nodiscard]] bool is_settled(const OneFactorProblem& problem) noexcept;

/// Value, delta, theta and rho of a settled contract that is no knock-in turned plain;
/// kOutOfDomain for the best moment of an American exercise.
[[nodiscard]] GreeksResult settled_value(const OneFactorProblem& problem) noexcept;

struct VanillaProblem {
  const ExercisableOption& option;
  const FlatMarket& market;
  const CashDividends& dividends;
  DividendModel model;
};

/// Price and Greeks by the grid.
[[nodiscard]] PriceResult price_on_grid(const VanillaProblem& problem,
                                        const finite_difference::Settings& settings) noexcept;
[[nodiscard]] GreeksResult greeks_on_grid(const VanillaProblem& problem,
                                          const finite_difference::Settings& settings) noexcept;

}  // namespace strikeproof::numeric
