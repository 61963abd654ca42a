// Heston's options far out of the money by one integral through the saddle point
// (numeric/fourier.hpp), within the moments that are finite.
//
// With beta = kappa - rho sigma u and D = beta^2 - sigma^2 (u^2 - u), the moment of order u is
// infinite from the time on that                                                         [1, 2]
//
//   (2/g) atan2(g, -beta)              D = -g^2 < 0
//   ln((d - beta)/(-d - beta))/d       D = d^2 > 0 and beta < 0
//   never                              D >= 0 and beta >= 0
//
// and falls as u leaves [0, 1] to either side: the ends of the strip are its roots at the expiry.
// All singularities of the characteristic function lie on the real u axis outside them [3]. For
// large |u| the logarithm is -(rho u + sqrt(1 - rho^2) |u|)(v0 + kappa theta T)/sigma.
//
// [1] Andersen, L. and Piterbarg, V. (2007), Moment explosions in stochastic volatility models,
//     Finance and Stochastics 11(1), 29-50, proposition 3.1.
// [2] del Bano Rollin, S., Ferreiro-Castilla, A. and Utzet, F. (2010), On the density of log-spot
//     in the Heston volatility model, Stochastic Processes and their Applications 120(10).
// [3] Lucic, V. (2007), On singularities in the Heston model.
#include "heston_wing.hpp"

#include <cmath>
#include <limits>

#include "heston_characteristic.hpp"
#include "numeric/fourier_option.hpp"

namespace strikeproof::heston {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kClose = 1e-11;   // to the end of the moments, far nearer than a saddle lies
constexpr double kBeyond = 1e100;  // orders of moments that no double price asks for

double explosion_time(const Model& m, double u) noexcept {
  const double sigma = m.volatility_of_variance;
  const double beta = m.mean_reversion - m.correlation * sigma * u;
  // beta^2 - sigma^2 (u^2 - u), of which the squares of u cancel for correlations near -1 and 1
  const double rest = (1.0 - m.correlation) * (1.0 + m.correlation);
  const double square = m.mean_reversion * (m.mean_reversion - 2.0 * m.correlation * sigma * u) +
                        sigma * sigma * u * (1.0 - rest * u);
  if (square < 0.0) {
    const double g = std::sqrt(-square);
    return 2.0 * std::atan2(g, -beta) / g;
  }
  if (beta >= 0.0) return kInfinity;
  const double d = std::sqrt(square);
  if (d == 0.0) return -2.0 / beta;
  // (d - beta)(-d - beta) is sigma^2 u (u - 1)
  const double sum = d - beta;
  return std::log(sum * sum / (sigma * sigma * u * (u - 1.0))) / d;
}

/// Last finite order from 1 upward or from 0 downward.
double end(const Model& m, double time, double start, double direction) noexcept {
  double within = 0.0;  // distances from the start
  double beyond = 1.0;
  while (explosion_time(m, start + direction * beyond) > time) {
    within = beyond;
    beyond *= 2.0;
    if (beyond > kBeyond) return direction * kInfinity;
  }
  while (beyond - within > kClose * beyond && beyond > kClose) {
    const double middle = 0.5 * (within + beyond);
    (explosion_time(m, start + direction * middle) > time ? within : beyond) = middle;
  }
  return start + direction * within;
}

class Moments : public fourier::Whole {
 public:
  Moments(const Model& model, double time) noexcept
      : model_(model), time_(time), strip_(finite_moments(model, time)) {}

  [[nodiscard]] fourier::Complex log_moment(fourier::Complex u) const {
    return log_characteristic(model_, time_, {u.imag(), -u.real()});
  }
  [[nodiscard]] fourier::Strip strip() const noexcept { return strip_; }
  [[nodiscard]] double drift() const noexcept {
    const Model& m = model_;
    if (m.volatility_of_variance == 0.0) return 0.0;
    return -m.correlation * (m.initial_variance + m.mean_reversion * m.long_run_variance * time_) /
           m.volatility_of_variance;
  }
  [[nodiscard]] double sector() const noexcept { return 0.25 * std::numbers::pi; }
  [[nodiscard]] double spread() const noexcept {
    const Model& m = model_;
    const double pull = m.mean_reversion * time_;
    const double annuity = pull > 0.0 ? -std::expm1(-pull) / pull : 1.0;
    return std::sqrt(time_ *
                     (m.long_run_variance * (1.0 - annuity) + m.initial_variance * annuity));
  }

 private:
  Model model_;
  double time_;
  fourier::Strip strip_;
};

}  // namespace

fourier::Strip finite_moments(const Model& model, double time) noexcept {
  return {end(model, time, 0.0, -1.0), end(model, time, 1.0, 1.0)};
}

Result wing(const Model& model, double time, double log_strike) {
  const fourier::Estimate found = fourier::out_of_the_money(Moments(model, time), log_strike, true);
  const bool settled = found.error.price <= fourier::kTolerance &&
                       found.error.delta <= fourier::kTolerance &&
                       found.error.gamma <= fourier::kTolerance;
  if (!settled) {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    return {{kNaN, kNaN, kNaN}, Status::kNotConverged};
  }
  return {{found.value.price, found.value.delta, found.value.gamma}, Status::kOk};
}

}  // namespace strikeproof::heston
