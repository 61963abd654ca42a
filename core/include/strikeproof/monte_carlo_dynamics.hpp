// Models whose paths are simulated in steps of their own: stochastic and local volatility; see
// src/monte_carlo/heston_paths.cpp and local_volatility_paths.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "strikeproof/heston.hpp"
#include "strikeproof/monte_carlo.hpp"
#include "strikeproof/ssvi.hpp"
#include "strikeproof/term_structure.hpp"

namespace strikeproof::monte_carlo {

enum class HestonScheme : std::uint8_t {
  kQuadraticExponential = 0,  // Andersen, with martingale correction
  kAlmostExact = 1,           // the variance exactly, its integral by its first two moments
  kFullTruncation = 2,        // Euler
};

struct HestonModel {
  double spot;  // > 0
  heston::Model variance;
  term_structure::RateCurve rate;
  term_structure::RateCurve dividend_yield;
};

/// No step is longer than 1/steps_per_year. Throws std::invalid_argument where the scheme does not
/// exist: the martingale correction for long steps where the correlation is positive, and the
/// almost exact one for a volatility of variance within (1e-9, 1e-3).
[[nodiscard]] std::unique_ptr<Dynamics> heston(const HestonModel& model, HestonScheme scheme,
                                               double steps_per_year, const Schedule& schedule);

struct LocalVolatilityModel {
  double spot;  // > 0
  ssvi::Surface surface;
  std::vector<double> expiries;  // where the surface's derivative by time may jump, ascending
  term_structure::RateCurve rate;
  term_structure::RateCurve dividend_yield;
};

/// Steps as above, and every expiry is one. Throws std::invalid_argument where the surface has no
/// local volatility, naming time and log-moneyness.
[[nodiscard]] std::unique_ptr<Dynamics> local_volatility(const LocalVolatilityModel& model,
                                                         double steps_per_year,
                                                         const Schedule& schedule);

}  // namespace strikeproof::monte_carlo
