// Gamma distribution by its series below a + 1 and Legendre's continued fraction above [1, 6.5.29,
// 6.5.31], in logarithms, so that shapes near 0 lose nothing.
//
// In y = ln x the density of a gamma number is log-concave, hence so are both its tails, and
// Newton's iteration for the logarithm of a tail converges from every start: after its first step
// it stays on one side. Starts: Wilson and Hilferty's cube [1, 26.4.17] and the leading term of the
// series. Poisson: P(n <= k) = Q(k + 1, mean) [1, 26.4.21], the k of a Cornish-Fisher guess, and
// then the recurrence of its chances.
//
// [1] Abramowitz, M. and Stegun, I. (1964), Handbook of Mathematical Functions, NBS.
#include "math/gamma_distribution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "strikeproof/math/normal.hpp"

namespace strikeproof::math {
namespace {

constexpr double kSmall = 1e-17;
constexpr double kHalfLogTwoPi = 0.91893853320467274178;

/// ln(sum x^n / ((a + 1) ... (a + n))).
double log_series(double a, double x) noexcept {
  double term = 1.0;
  double sum = 1.0;
  for (double n = 1.0; term > kSmall * sum; n += 1.0) {
    term *= x / (a + n);
    sum += term;
  }
  return std::log(sum);
}

/// ln of x^-a exp(x) Gamma(a, x), x > a, by Lentz's algorithm on the even part of the fraction.
double log_fraction(double a, double x) noexcept {
  double b = x + 1.0 - a;
  double c = 1e300;
  double d = 1.0 / b;
  double value = d;
  for (double n = 1.0; n < 1e6; n += 1.0) {
    const double numerator = -n * (n - a);
    b += 2.0;
    d = 1.0 / (numerator * d + b);
    c = b + numerator / c;
    const double factor = c * d;
    value *= factor;
    if (std::abs(factor - 1.0) < 1e-16) break;
  }
  return std::log(value);
}

}  // namespace

double log_gamma(double a) noexcept {
  double product = 1.0;
  for (; a < 14.0; a += 1.0) product *= a;
  const double inverse = 1.0 / a;
  const double square = inverse * inverse;
  const double tail =
      inverse *
      (1.0 / 12.0 -
       square * (1.0 / 360.0 -
                 square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square * (1.0 / 1188.0)))));
  return (a - 0.5) * std::log(a) - a + kHalfLogTwoPi + tail - std::log(product);
}

double log_gamma_below(double a, double y) noexcept {
  const double x = std::exp(y);
  if (x < a + 1.0) return a * y - x - log_gamma(a + 1.0) + log_series(a, x);
  return std::log1p(-std::exp(a * y - x - log_gamma(a) + log_fraction(a, x)));
}

double log_gamma_above(double a, double y) noexcept {
  const double x = std::exp(y);
  if (x >= a + 1.0) return a * y - x - log_gamma(a) + log_fraction(a, x);
  return std::log1p(-std::min(std::exp(a * y - x - log_gamma(a + 1.0) + log_series(a, x)), 1.0));
}

double gamma_quantile(double a, double z) noexcept {
  const bool lower = z <= 0.0;
  const double wanted = std::log(normal_cdf(-std::abs(z)));
  const double leading = (std::log(normal_cdf(z)) + log_gamma(a + 1.0)) / a;
  const double root = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * std::sqrt(a));
  double y = a > 0.5 && root > 0.2 ? std::log(a) + 3.0 * std::log(root)
                                   : std::min(leading, std::log(a + 1.0));
  constexpr int kMost = 100;
  for (int k = 0; k < kMost; ++k) {
    const double found = lower ? log_gamma_below(a, y) : log_gamma_above(a, y);
    const double slope = std::exp(a * y - std::exp(y) - log_gamma(a) - found);
    const double move = (lower ? wanted - found : found - wanted) / slope;
    y += std::clamp(move, -1e3 * (1.0 + 1.0 / a), 2.0);
    if (!(std::abs(move) > 1e-12)) break;
  }
  return std::exp(y);
}

double poisson_quantile(double mean, double z) noexcept {
  if (!(mean > 0.0)) return 0.0;
  const double wanted = normal_cdf(z);
  const double log_mean = std::log(mean);
  double k = std::max(std::floor(mean + std::sqrt(mean) * z + (z * z - 1.0) / 6.0), 0.0);
  double below = std::exp(log_gamma_above(k + 1.0, log_mean));
  double chance = std::exp(k * log_mean - mean - log_gamma(k + 1.0));
  while (below < wanted && chance > kSmall) {
    k += 1.0;
    chance *= mean / k;
    below += chance;
  }
  while (k > 0.0 && below - chance >= wanted) {
    below -= chance;
    chance *= k / mean;
    k -= 1.0;
  }
  return k;
}

}  // namespace strikeproof::math
