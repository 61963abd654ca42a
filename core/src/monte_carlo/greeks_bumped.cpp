// Combinations of scenarios on the same random numbers, among them central differences [1, section
// 7.1]: the error of a difference is that of the paths' own differences.
//
// [1] Glasserman, P. (2004), Monte Carlo Methods in Financial Engineering, Springer.
#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "numbers.hpp"
#include "path_sampler.hpp"
#include "sampler.hpp"
#include "strikeproof/monte_carlo_greeks.hpp"

namespace strikeproof::monte_carlo {
namespace {

class Combined final : public Sampler {
 public:
  Combined(std::span<const Scenario> scenarios, std::span<const double> weights,
           const NumberSource& numbers, bool antithetic)
      : weights_(weights), outputs_(weights.size() / scenarios.size()) {
    for (const Scenario& one : scenarios) {
      parts_.push_back(std::make_unique<PathSampler>(
          *one.dynamics, std::vector<const Payoff*>{one.payoff}, numbers, antithetic));
      most_ = std::max(most_, one.payoff->outputs());
    }
  }

  [[nodiscard]] std::size_t outputs() const noexcept override { return outputs_; }
  [[nodiscard]] std::size_t block() const noexcept override { return parts_.front()->block(); }
  [[nodiscard]] std::unique_ptr<Workspace> workspace() const override {
    return std::make_unique<Place>(*this);
  }

  void sample(std::uint32_t replicate, std::uint64_t first, std::size_t count, Workspace& workspace,
              double* out) const noexcept override {
    auto& place = static_cast<Place&>(workspace);
    std::fill_n(out, outputs_ * block(), 0.0);
    for (std::size_t part = 0; part < parts_.size(); ++part) {
      parts_[part]->sample(replicate, first, count, *place.parts[part], place.values.data());
      for (std::size_t k = 0; k < outputs_; ++k) {
        const double weight = weights_[k * parts_.size() + part];
        if (weight == 0.0) continue;
        double* const sum = out + k * block();
        for (std::size_t p = 0; p < count; ++p) sum[p] += weight * place.values[p];
      }
    }
  }

 private:
  struct Place final : Workspace {
    explicit Place(const Combined& owner) : values(owner.most_ * owner.block()) {
      for (const auto& part : owner.parts_) parts.push_back(part->workspace());
    }
    std::vector<std::unique_ptr<Workspace>> parts;
    std::vector<double> values;
  };

  std::span<const double> weights_;
  std::size_t outputs_;
  std::size_t most_ = 1;
  std::vector<std::unique_ptr<PathSampler>> parts_;
};

bool alike(const Demand& a, const Demand& b) noexcept {
  return a.steps.size() == b.steps.size() && a.normals == b.normals && a.uniforms == b.uniforms;
}

}  // namespace

std::optional<Result> combinations(std::span<const Scenario> scenarios,
                                   std::span<const double> weights, const Settings& settings,
                                   const Parallel& parallel, const Progress& progress) {
  if (scenarios.empty() || weights.empty() || weights.size() % scenarios.size() != 0) {
    throw std::invalid_argument("every combination has a weight for each scenario");
  }
  const Demand demand = demand_of(*scenarios[0].dynamics, *scenarios[0].payoff);
  for (const Scenario& one : scenarios) {
    if (!alike(demand, demand_of(*one.dynamics, *one.payoff))) {
      throw std::invalid_argument("scenarios must take as many random numbers");
    }
  }
  const Plan plan = plan_of(settings);
  const auto numbers = settings.method == Method::kSobol
                           ? sobol_numbers(demand, settings.seed, plan.replicates)
                           : pseudo_numbers(demand, settings.seed, kMainStream);
  const Combined combined(scenarios, weights, *numbers, settings.antithetic);
  auto outputs = estimate(combined, plan, parallel, progress);
  if (!outputs) return std::nullopt;
  return Result{std::move(*outputs), {}};
}

}  // namespace strikeproof::monte_carlo
