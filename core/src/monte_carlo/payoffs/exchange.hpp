// The one closed form of the controls; internal to the core.
#pragma once

#include <algorithm>
#include <cmath>

#include "strikeproof/math/normal.hpp"

namespace strikeproof::monte_carlo {

/// E (phi (F - K))+ with means F and K > 0 and ln(F/K) normal of deviation w [Margrabe (1978), J.
/// Finance 33(1), 177-186]; K <= 0 is a number.
[[nodiscard]] inline double exchange(double phi, double forward, double strike, double w) noexcept {
  if (strike <= 0.0 || !(w > 0.0)) return std::max(phi * (forward - strike), 0.0);
  const double d1 = std::log(forward / strike) / w + 0.5 * w;
  return phi * (forward * math::normal_cdf(phi * d1) - strike * math::normal_cdf(phi * (d1 - w)));
}

}  // namespace strikeproof::monte_carlo
