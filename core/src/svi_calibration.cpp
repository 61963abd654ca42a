// Calibration of one SVI smile by least squares of implied volatilities.
//
// The start is quasi-explicit (svi_start.hpp); Levenberg and Marquardt's method polishes it in
// variables whose every value is a smile with positive variance and wings within Lee's bound. Where
// that smile has butterfly arbitrage and none is allowed, the fit is repeated in variables whose
// every value is a smile without it (svi_domain.hpp), from the nearest such smile and from a slice
// of SSVI, which has none [1, theorem 4.2].
//
// [1] Gatheral, J. and Jacquier, A. (2014), Arbitrage-free SVI volatility surfaces, Quantitative
//     Finance 14(1), 59-71.
#include "strikeproof/svi_calibration.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "numeric/levenberg_marquardt.hpp"
#include "numeric/soft_loss.hpp"
#include "svi_domain.hpp"
#include "svi_start.hpp"

namespace strikeproof::svi {
namespace {

/// Derivatives of w by a, b, rho, m, sigma.
Variables by_raw(const Raw& raw, double log_moneyness) noexcept {
  const double x = log_moneyness - raw.m;
  const double root = std::hypot(x, raw.sigma);
  return {1.0, raw.rho * x + root, raw.b * x, -raw.b * (raw.rho + x / root),
          raw.b * raw.sigma / root};
}

class Problem {
 public:
  Problem(std::span<const Quote> quotes, double time, double robust_scale)
      : quotes_(quotes), time_(time), scale_(robust_scale) {}

  template <class Domain>
  [[nodiscard]] auto residuals() const {
    return [this](std::span<const double> x, std::span<double> errors, std::span<double> jacobian) {
      Raw raw{};
      Slopes slopes{};
      return Domain::outward(x, raw, slopes) && fill(raw, slopes, errors, jacobian);
    };
  }

  /// Weighted errors, and their derivatives by the variables whose effect on raw is `slopes`.
  bool fill(const Raw& raw, const Slopes& slopes, std::span<double> errors,
            std::span<double> jacobian) const {
    for (std::size_t i = 0; i < quotes_.size(); ++i) {
      const Quote& quote = quotes_[i];
      const double w = total_variance(raw, quote.log_moneyness).value;
      if (!(w > 0.0)) return false;
      const double volatility = std::sqrt(w / time_);
      const numeric::SoftResidual soft =
          numeric::soft_residual(volatility - quote.volatility, scale_);
      errors[i] = quote.weight * soft.value;
      if (jacobian.empty()) continue;
      const double by_variance = quote.weight * soft.slope / (2.0 * volatility * time_);
      const Variables by = by_raw(raw, quote.log_moneyness);
      for (std::size_t j = 0; j < kParameters; ++j) {
        double sum = 0.0;
        for (std::size_t r = 0; r < kParameters; ++r) sum += by[r] * slopes[r][j];
        jacobian[i * kParameters + j] = by_variance * sum;
      }
    }
    return true;
  }

  [[nodiscard]] std::size_t count() const noexcept { return quotes_.size(); }

 private:
  std::span<const Quote> quotes_;
  double time_;
  double scale_;
};

numeric::LeastSquaresSettings settings_of(const CalibrationSettings& settings) {
  numeric::LeastSquaresSettings found;
  found.most_evaluations = settings.most_evaluations;
  found.reduction_tolerance = 1e-9;
  found.gradient_tolerance = 1e-10;
  return found;
}

template <class Domain>
void fit_from(const Variables& start, const Problem& problem, const CalibrationSettings& settings,
              Calibration& best) {
  const numeric::LeastSquaresResult found = numeric::levenberg_marquardt(
      problem.residuals<Domain>(), start, problem.count(), settings_of(settings));
  best.evaluations += found.evaluations;
  ++best.starts;
  if (!(found.sum_of_squares < best.sum_of_squares)) return;
  Slopes slopes{};
  Domain::outward(found.parameters, best.raw, slopes);
  best.sum_of_squares = found.sum_of_squares;
  best.stop = static_cast<Stop>(found.stop);
}

/// Smile of SSVI with the level, the skew and the wings of a smile, reduced until it has no
/// butterfly arbitrage.
Raw ssvi_slice(const Raw& raw, std::span<const Quote> quotes, double time) {
  constexpr double kInside = 0.9;
  const Quote& nearest =
      *std::min_element(quotes.begin(), quotes.end(), [](const Quote& a, const Quote& b) {
        return std::abs(a.log_moneyness) < std::abs(b.log_moneyness);
      });
  const double theta = nearest.volatility * nearest.volatility * time;
  const double rho = std::clamp(raw.rho, -kInside, kInside);
  const double steep = 1.0 + std::abs(rho);
  const double psi =
      std::min({2.0 * raw.b, kInside * 4.0 / steep, kInside * 2.0 * std::sqrt(theta / steep)});
  const double root = std::sqrt((1.0 - rho) * (1.0 + rho));
  const double safe = std::max(psi, 1e-3 * std::sqrt(theta));
  return {0.5 * theta * root * root, 0.5 * safe, rho, -rho * theta / safe, theta * root / safe};
}

/// Statistics by raw parameters at the best smile.
void finish(const Problem& problem, std::span<const Quote> quotes, double time,
            Calibration& found) {
  Slopes unit{};
  for (std::size_t i = 0; i < kParameters; ++i) unit[i][i] = 1.0;
  std::vector<double> residuals(quotes.size());
  std::vector<double> jacobian(quotes.size() * kParameters);
  problem.fill(found.raw, unit, residuals, jacobian);
  std::vector<double> scale(kParameters, 0.0);
  const numeric::ScaledJacobian linear(jacobian, residuals, scale);
  found.inverse_normal = linear.inverse_normal();
  found.condition_number = linear.condition_number();
  for (const Quote& quote : quotes) {
    const double w = total_variance(found.raw, quote.log_moneyness).value;
    found.errors.push_back(std::sqrt(w / time) - quote.volatility);
  }
}

bool has_butterfly(const Raw& raw) {
  constexpr double kRounding = 1e-12;
  const std::vector<Violation> found = butterfly(raw);
  return std::any_of(found.begin(), found.end(), [](const Violation& violation) {
    return violation.size < -kRounding || violation.fault != Fault::kButterfly;
  });
}

}  // namespace

Calibration calibrate(std::span<const Quote> quotes, double time_to_expiry,
                      const CalibrationSettings& settings) {
  const Problem problem(quotes, time_to_expiry, settings.robust_scale);
  const Raw start = QuasiExplicit(quotes, time_to_expiry).start();
  Calibration best{};
  best.sum_of_squares = std::numeric_limits<double>::infinity();
  best.stop = Stop::kUnusable;
  fit_from<WideDomain>(WideDomain::inward(start), problem, settings, best);
  if (settings.no_butterfly && (best.stop == Stop::kUnusable || has_butterfly(best.raw))) {
    const Raw wide = best.stop == Stop::kUnusable ? start : best.raw;
    best.sum_of_squares = std::numeric_limits<double>::infinity();
    best.stop = Stop::kUnusable;
    best.constrained = true;
    for (const Raw& from : {wide, ssvi_slice(wide, quotes, time_to_expiry)}) {
      Variables x{};
      if (NarrowDomain::inward(from, x)) fit_from<NarrowDomain>(x, problem, settings, best);
    }
  }
  if (best.stop != Stop::kUnusable) finish(problem, quotes, time_to_expiry, best);
  return best;
}

}  // namespace strikeproof::svi
