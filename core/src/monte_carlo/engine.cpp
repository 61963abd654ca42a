// Prices: payoffs of paths, corrected by controls whose coefficients come from paths of their own,
// so that the estimate has no bias and its error is that of independent samples [1].
//
//   value = payoff - sum_j b_j (control_j - mean_j),   C b = c
//
// with C the controls' covariances and c those with the payoff, on 2048 pilot samples. A control
// that adds nothing to those before it has coefficient 0.
//
// [1] Glasserman, P. (2004), Monte Carlo Methods in Financial Engineering, Springer, section 4.1.
#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <utility>

#include "numbers.hpp"
#include "path_sampler.hpp"
#include "sampler.hpp"
#include "strikeproof/random.hpp"

namespace strikeproof::monte_carlo {
namespace {

constexpr std::size_t kPilot = 2048;
constexpr double kRedundant = 1e-10;  // share of a control's variance that others leave

/// Samples of the payoff less the controls' deviations.
class Controlled final : public Sampler {
 public:
  Controlled(const Sampler& all, std::size_t outputs, std::span<const Control> controls,
             const std::vector<double>& coefficients)
      : all_(all), outputs_(outputs), controls_(controls), coefficients_(coefficients) {}

  [[nodiscard]] std::size_t outputs() const noexcept override { return outputs_; }
  [[nodiscard]] std::size_t block() const noexcept override { return all_.block(); }
  [[nodiscard]] std::unique_ptr<Workspace> workspace() const override {
    return std::make_unique<Place>(all_);
  }

  void sample(std::uint32_t replicate, std::uint64_t first, std::size_t count, Workspace& workspace,
              double* out) const noexcept override {
    auto& place = static_cast<Place&>(workspace);
    all_.sample(replicate, first, count, *place.inner, place.values.data());
    std::copy_n(place.values.data(), outputs_ * block(), out);
    // the controls steady the price; further outputs stay as they are
    for (std::size_t j = 0; j < controls_.size(); ++j) {
      const double b = coefficients_[j];
      const double mean = controls_[j].mean;
      const double* const control = place.values.data() + (outputs_ + j) * block();
      for (std::size_t p = 0; p < count; ++p) out[p] -= b * (control[p] - mean);
    }
  }

 private:
  struct Place final : Workspace {
    explicit Place(const Sampler& all)
        : inner(all.workspace()), values(all.outputs() * all.block()) {}
    std::unique_ptr<Workspace> inner;
    std::vector<double> values;
  };

  const Sampler& all_;
  std::size_t outputs_;
  std::span<const Control> controls_;
  const std::vector<double>& coefficients_;
};

/// Solves C b = c by Cholesky's factors, leaving out what is redundant; `skip` outputs come before
/// the controls.
std::vector<double> regression(const Moments& m, std::size_t skip) {
  const std::size_t all = m.mean.size();
  const std::size_t n = all - skip;
  const auto c = [&](std::size_t a, std::size_t b) { return m.covariance[a * all + b]; };
  std::vector<double> factor(n * n, 0.0);
  std::vector<double> solved(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    double right = c(skip + i, 0);
    double pivot = c(skip + i, skip + i);
    for (std::size_t j = 0; j < i; ++j) {
      double sum = c(skip + i, skip + j);
      for (std::size_t k = 0; k < j; ++k) sum -= factor[i * n + k] * factor[j * n + k];
      const double below = factor[j * n + j] > 0.0 ? sum / factor[j * n + j] : 0.0;
      factor[i * n + j] = below;
      pivot -= below * below;
      right -= below * solved[j];
    }
    if (!(pivot > kRedundant * c(skip + i, skip + i))) continue;
    factor[i * n + i] = std::sqrt(pivot);
    solved[i] = right / factor[i * n + i];
  }
  std::vector<double> found(n, 0.0);
  for (std::size_t i = n; i-- > 0;) {
    if (factor[i * n + i] == 0.0) continue;
    double sum = solved[i];
    for (std::size_t k = i + 1; k < n; ++k) sum -= factor[k * n + i] * found[k];
    found[i] = sum / factor[i * n + i];
  }
  return found;
}

}  // namespace

Plan plan_of(const Settings& s) {
  const std::uint64_t per_sample = s.antithetic ? 2 : 1;
  const bool quasi = s.method == Method::kSobol;
  const bool targeted = s.absolute_target > 0.0 || s.relative_target > 0.0;
  const std::uint64_t replicates = quasi ? s.replicates : 1;
  if (quasi && replicates < 2) {
    throw std::invalid_argument("replicates is below 2: one alone says nothing about the error");
  }
  if (quasi && s.paths / replicates > random::kSobolPoints / 2) {
    throw std::invalid_argument("paths per replicate are beyond the sequence");
  }
  const std::uint64_t share = replicates * per_sample;
  std::uint64_t first = std::max<std::uint64_t>((s.paths + share - 1) / share, 2);
  if (quasi) {
    first = std::bit_ceil(std::max<std::uint64_t>(first, kUnit));  // whole nets
  } else if (targeted) {
    first = (first + kUnit - 1) / kUnit * kUnit;
  }
  std::uint64_t most = first;
  if (targeted && s.most / share > first) {
    most = quasi ? std::bit_floor(s.most / share) : s.most / share / kUnit * kUnit;
  }
  return {static_cast<std::uint32_t>(replicates),
          first,
          std::max(first, most),
          per_sample,
          s.absolute_target,
          s.relative_target};
}

std::optional<Result> price(const Dynamics& dynamics, const Payoff& payoff,
                            std::span<const Control> controls, const Settings& settings,
                            const Parallel& parallel, const Progress& progress) {
  const Demand demand = demand_of(dynamics, payoff);
  const Plan plan = plan_of(settings);
  std::vector<const Payoff*> payoffs{&payoff};
  for (const Control& control : controls) {
    if (control.payoff->outputs() != 1 || control.payoff->uniforms() != 0) {
      throw std::invalid_argument("a control must have one output and no numbers of its own");
    }
    payoffs.push_back(control.payoff);
  }

  std::vector<double> coefficients;
  if (!controls.empty()) {
    const auto pilot = pseudo_numbers(demand, settings.seed, kPilotStream);
    const PathSampler sampler(dynamics, payoffs, *pilot, settings.antithetic);
    const auto found = moments(sampler, kPilot, parallel);
    if (!found) return std::nullopt;
    coefficients = regression(*found, payoff.outputs());
  }
  const auto numbers = settings.method == Method::kSobol
                           ? sobol_numbers(demand, settings.seed, plan.replicates)
                           : pseudo_numbers(demand, settings.seed, kMainStream);
  const PathSampler sampler(dynamics, payoffs, *numbers, settings.antithetic);
  const Controlled controlled(sampler, payoff.outputs(), controls, coefficients);
  const Sampler& used = controls.empty() ? static_cast<const Sampler&>(sampler) : controlled;
  auto outputs = estimate(used, plan, parallel, progress);
  if (!outputs) return std::nullopt;
  return Result{std::move(*outputs), std::move(coefficients)};
}

}  // namespace strikeproof::monte_carlo
