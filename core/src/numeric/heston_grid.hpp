// Grid in spot and variance for Heston's equation; internal to the core.
#pragma once

#include "numeric/heston_solver.hpp"
#include "numeric/spot_grid.hpp"

namespace strikeproof::numeric {

struct HestonGrid {
  Grid spot;
  Grid variance;
};

[[nodiscard]] HestonGrid heston_grid(const HestonProblem& problem,
                                     const heston_finite_difference::Settings& settings,
                                     Refinement refinement);

}  // namespace strikeproof::numeric
