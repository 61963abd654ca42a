// The integral of a square-root process between two known ends is X1 + X2 + Z1 + ... + Z_eta, all
// independent, eta of Bessel's distribution with order nu = d/2 - 1, d = 4 kappa theta/eps^2, and
// argument z = 2 kappa sqrt(v v')/(eps^2 sinh(kappa dt/2)) [1, theorem 2.2]. X1, X2 and Zj are
// series of gamma numbers with rates g_n = (x^2 + 4 pi^2 n^2)/(2 eps^2 dt^2), x = kappa dt; with
// T_k = sum (x^2 + 4 pi^2 n^2)^-k
//
//   E X1 = 8 dt (T1 - x^2 T2) (v + v')      var X1 = 32 eps^2 dt^3 (T2 - x^2 T3) (v + v')
//   E X2 = d eps^2 dt^2 T1                  var X2 = 2 d eps^4 dt^4 T2
//   E Zj = 4 eps^2 dt^2 T1                  var Zj = 8 eps^4 dt^4 T2
//   E eta = z R/2,  E eta (eta - 1) = z^2/4 - (nu + 1) z R/2,  R = I_{nu+1}(z)/I_nu(z)
//
// The ratio of Bessel functions by Amos' bounds and backward recurrence [2].
//
// [1] Glasserman, P. and Kim, K. (2011), Gamma expansion of the Heston stochastic volatility model,
//     Finance and Stochastics 15, 267-296.
// [2] Amos, D. E. (1974), Math. Comp. 28, 239-251.
#include "heston_bridge.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace strikeproof::monte_carlo {
namespace {

struct Sums {
  double first;
  double second;
  double third;
};

Sums sums_of(double x) noexcept {
  constexpr int kTerms = 4000;
  constexpr double kFourPiSquared = 4.0 * std::numbers::pi * std::numbers::pi;
  Sums found{};
  for (int n = kTerms; n >= 1; --n) {
    const double term = 1.0 / (x * x + kFourPiSquared * n * n);
    found.first += term;
    found.second += term * term;
    found.third += term * term * term;
  }
  // the rest as an integral, by the middles of unit parts
  const double end = 2.0 * std::numbers::pi * (kTerms + 0.5);
  const double angle = x > 0.0 ? std::atan2(x, end) / x : 1.0 / end;
  found.first += angle / (2.0 * std::numbers::pi);
  return found;
}

}  // namespace

double bessel_quotient(double order, double z) noexcept {
  if (!(z > 0.0)) return 0.0;
  const int depth = 16 + static_cast<int>(4.0 * std::sqrt(z));
  const double last = order + depth;
  double quotient = z * z / (last + 0.5 + std::hypot(last + 1.5, z));
  for (int k = depth; k-- > 0;) quotient = z * z / (2.0 * (order + k + 1.0) + quotient);
  return quotient;
}

IntegratedVariance::IntegratedVariance(const heston::Model& model, double length) noexcept {
  const double square = model.volatility_of_variance * model.volatility_of_variance;
  const double dimension = 4.0 * model.mean_reversion * model.long_run_variance / square;
  const double x = model.mean_reversion * length;
  const Sums sums = sums_of(x);
  const double unit = square * length * length;
  order_ = 0.5 * dimension - 1.0;
  scale_ = x > 0.0 ? 2.0 * model.mean_reversion / (square * std::sinh(0.5 * x))
                   : 4.0 / (square * length);
  by_ends_ = {8.0 * length * (sums.first - x * x * sums.second),
              32.0 * unit * length * (sums.second - x * x * sums.third)};
  constant_ = {dimension * unit * sums.first, 2.0 * dimension * unit * unit * sums.second};
  each_ = {4.0 * unit * sums.first, 8.0 * unit * unit * sums.second};
}

MeanAndVariance IntegratedVariance::given(double before, double after) const noexcept {
  const double z = scale_ * std::sqrt(before * after);
  const double quotient = bessel_quotient(order_, z);
  const double count = 0.5 * quotient;
  const double count_variance =
      std::max(0.25 * (z - quotient) * (z + quotient) - (order_ + 1.0) * count + count, 0.0);
  const double ends = before + after;
  return {by_ends_.mean * ends + constant_.mean + each_.mean * count,
          by_ends_.variance * ends + constant_.variance + each_.variance * count +
              each_.mean * each_.mean * count_variance};
}

}  // namespace strikeproof::monte_carlo
