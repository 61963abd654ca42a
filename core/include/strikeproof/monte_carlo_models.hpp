// Models whose paths are simulated; see src/monte_carlo.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "strikeproof/monte_carlo.hpp"
#include "strikeproof/term_structure.hpp"

namespace strikeproof::monte_carlo {

/// Lognormal assets with volatilities and yields that depend on time.
struct BlackScholesModel {
  std::vector<double> spot;  // > 0, one per asset; as the next two
  std::vector<term_structure::VolatilityCurve> volatility;
  std::vector<term_structure::RateCurve> dividend_yield;
  term_structure::RateCurve rate;
  std::vector<double> correlation;  // by rows: symmetric, ones on the diagonal, positive
                                    // semidefinite; empty for one asset
};

/// Lognormal jumps that come at a constant rate: each multiplies the spot by exp(J), J normal.
struct Jumps {
  double intensity;  // >= 0, per year
  double mean;       // of J
  double deviation;  // of J, >= 0
};

/// Exact at every step. Throws std::invalid_argument where the correlations are not those of a
/// distribution.
[[nodiscard]] std::unique_ptr<Dynamics> black_scholes(const BlackScholesModel& model,
                                                      const Schedule& schedule);

/// One asset, exact at every step. Throws std::invalid_argument for a continuous schedule: between
/// two steps it may have jumped.
[[nodiscard]] std::unique_ptr<Dynamics> merton(const BlackScholesModel& model, const Jumps& jumps,
                                               const Schedule& schedule);

/// Steps for a schedule: its dates, `further` times before the last of them, and as many equal
/// parts between those as make no step longer than `longest`. The clock is time.
[[nodiscard]] std::vector<Step> steps_of(const Schedule& schedule,
                                         std::span<const double> further = {},
                                         double longest = std::numeric_limits<double>::infinity());

}  // namespace strikeproof::monte_carlo
