// Heston's equation solved for one contract on one grid; internal to the core. Method and sources:
// src/heston_finite_difference.cpp.
#pragma once

#include "numeric/one_factor_terms.hpp"
#include "strikeproof/heston_finite_difference.hpp"

namespace strikeproof::numeric {

struct HestonProblem {
  const finite_difference::Contract& contract;
  const heston::Market& market;
  double shift = 0.0;  // taken off the payoff; for knock-ins
};

struct HestonSolution {
  heston_finite_difference::Values value;
  bool exercised;
};

/// Knock-outs and contracts without barrier.
[[nodiscard]] HestonSolution solve_heston(const HestonProblem& problem,
                                          const heston_finite_difference::Settings& settings,
                                          Refinement refinement);

}  // namespace strikeproof::numeric
