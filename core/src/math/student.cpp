// Quantiles of Student's t with a whole number n of degrees of freedom: Newton's method on the
// finite sums of [1, 26.7.3 and 26.7.4] for the chance A of |t| being below a value.
//
//   theta = atan(t / sqrt n);  n odd:  A = 2/pi (theta + sin theta (cos + 2/3 cos^3 + ...))
//                              n even: A = sin theta (1 + 1/2 cos^2 + (1 3)/(2 4) cos^4 + ...)
//
// Above 1000 degrees the expansion around the normal quantile [1, 26.7.5] is exact to 1e-12.
//
// [1] Abramowitz, M. and Stegun, I. (1964), Handbook of Mathematical Functions.
#include "strikeproof/math/student.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "math/log_gamma.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::math {
namespace {

constexpr double kLarge = 1000.0;

double within(double t, int n) noexcept {
  const double theta = std::atan(t / std::sqrt(n));
  const double sine = std::sin(theta);
  const double cosine = std::cos(theta);
  const bool odd = n % 2 != 0;
  double term = odd ? cosine : 1.0;
  double sum = n == 1 ? 0.0 : term;
  for (int k = odd ? 3 : 2; k <= n - 2; k += 2) {
    term *= cosine * cosine * (k - 1.0) / k;
    sum += term;
  }
  return odd ? 2.0 / std::numbers::pi * (theta + sine * sum) : sine * sum;
}

double density(double t, double n) noexcept {
  const double scale =
      std::exp(log_gamma(0.5 * (n + 1.0)) - log_gamma(0.5 * n)) / std::sqrt(n * std::numbers::pi);
  return scale * std::pow(1.0 + t * t / n, -0.5 * (n + 1.0));
}

double expansion(double z, double n) noexcept {
  const double z2 = z * z;
  const double g1 = z * (z2 + 1.0) / 4.0;
  const double g2 = z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
  const double g3 = z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
  const double g4 =
      z * ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92160.0;
  return z + (g1 + (g2 + (g3 + g4 / n) / n) / n) / n;
}

}  // namespace

double student_two_sided(double level, double degrees_of_freedom) noexcept {
  const double z = -inverse_normal_cdf(0.5 * (1.0 - level));
  if (std::isinf(degrees_of_freedom)) return z;
  if (degrees_of_freedom > kLarge) return expansion(z, degrees_of_freedom);
  const int n = std::max(static_cast<int>(degrees_of_freedom), 1);
  // A is concave in t > 0: from below, Newton's steps never go too far
  double t = std::min(z, 1.0);
  for (int k = 0; k < 200; ++k) {
    const double step = (level - within(t, n)) / (2.0 * density(t, n));
    t += step;
    if (std::abs(step) <= 1e-14 * t) break;
  }
  return t;
}

}  // namespace strikeproof::math
