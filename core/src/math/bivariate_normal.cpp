// Bivariate normal distribution.
//
// With the upper tail L(h, k, r) = P(X > h, Y > k) = Phi2(-h, -k, r) and dL/dr = phi2(h, k, r):
//
//   small |r|:  L = N(-h) N(-k) + 1/(2 pi) int_0^asin(r) exp(-(h^2 + k^2 - 2 h k sin t)
//                                                            / (2 cos^2 t)) dt         [1]
//   r near 1:   L = N(-max(h, k)) - R/(2 pi),   x^2 = 1 - s^2 in  int_r^1 phi2 ds,      [2]
//               R = int_0^a exp(-b^2/(2 x^2)) g(x) dx,   a^2 = 1 - r^2,  b = |h - k|
//               g = exp(-h k/(1 + sqrt(1 - x^2))) / sqrt(1 - x^2)
//                 = exp(-h k/2) (1 + c x^2 + c d x^4 + O(x^6)),  c = (4 - h k)/8,  d = (12 - h
//                 k)/16
//
// The integral of the three terms is known (by parts, down to N(-b/a)); what remains is of order
// x^6 and smooth enough for a fixed Gauss-Legendre rule [3]. r near -1 follows from
// L(h, k, r) = N(-h) - L(h, -k, -r).
//
// [1] Drezner, Z. and Wesolowsky, G. O. (1990), J. Statist. Comput. Simul. 35, 101-107, eq. (3).
// [2] Drezner and Wesolowsky (1990), sec. 2.2.
// [3] Genz, A. (2004), Statistics and Computing 14, 251-260, sec. 2.
#include "strikeproof/math/bivariate_normal.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "strikeproof/math/gauss_legendre.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::math {
namespace {

constexpr double kTwoPi = 6.28318530717958647693;
constexpr double kNearOne = 0.925;      // [3]: where the second form takes over
constexpr double kNegligible = -100.0;  // exp of it is nothing beside 1e-15

constexpr auto kRule8 = gauss_legendre<8>();
constexpr auto kRule14 = gauss_legendre<14>();
constexpr auto kRule24 = gauss_legendre<24>();

template <class Rule>
double angle_integral(const Rule& rule, double h, double k, double r) noexcept {
  const double half_angle = 0.5 * std::asin(r);
  const double squares = 0.5 * (h * h + k * k);
  double sum = 0.0;
  for (std::size_t i = 0; i < rule.node.size(); ++i) {
    for (const double node : {-rule.node[i], rule.node[i]}) {
      const double sine = std::sin(half_angle * (1.0 + node));
      sum += rule.weight[i] * std::exp((sine * h * k - squares) / (1.0 - sine * sine));
    }
  }
  return sum * half_angle / kTwoPi;
}

double moderate(double h, double k, double r) noexcept {
  const double size = std::fabs(r);
  const double integral = size < 0.3    ? angle_integral(kRule8, h, k, r)
                          : size < 0.75 ? angle_integral(kRule14, h, k, r)
                                        : angle_integral(kRule24, h, k, r);
  return integral + normal_cdf(-h) * normal_cdf(-k);
}

// R of the file head
double near_one_remainder(double h, double k, double r) noexcept {
  const double hk = h * k;
  const double a2 = (1.0 - r) * (1.0 + r);
  const double a = std::sqrt(a2);
  const double b = std::fabs(h - k);
  const double b2 = b * b;
  const double c = (4.0 - hk) / 8.0;
  const double d = (12.0 - hk) / 16.0;
  double sum = 0.0;
  const double exponent = -0.5 * (b2 / a2 + hk);
  if (exponent > kNegligible) {
    sum = a * std::exp(exponent) *
          (1.0 - c * (b2 - a2) * (1.0 - d * b2 / 5.0) / 3.0 + c * d * a2 * a2 / 5.0);
  }
  if (-hk < -kNegligible) {
    sum -= std::exp(-0.5 * hk) * kRootTwoPi * normal_cdf(-b / a) * b *
           (1.0 - c * b2 * (1.0 - d * b2 / 5.0) / 3.0);
  }
  for (std::size_t i = 0; i < kRule24.node.size(); ++i) {
    for (const double node : {-kRule24.node[i], kRule24.node[i]}) {
      const double x = 0.5 * a * (1.0 + node);
      const double x2 = x * x;
      const double weight_exponent = -0.5 * (b2 / x2 + hk);
      if (weight_exponent <= kNegligible) continue;
      const double root = std::sqrt(1.0 - x2);
      // -h k/(1 + root) + h k/2 without cancellation
      const double g = std::exp(-0.5 * hk * x2 / ((1.0 + root) * (1.0 + root))) / root;
      sum += 0.5 * a * kRule24.weight[i] * std::exp(weight_exponent) *
             (g - (1.0 + c * x2 * (1.0 + d * x2)));
    }
  }
  return sum;
}

double near_plus_one(double h, double k, double r) noexcept {
  const double limit = normal_cdf(-std::max(h, k));
  return r == 1.0 ? limit : limit - near_one_remainder(h, k, r) / kTwoPi;
}

// P(X > h, Y > k) with Y = -Z: P(X > h, Z < -k), where X and Z are nearly the same
double near_minus_one(double h, double k, double r) noexcept {
  const double up = -k;
  // differences of the smaller tails
  const double limit = h >= up   ? 0.0
                       : h > 0.0 ? normal_cdf(-h) - normal_cdf(-up)
                                 : normal_cdf(up) - normal_cdf(h);
  return r == -1.0 ? limit : limit + near_one_remainder(h, up, -r) / kTwoPi;
}

double upper_tail(double h, double k, double r) noexcept {
  if (std::fabs(r) < kNearOne) return moderate(h, k, r);
  return r > 0.0 ? near_plus_one(h, k, r) : near_minus_one(h, k, r);
}

// the argument of N in d Phi2/dx; at |rho| = 1 its sign alone counts
double conditional(double x, double y, double rho, double s) noexcept {
  const double gap = std::fma(-rho, x, y);
  if (s > 0.0) return gap / s;
  return gap == 0.0 ? 0.0 : std::copysign(std::numeric_limits<double>::infinity(), gap);
}

double slope(double x, double y, double rho, double s) noexcept {
  return std::isinf(x) ? 0.0 : normal_pdf(x) * normal_cdf(conditional(x, y, rho, s));
}

}  // namespace

