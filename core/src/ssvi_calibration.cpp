// Calibration of SSVI and eSSVI surfaces by least squares of implied volatilities.
//
// Levenberg and Marquardt's method in variables whose every value is a surface without static
// arbitrage (ssvi_domain.hpp), from several starts in a fixed order. Derivatives of volatility by
// theta, psi and rho psi of a slice are exact; those of the slices by the variables, a map of a few
// operations, are central differences.
//
// eSSVI starts from the fitted power law, and from slices that were fitted one by one and moved,
// from the first expiry on, to where they are admissible [1]. Expiries with too few quotes for a
// fit of their own keep the power law's slice.
//
// [1] Corbetta, J., Cohort, P., Laachir, I. and Martini, C. (2019), Robust calibration and
//     arbitrage-free interpolation of SSVI slices, Decisions in Economics and Finance 42, 665-677.
#include "strikeproof/ssvi_calibration.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "numeric/levenberg_marquardt.hpp"
#include "numeric/soft_loss.hpp"
#include "ssvi_domain.hpp"

namespace strikeproof::ssvi {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kExact = 1e-12;  // root mean square of weighted errors that is rounding

Smile smile_of(const Slice& slice) noexcept {
  return {slice.theta, slice.psi, slice.rho * slice.psi, 0.0, 0.0, 0.0};
}

/// Slices' theta, psi and rho psi, or the reported parameters, and their derivatives by variables.
template <class Domain>
class Derivatives {
 public:
  Derivatives(const Domain& domain, std::span<const double> x) : count_(domain.variables()) {
    constexpr double kStep = 1e-5;
    domain.outward(x, here_);
    std::vector<double> moved(x.begin(), x.end());
    Place up;
    Place down;
    const std::size_t n = here_.slices.size();
    by_slice_.resize(n * 3 * count_);
    reported_.resize(here_.reported.size() * count_);
    for (std::size_t j = 0; j < count_; ++j) {
      moved[j] = x[j] + kStep;
      domain.outward(moved, up);
      moved[j] = x[j] - kStep;
      domain.outward(moved, down);
      moved[j] = x[j];
      for (std::size_t i = 0; i < n; ++i) {
        const Slice& a = up.slices[i];
        const Slice& b = down.slices[i];
        double* const row = &by_slice_[i * 3 * count_ + j];
        row[0] = (a.theta - b.theta) / (2.0 * kStep);
        row[count_] = (a.psi - b.psi) / (2.0 * kStep);
        row[2 * count_] = (a.rho * a.psi - b.rho * b.psi) / (2.0 * kStep);
      }
      for (std::size_t i = 0; i < here_.reported.size(); ++i) {
        reported_[i * count_ + j] = (up.reported[i] - down.reported[i]) / (2.0 * kStep);
      }
    }
  }

  [[nodiscard]] const Place& here() const noexcept { return here_; }
  [[nodiscard]] const double* slice(std::size_t i) const { return &by_slice_[i * 3 * count_]; }

  /// Covariance's shape by the reported parameters.
  [[nodiscard]] std::vector<double> reported(const std::vector<double>& inverse_normal) const {
    const std::size_t rows = here_.reported.size();
    std::vector<double> found(rows * rows, 0.0);
    for (std::size_t a = 0; a < rows; ++a) {
      for (std::size_t b = 0; b < rows; ++b) {
        double sum = 0.0;
        for (std::size_t i = 0; i < count_; ++i) {
          for (std::size_t j = 0; j < count_; ++j) {
            sum += reported_[a * count_ + i] * inverse_normal[i * count_ + j] *
                   reported_[b * count_ + j];
          }
        }
        found[a * rows + b] = sum;
      }
    }
    return found;
  }

 private:
  std::size_t count_;
  Place here_;
  std::vector<double> by_slice_;
  std::vector<double> reported_;
};

class Problem {
 public:
  Problem(std::span<const double> times, std::span<const Quote> quotes,
          const CalibrationSettings& settings)
      : times_(times), quotes_(quotes), settings_(settings) {}

  /// One error and its derivatives by theta, psi and rho psi.
  struct Error {
    double value;
    std::array<double, 3> slopes;
  };

