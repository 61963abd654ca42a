// Normal distribution with relative accuracy in the far tail.
//
//   mills_ratio(u) = N(-u) / phi(u) = sqrt(pi/2) erfcx(u / sqrt 2),   u >= 0
//
// One Chebyshev series covers the half line: (1 + u) N(-u)/phi(u) is smooth in
// y = (u - 5)/(u + 5) up to u = infinity, where it is 1. The coefficients come from
// core/tools/mills_coefficients.py; the first one left out is below 1e-18.
//
// The inverse is the rational approximation of [4]: in q = p - 1/2 near the middle, else in
// sqrt(-ln p).
//
// [1] Schonfelder, J. L. (1978), Math. Comp. 32, 1232-1240.
// [2] Shepherd, M. M. and Laframboise, J. G. (1981), Math. Comp. 36, 249-253.
// [3] Clenshaw, C. W. (1955), Math. Tables Aids Comp. 9, 118-120.
// [4] Wichura, M. J. (1988), Algorithm AS 241, Applied Statistics 37(3), 477-484.
#include "strikeproof/math/normal.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

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

using Coefficients = std::array<double, 8>;

constexpr Coefficients kMiddleAbove{3.3871328727963666080e0,  1.3314166789178437745e+2,
                                    1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                    4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                    3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr Coefficients kMiddleBelow{1.0,
                                    4.2313330701600911252e+1,
                                    6.8718700749205790830e+2,
                                    5.3941960214247511077e+3,
                                    2.1213794301586595867e+4,
                                    3.9307895800092710610e+4,
                                    2.8729085735721942674e+4,
                                    5.2264952788528545610e+3};
constexpr Coefficients kNearAbove{1.42343711074968357734e0,  4.63033784615654529590e0,
                                  5.76949722146069140550e0,  3.64784832476320460504e0,
                                  1.27045825245236838258e0,  2.41780725177450611770e-1,
                                  2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr Coefficients kNearBelow{1.0,
                                  2.05319162663775882187e0,
                                  1.67638483018380384940e0,
                                  6.89767334985100004550e-1,
                                  1.48103976427480074590e-1,
                                  1.51986665636164571966e-2,
                                  5.47593808499534494600e-4,
                                  1.05075007164441684324e-9};
constexpr Coefficients kFarAbove{6.65790464350110377720e0,  5.46378491116411436990e0,
                                 1.78482653991729133580e0,  2.96560571828504891230e-1,
                                 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                 2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr Coefficients kFarBelow{1.0,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15};

double ratio(const Coefficients& above, const Coefficients& below, double x) noexcept {
  double numerator = above.back();
  double denominator = below.back();
  for (std::size_t k = above.size() - 1; k-- > 0;) {
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
  if (std::fabs(q) <= 0.425) return q * ratio(kMiddleAbove, kMiddleBelow, 0.180625 - q * q);
  const double tail = q < 0.0 ? p : 1.0 - p;
  if (tail == 0.0) return std::copysign(std::numeric_limits<double>::infinity(), q);
  const double r = std::sqrt(-std::log(tail));
  const double size =
      r <= 5.0 ? ratio(kNearAbove, kNearBelow, r - 1.6) : ratio(kFarAbove, kFarBelow, r - 5.0);
  return std::copysign(size, q);
}

}  // namespace strikeproof::math
