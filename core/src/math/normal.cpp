// Normal distribution with relative accuracy in the far tail.
//
//   mills_ratio(u) = N(-u) / phi(u) = sqrt(pi/2) erfcx(u / sqrt 2),   u >= 0
//
// One Chebyshev series covers the half line: (1 + u) N(-u)/phi(u) is smooth in
// y = (u - 5)/(u + 5) up to u = infinity, where it is 1. The coefficients come from
// core/tools/mills_coefficients.py; the first one left out is below 1e-18.
//
// The inverse is the rational approximation of inverse_normal.hpp.
//
// [1] Schonfelder, J. L. (1978), Math. Comp. 32, 1232-1240.
// [2] Shepherd, M. M. and Laframboise, J. G. (1981), Math. Comp. 36, 249-253.
// [3] Clenshaw, C. W. (1955), Math. Tables Aids Comp. 9, 118-120.
#include "strikeproof/math/normal.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "math/inverse_normal.hpp"

namespace strikeproof::math {
namespace {

constexpr double kCentre = 5.0;
constexpr std::array kMillsSeries{
    1.1579976221305188,      -0.1633449388451398,     -0.013683136055781576,
    0.03082200019810004,     -0.016220073012046806,   0.005616691016460094,
    -0.0014133933783549216,  0.0002502625460725661,   -2.468907239728387e-05,
    -1.0107964061837592e-06, 7.495419179740573e-07,   -7.600274268728337e-08,
    -1.1574771441328644e-08, 3.333386472599843e-09,   7.538039628171347e-11,
    -1.1104247263727494e-10, 3.509243776551059e-12,   3.6894953861750955e-12,
    -2.3376697776383095e-13, -1.3271797523541405e-13, 9.921706995888276e-15,
    5.276004995455379e-15,   -3.373097694187922e-16,  -2.2804338776379946e-16,
    7.496330565808626e-18,   1.0328041877290668e-17,  1.4940578561247512e-19,
};

template <std::size_t count>
double ratio(const double (&above)[count], const double (&below)[count], double x) noexcept {
  double numerator = above[count - 1];
  double denominator = below[count - 1];
  for (std::size_t k = count - 1; k-- > 0;) {
    numerator = numerator * x + above[k];
    denominator = denominator * x + below[k];
  }
  return numerator / denominator;
}

}  // namespace

double mills_ratio(double u) noexcept {
  // 1 - 10/(u + 5) instead of (u - 5)/(u + 5): right at infinity, too
  const double twice_y = 2.0 * (1.0 - 2.0 * kCentre / (u + kCentre));
  double next = 0.0;
  double after = 0.0;
  for (std::size_t k = kMillsSeries.size() - 1; k >= 1; --k) {
    const double value = kMillsSeries[k] + (twice_y * next - after);
    after = next;
    next = value;
  }
  const double series = kMillsSeries[0] + (0.5 * twice_y * next - after);
  return series / (1.0 + u);
}

double normal_pdf(double z) noexcept {
  const DoubleDouble square = two_product(z, z);
  if (!(square.high < kVanishing)) return z == z ? 0.0 : z;
  return kInverseRootTwoPi * exp_rounded({-0.5 * square.high, -0.5 * square.low});
}

double normal_cdf(double z) noexcept {
  const double tail = normal_pdf(z) * mills_ratio(std::fabs(z));
  return z > 0.0 ? 1.0 - tail : tail;
}

double inverse_normal_cdf(double p) noexcept {
  if (!(p >= 0.0 && p <= 1.0)) return std::numeric_limits<double>::quiet_NaN();
  const double q = p - 0.5;
  if (std::fabs(q) <= kMiddleReach) {
    return q * ratio(kMiddleAbove, kMiddleBelow, kMiddleCentre - q * q);
  }
  const double tail = q < 0.0 ? p : 1.0 - p;
  if (tail == 0.0) return std::copysign(std::numeric_limits<double>::infinity(), q);
  const double r = std::sqrt(-std::log(tail));
  const double size = r <= kNearReach ? ratio(kNearAbove, kNearBelow, r - kNearCentre)
                                      : ratio(kFarAbove, kFarBelow, r - kNearReach);
  return std::copysign(size, q);
}

}  // namespace strikeproof::math