  [[nodiscard]] Error error(const Quote& quote, const Slice& slice) const {
    const double time = times_[quote.expiry];
    const Gradient w = gradient(smile_of(slice), quote.log_moneyness);
    const double volatility = std::sqrt(w.value / time);
    const numeric::SoftResidual soft =
        numeric::soft_residual(volatility - quote.volatility, settings_.robust_scale);
    const double by_variance = quote.weight * soft.slope / (2.0 * volatility * time);
    return {quote.weight * soft.value,
            {by_variance * w.by_theta, by_variance * w.by_psi, by_variance * w.by_rho_psi}};
  }

  template <class Domain>
  [[nodiscard]] auto residuals(const Domain& domain) const {
    return [this, &domain](std::span<const double> x, std::span<double> errors,
                           std::span<double> jacobian) {
      const Derivatives<Domain> map(domain, x);
      const std::size_t count = domain.variables();
      for (std::size_t i = 0; i < quotes_.size(); ++i) {
        const Quote& quote = quotes_[i];
        const Error found = error(quote, map.here().slices[quote.expiry]);
        if (!std::isfinite(found.value)) return false;
        errors[i] = found.value;
        const double* const by = map.slice(quote.expiry);
        for (std::size_t j = 0; j < count; ++j) {
          jacobian[i * count + j] = found.slopes[0] * by[j] + found.slopes[1] * by[count + j] +
                                    found.slopes[2] * by[2 * count + j];
        }
      }
      return std::all_of(jacobian.begin(), jacobian.end(),
                         [](double slope) { return std::isfinite(slope); });
    };
  }

  [[nodiscard]] numeric::LeastSquaresSettings least_squares() const {
    numeric::LeastSquaresSettings found;
    found.most_evaluations = settings_.most_evaluations;
    found.reduction_tolerance = 1e-12;
    found.gradient_tolerance = 1e-8;
    return found;
  }

  [[nodiscard]] std::span<const Quote> quotes() const noexcept { return quotes_; }
  [[nodiscard]] std::span<const double> times() const noexcept { return times_; }

  /// Rising total variances at the money, from the quotes nearest to it.
  [[nodiscard]] std::vector<double> levels() const {
    constexpr double kLeastRise = 1.01;
    std::vector<const Quote*> nearest(times_.size(), nullptr);
    for (const Quote& quote : quotes_) {
      const Quote*& best = nearest[quote.expiry];
      if (best == nullptr || std::abs(quote.log_moneyness) < std::abs(best->log_moneyness)) {
        best = &quote;
      }
    }
    std::vector<double> found;
    for (const Quote* quote : nearest) {
      const double level = quote->volatility * quote->volatility * times_[quote->expiry];
      found.push_back(found.empty() ? level : std::max(level, kLeastRise * found.back()));
    }
    return found;
  }

  /// The slice that fits the quotes of one expiry best, whatever the others; from a given one.
  [[nodiscard]] Slice own_slice(std::size_t expiry, const Slice& start) const {
    constexpr std::size_t kEnough = 4;
    std::vector<const Quote*> own;
    for (const Quote& quote : quotes_) {
      if (quote.expiry == expiry) own.push_back(&quote);
    }
    if (own.size() < kEnough) return start;
    const SlicesDomain domain(1);
    const auto residuals = [&](std::span<const double> x, std::span<double> errors,
                               std::span<double> jacobian) {
      const Derivatives<SlicesDomain> map(domain, x);
      const double* const by = map.slice(0);
      for (std::size_t i = 0; i < own.size(); ++i) {
        const Error found = error(*own[i], map.here().slices[0]);
        if (!std::isfinite(found.value)) return false;
        errors[i] = found.value;
        for (std::size_t j = 0; j < 3; ++j) {
          jacobian[i * 3 + j] =
              found.slopes[0] * by[j] + found.slopes[1] * by[3 + j] + found.slopes[2] * by[6 + j];
        }
      }
      return true;
    };
    const numeric::LeastSquaresResult found = numeric::levenberg_marquardt(
        residuals, domain.inward({start}), own.size(), least_squares());
    if (found.stop == numeric::StopReason::kUnusable) return start;
    Place point;
    domain.outward(found.parameters, point);
    return point.slices[0];
  }

