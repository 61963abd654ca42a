// Extrapolation and errors from grids of which each halves the spacings of the one before; internal
// to the core.
//
// With v(h) the value at spacing h, e(h) = v(h/2) + (v(h/2) - v(h))/3 has no error of the second
// order.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace strikeproof::numeric {

[[nodiscard]] inline double extrapolated(double coarse, double fine) noexcept {
  return fine + (fine - coarse) / 3.0;
}

/// Error of the extrapolated value, or of the value asked for. Two extrapolated values differ by a
/// bound of the error of the second wherever errors fall as the square at all; where they agree by
/// chance, a part of what extrapolation moved is the least that is owned up to. The error of the
/// value asked for is what extrapolation tells, with the factor of safety of [1].
///
/// [1] Roache, P. (1994), Perspective: a method for uniform reporting of grid refinement studies,
///     J. Fluids Eng. 116(3), 405-413.
[[nodiscard]] inline double error_of(double coarse, double asked, double fine,
                                     bool extrapolates) noexcept {
  constexpr double kLeast = 0.1, kSafety = 1.25;
  const double first = extrapolated(coarse, asked), second = extrapolated(asked, fine);
  const double between = std::abs(second - first);
  return extrapolates ? std::max(between, kLeast * std::abs(second - fine))
                      : std::max(between, kSafety * std::abs(second - asked));
}

[[nodiscard]] inline double order_of(double coarse, double asked, double fine) noexcept {
  const double ratio = (coarse - asked) / (asked - fine);
  return ratio > 0.0 && std::isfinite(ratio) ? std::log2(ratio)
                                             : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace strikeproof::numeric
