// Logarithm of the gamma function of a positive number; internal to the core.
//
// Stirling's series [1, 6.1.40] from 12 on, where its eighth term is below 1e-17; smaller arguments
// are raised by the recurrence. The C library's function writes a global sign, which threads share.
//
// [1] Abramowitz, M. and Stegun, I. (1964), Handbook of Mathematical Functions.
#pragma once

#include <cmath>

namespace strikeproof::math {

/// ln Gamma(x), x > 0: error below 1e-14, and below 1e-15 of a large value.
[[nodiscard]] inline double log_gamma(double x) noexcept {
  constexpr double kHalfLogTwoPi = 0.91893853320467274178;
  constexpr double kFirst = 12.0;
  double product = 1.0;
  for (; x < kFirst; x += 1.0) product *= x;
  const double inverse = 1.0 / x;
  const double y = inverse * inverse;
  const double series =
      inverse *
      (1.0 / 12.0 + y * (-1.0 / 360.0 +
                         y * (1.0 / 1260.0 +
                              y * (-1.0 / 1680.0 + y * (1.0 / 1188.0 + y * (-691.0 / 360360.0 +
                                                                            y * (1.0 / 156.0)))))));
  return (x - 0.5) * std::log(x) - x + kHalfLogTwoPi + series - std::log(product);
}

}  // namespace strikeproof::math
