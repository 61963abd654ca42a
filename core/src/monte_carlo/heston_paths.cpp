// Paths of Heston's model in steps. The kernels' file has the formulas of the vector schemes,
// heston_almost_exact.cpp those of the reference.
//
// Below a volatility of variance of 1e-9 the variance is what it is without any: the other terms
// are of the size of rounding, but are divided by it. Between dates of a payoff that is watched all
// the time, the log spot is taken as a Brownian bridge with the variance's integral over the step,
// which is an approximation (the trapezoid of both ends; the drawn integral in the almost exact
// scheme; the first end's in Euler's).
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

#include "heston_almost_exact.hpp"
#include "simd/dynamics_kernels.hpp"
#include "simd/path_kernels.hpp"
#include "strikeproof/monte_carlo_dynamics.hpp"
#include "strikeproof/monte_carlo_models.hpp"

namespace strikeproof::monte_carlo {
namespace {

constexpr double kCertain = 1e-9;           // volatility of variance that is as good as none
constexpr double kLeastAlmostExact = 1e-3;  // below it the Poisson numbers are of millions
constexpr double kMostMoment = 1.2;         // of A h: beyond, E exp(A v') is infinite for some v

/// (1 - exp(-kappa t))/kappa.
double weighted_years(double kappa, double years) noexcept {
  return kappa > 0.0 ? -std::expm1(-kappa * years) / kappa : years;
}

struct Span {
  double start;
  double end;
  double drift;  // of the logarithm of the forward
  [[nodiscard]] double length() const noexcept { return end - start; }
};

std::vector<Span> spans_of(const HestonModel& model, const std::vector<Step>& steps) {
  std::vector<Span> found;
  double last = 0.0;
  for (const Step& step : steps) {
    found.push_back({last, step.time,
                     model.rate.rate().between(last, step.time) -
                         model.dividend_yield.rate().between(last, step.time)});
    last = step.time;
  }
  return found;
}

/// What all schemes share.
class HestonPaths : public Dynamics {
 public:
  HestonPaths(const HestonModel& model, std::vector<Step> steps, bool continuous)
      : log_spot_(std::log(model.spot)),
        initial_(model.variance.initial_variance),
        steps_(std::move(steps)),
        continuous_(continuous) {}

  [[nodiscard]] std::size_t states() const noexcept override { return 1; }
  [[nodiscard]] std::size_t normals() const noexcept override { return 2; }
  [[nodiscard]] std::span<const Step> steps() const noexcept override { return steps_; }

  void start(const Paths& paths) const noexcept override {
    std::fill_n(paths.log_spot[0], paths.count, log_spot_);
    std::fill_n(paths.state[0], paths.count, initial_);
  }

 protected:
  [[nodiscard]] bool continuous() const noexcept { return continuous_; }
  /// The spot's number first, in the better one of two coordinates.
  [[nodiscard]] simd::VarianceRows rows(const Numbers& numbers, const Paths& paths) const noexcept {
    return {numbers.normals[1], numbers.normals[0], paths.state[0], paths.log_spot[0],
            continuous_ ? paths.variance[0] : nullptr};
  }

 private:
  double log_spot_;
  double initial_;
  std::vector<Step> steps_;
  bool continuous_;
};

/// A variance that is a function of time: the spot is lognormal.
class CertainVariance final : public HestonPaths {
 public:
  CertainVariance(const HestonModel& model, std::vector<Step> steps, bool continuous)
      : HestonPaths(model, std::move(steps), continuous) {
    const heston::Model& variance_of = model.variance;
    const auto total = [&variance_of](double t) {
      return variance_of.long_run_variance * t +
             (variance_of.initial_variance - variance_of.long_run_variance) *
                 weighted_years(variance_of.mean_reversion, t);
    };
    for (const Span& span : spans_of(model, {this->steps().begin(), this->steps().end()})) {
      const double variance = std::max(total(span.end) - total(span.start), 0.0);
      moves_.push_back({span.drift - 0.5 * variance, variance});
    }
  }

  [[nodiscard]] std::size_t normals() const noexcept override { return 1; }

  void advance(std::size_t step, const Numbers& numbers,
               const Paths& paths) const noexcept override {
    const Move& move = moves_[step];
    simd::path_kernels().add_scaled(paths.count, std::sqrt(move.variance), numbers.normals[0],
                                    move.drift, paths.log_spot[0]);
    if (continuous()) std::fill_n(paths.variance[0], paths.count, move.variance);
  }