double bivariate_normal_cdf(double x, double y, double rho) noexcept {
  if (!(rho >= -1.0 && rho <= 1.0) || std::isnan(x) || std::isnan(y)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (std::isinf(x)) return x < 0.0 ? 0.0 : normal_cdf(y);
  if (std::isinf(y)) return y < 0.0 ? 0.0 : normal_cdf(x);
  return std::clamp(upper_tail(-x, -y, rho), 0.0, 1.0);
}

double bivariate_normal_pdf(double x, double y, double rho) noexcept {
  if (std::isinf(x) || std::isinf(y)) return 0.0;
  const double s = std::sqrt((1.0 - rho) * (1.0 + rho));
  const double given_x = normal_pdf(conditional(x, y, rho, s));
  return given_x == 0.0 ? 0.0 : normal_pdf(x) * given_x / s;
}

BivariateDerivatives bivariate_normal_derivatives(double x, double y, double rho) noexcept {
  const double s2 = (1.0 - rho) * (1.0 + rho);
  const double s = std::sqrt(s2);
  BivariateDerivatives d{};
  d.value = bivariate_normal_cdf(x, y, rho);
  d.x = slope(x, y, rho, s);
  d.y = slope(y, x, rho, s);
  d.rho = bivariate_normal_pdf(x, y, rho);
  d.xx = std::isinf(x) ? 0.0 : -x * d.x - rho * d.rho;
  d.yy = std::isinf(y) ? 0.0 : -y * d.y - rho * d.rho;
  d.xy = d.rho;
  if (d.rho > 0.0 && s2 > 0.0) {
    const double u = (x - rho * y) / s2;
    const double v = (y - rho * x) / s2;
    d.xrho = -u * d.rho;
    d.yrho = -v * d.rho;
    d.rhorho = (u * v + rho / s2) * d.rho;
  }
  return d;
}

}  // namespace strikeproof::math
