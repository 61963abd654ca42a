// Least squares that outliers do not rule: the soft absolute error as the square of a residual.
//
//   f(r)^2 = 2 c^2 (sqrt(1 + (r/c)^2) - 1):  r^2 for small errors, 2 c |r| for large ones [1]
//
// [1] Triggs, B., McLauchlan, P., Hartley, R. and Fitzgibbon, A. (2000), Bundle adjustment - a
//     modern synthesis, Lecture Notes in Computer Science 1883, 298-372.
#pragma once

#include <cmath>

namespace strikeproof::numeric {

struct SoftResidual {
  double value;
  double slope;  // by the error
};

/// f of an error; the error itself where the scale is infinite.
[[nodiscard]] inline SoftResidual soft_residual(double error, double scale) noexcept {
  if (!std::isfinite(scale)) return {error, 1.0};
  const double root = std::hypot(1.0, error / scale);
  const double shrink = std::sqrt(2.0 / (1.0 + root));
  return {error * shrink, 1.0 / (shrink * root)};
}

}  // namespace strikeproof::numeric