 private:
  struct Move {
    double drift;
    double variance;
  };
  std::vector<Move> moves_;
};

simd::QuadraticExponentialStep quadratic_exponential(const heston::Model& model, const Span& span) {
  const auto& [v0, theta, kappa, eps, rho] = model;
  const double dt = span.length();
  const double years = weighted_years(kappa, dt);
  simd::QuadraticExponentialStep step{};
  step.decay = std::exp(-kappa * dt);
  step.pull = theta * kappa * years;
  step.spread = eps * eps * years;
  step.slope = 0.5 * dt * (kappa * rho / eps - 0.5) + rho / eps;
  step.diffusion = 0.5 * dt * (1.0 - rho) * (1.0 + rho);
  step.moment = step.slope + 0.5 * step.diffusion;
  step.drift = span.drift;
  step.half_length = 0.5 * dt;
  if (!(step.moment * step.spread < kMostMoment)) {
    throw std::invalid_argument(
        "steps_per_year is too small: a step of " + std::to_string(dt) +
        " years has no martingale correction where correlation times volatility_of_variance is " +
        std::to_string(rho * eps) + "; must be below some " +
        std::to_string(kMostMoment / (rho * eps)) + " years");
  }
  return step;
}

class QuadraticExponential final : public HestonPaths {
 public:
  QuadraticExponential(const HestonModel& model, std::vector<Step> steps, bool continuous)
      : HestonPaths(model, std::move(steps), continuous) {
    for (const Span& span : spans_of(model, {this->steps().begin(), this->steps().end()})) {
      moves_.push_back(quadratic_exponential(model.variance, span));
    }
  }

  void advance(std::size_t step, const Numbers& numbers,
               const Paths& paths) const noexcept override {
    simd::dynamics_kernels().quadratic_exponential(paths.count, moves_[step], rows(numbers, paths));
  }

 private:
  std::vector<simd::QuadraticExponentialStep> moves_;
};

class FullTruncation final : public HestonPaths {
 public:
  FullTruncation(const HestonModel& model, std::vector<Step> steps, bool continuous)
      : HestonPaths(model, std::move(steps), continuous) {
    const auto& [v0, theta, kappa, eps, rho] = model.variance;
    for (const Span& span : spans_of(model, {this->steps().begin(), this->steps().end()})) {
      const double dt = span.length();
      moves_.push_back({kappa * dt, kappa * theta * dt, eps * std::sqrt(dt), std::sqrt(dt), dt, rho,
                        std::sqrt((1.0 - rho) * (1.0 + rho)), span.drift});
    }
  }

  void advance(std::size_t step, const Numbers& numbers,
               const Paths& paths) const noexcept override {
    simd::dynamics_kernels().full_truncation(paths.count, moves_[step], rows(numbers, paths));
  }

 private:
  std::vector<simd::FullTruncationStep> moves_;
};

class AlmostExact final : public HestonPaths {
 public:
  AlmostExact(const HestonModel& model, std::vector<Step> steps, bool continuous)
      : HestonPaths(model, std::move(steps), continuous) {
    for (const Span& span : spans_of(model, {this->steps().begin(), this->steps().end()})) {
      moves_.emplace_back(model.variance, span.length(), span.drift);
    }
  }

  [[nodiscard]] std::size_t normals() const noexcept override { return AlmostExactStep::kNormals; }
  [[nodiscard]] std::size_t uniforms() const noexcept override {
    return AlmostExactStep::kUniforms;
  }

  void advance(std::size_t step, const Numbers& numbers,
               const Paths& paths) const noexcept override {
    moves_[step].advance(numbers, paths, continuous());
  }

 private:
  std::vector<AlmostExactStep> moves_;
};

}  // namespace

std::unique_ptr<Dynamics> heston(const HestonModel& model, HestonScheme scheme,
                                 double steps_per_year, const Schedule& schedule) {
  const double eps = model.variance.volatility_of_variance;
  std::vector<Step> steps = steps_of(schedule, {}, 1.0 / steps_per_year);
  const bool continuous = schedule.continuous;
  const bool today = schedule.dates.back() == 0.0;  // no step has a length
  if (scheme == HestonScheme::kFullTruncation) {
    return std::make_unique<FullTruncation>(model, std::move(steps), continuous);
  }
  if (eps <= kCertain || today) {
    return std::make_unique<CertainVariance>(model, std::move(steps), continuous);
  }
  if (scheme == HestonScheme::kQuadraticExponential) {
    return std::make_unique<QuadraticExponential>(model, std::move(steps), continuous);
  }
  if (eps < kLeastAlmostExact) {
    throw std::invalid_argument("volatility_of_variance is " + std::to_string(eps) +
                                ": must be 0 or at least 0.001 in the almost exact scheme");
  }
  return std::make_unique<AlmostExact>(model, std::move(steps), continuous);
}

}  // namespace strikeproof::monte_carlo