 private:
  std::span<const double> times_;
  std::span<const Quote> quotes_;
  const CalibrationSettings& settings_;
};

struct Fit {
  numeric::LeastSquaresResult best;
  int evaluations = 0;
  int starts = 0;
};

template <class Domain>
Fit fit_from(const std::vector<std::vector<double>>& starts, const Problem& problem,
             const Domain& domain) {
  Fit fit;
  for (const std::vector<double>& start : starts) {
    numeric::LeastSquaresResult found = numeric::levenberg_marquardt(
        problem.residuals(domain), start, problem.quotes().size(), problem.least_squares());
    fit.evaluations += found.evaluations;
    ++fit.starts;
    if (std::isnan(found.sum_of_squares)) continue;
    if (!(found.sum_of_squares >= fit.best.sum_of_squares)) fit.best = std::move(found);
    const auto count = static_cast<double>(problem.quotes().size());
    if (fit.best.sum_of_squares <= kExact * kExact * count) break;
  }
  return fit;
}

template <class Domain>
Calibration result_of(Fit&& fit, const Problem& problem, const Domain& domain) {
  Calibration found{};
  found.eta = kNan;
  found.gamma = kNan;
  found.sum_of_squares = fit.best.sum_of_squares;
  found.evaluations = fit.evaluations;
  found.starts = fit.starts;
  found.stop = static_cast<svi::Stop>(fit.best.stop);
  if (found.stop == svi::Stop::kUnusable) return found;
  const Derivatives<Domain> map(domain, fit.best.parameters);
  found.slices = map.here().slices;
  found.inverse_normal = map.reported(fit.best.inverse_normal);
  found.condition_number = fit.best.condition_number;
  for (const Quote& quote : problem.quotes()) {
    const double w = gradient(smile_of(found.slices[quote.expiry]), quote.log_moneyness).value;
    found.errors.push_back(std::sqrt(w / problem.times()[quote.expiry]) - quote.volatility);
  }
  return found;
}

Calibration calibrate_formula(const Problem& problem, Family family) {
  struct Shape {
    double rho;
    double share;
    double gamma;
  };
  constexpr std::array<Shape, 6> kShapes{{{-0.6, 0.9, 0.4},
                                          {-0.3, 0.2, 0.25},
                                          {0.3, 0.3, 0.4},
                                          {-0.8, 0.5, 0.1},
                                          {0.85, 0.9, 0.2},
                                          {-0.9, 0.95, 0.25}}};
  const FormulaDomain domain(family, problem.times().size());
  const std::vector<double> levels = problem.levels();
  std::vector<std::vector<double>> starts;
  starts.reserve(kShapes.size());
  for (const Shape& shape : kShapes) {
    starts.push_back(domain.start(shape.rho, shape.share, shape.gamma, levels));
  }
  Fit fit = fit_from(starts, problem, domain);
  Place point;
  if (fit.best.stop != numeric::StopReason::kUnusable) domain.outward(fit.best.parameters, point);
  Calibration found = result_of(std::move(fit), problem, domain);
  if (found.stop == svi::Stop::kUnusable) return found;
  found.eta = point.reported[1];
  if (family != Family::kHeston) found.gamma = point.reported[2];
  return found;
}

}  // namespace

Calibration calibrate(std::span<const double> times, std::span<const Quote> quotes,
                      const CalibrationSettings& settings) {
  const Problem problem(times, quotes, settings);
  if (settings.family != Family::kSlices) return calibrate_formula(problem, settings.family);
  Calibration formula = calibrate_formula(problem, Family::kPowerLaw);
  if (formula.stop == svi::Stop::kUnusable) return formula;
  std::vector<Slice> own;
  for (std::size_t i = 0; i < times.size(); ++i) {
    own.push_back(problem.own_slice(i, formula.slices[i]));
  }
  const SlicesDomain domain(times.size());
  Fit fit =
      fit_from<SlicesDomain>({domain.inward(own), domain.inward(formula.slices)}, problem, domain);
  fit.evaluations += formula.evaluations;
  fit.starts += formula.starts;
  return result_of(std::move(fit), problem, domain);
}

}  // namespace strikeproof::ssvi
