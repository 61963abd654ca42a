// The one loop over steps: numbers, the model, what the payoffs see; once more with mirrored
// numbers where every path has a mirror image.
#include "path_sampler.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "simd/path_kernels.hpp"

namespace strikeproof::monte_carlo {
namespace {

constexpr std::size_t kGroup = 16;  // of the kernels

ConstPathRows seen(PathRows rows) noexcept { return {rows.data, rows.stride}; }

}  // namespace

/// State of the model and the payoffs for one block.
struct PathSampler::Side {
  Side(const PathSampler& owner, std::size_t stride_) : stride(stride_) {
    const Dynamics& model = owner.dynamics_;
    const std::size_t assets = model.assets();
    log_spot.resize(assets * stride);
    spot.resize(assets * stride);
    state.resize(model.states() * stride);
    if (owner.continuous_) variance.resize(assets * stride);
    for (const Payoff* payoff : owner.payoffs_) {
      payoffs.emplace_back(payoff->states() * stride);
    }
  }

  [[nodiscard]] Paths paths(std::size_t count) noexcept {
    return {count, {log_spot.data(), stride}, {state.data(), stride}, {variance.data(), stride}};
  }

  std::size_t stride;
  std::vector<double> log_spot;
  std::vector<double> spot;
  std::vector<double> state;
  std::vector<double> variance;
  std::vector<std::vector<double>> payoffs;
};

struct PathSampler::Place final : Workspace {
  explicit Place(const PathSampler& owner)
      : numbers(owner.numbers_.buffer()),
        plain(owner, owner.block()),
        mirror(owner, owner.antithetic_ ? owner.block() : 0) {}

  NumberSource::Buffer numbers;
  Side plain;
  Side mirror;
};

PathSampler::PathSampler(const Dynamics& dynamics, std::vector<const Payoff*> payoffs,
                         const NumberSource& numbers, bool antithetic)
    : dynamics_(dynamics),
      payoffs_(std::move(payoffs)),
      numbers_(numbers),
      antithetic_(antithetic),
      continuous_(payoffs_.front()->schedule().continuous) {
  const Schedule& schedule = payoffs_.front()->schedule();
  for (const Payoff* payoff : payoffs_) {
    if (payoff->assets() > dynamics.assets()) {
      throw std::invalid_argument("the payoff watches " + std::to_string(payoff->assets()) +
                                  " assets, the model has " + std::to_string(dynamics.assets()));
    }
    if (payoff->schedule().dates != schedule.dates) {
      throw std::invalid_argument("a control must have the dates of the payoff");
    }
    outputs_ += payoff->outputs();
    reads_spot_ = reads_spot_ || payoff->reads_spot();
  }
}

std::unique_ptr<Workspace> PathSampler::workspace() const { return std::make_unique<Place>(*this); }

void PathSampler::start(Side& side, std::size_t count) const noexcept {
  const Paths paths = side.paths(count);
  dynamics_.start(paths);
  const PathRows spot{side.spot.data(), side.stride};
  for (std::size_t asset = 0; asset < dynamics_.assets(); ++asset) {
    // today's spot is the same for all paths
    simd::path_kernels().exponentials(kGroup, paths.log_spot[asset], spot[asset]);
    std::fill_n(spot[asset], count, *spot[asset]);
  }
  const Observation now{kNoDate, count, seen(paths.log_spot), seen(spot), {}, {}};
  for (std::size_t k = 0; k < payoffs_.size(); ++k) {
    payoffs_[k]->start(now, {side.payoffs[k].data(), side.stride});
  }
}

void PathSampler::advance(Side& side, std::size_t step, std::size_t count,
                          const NumberSource::StepRows& rows) const noexcept {
  const Paths paths = side.paths(count);
  const Numbers numbers{seen(rows.normals), seen(rows.uniforms)};
  dynamics_.advance(step, numbers, paths);
  const std::size_t date = dynamics_.steps()[step].date;
  if (date == kNoDate && !continuous_) return;
  const PathRows spot{side.spot.data(), side.stride};
  if (reads_spot_ && date != kNoDate) {
    for (std::size_t asset = 0; asset < dynamics_.assets(); ++asset) {
      simd::path_kernels().exponentials(count, paths.log_spot[asset], spot[asset]);
    }
  }
  // the model's uniforms come first, then those of the payoff
  const ConstPathRows own{numbers.uniforms.data + dynamics_.uniforms() * numbers.uniforms.stride,
                          numbers.uniforms.stride};
  const Observation now{date, count, seen(paths.log_spot), seen(spot), seen(paths.variance), own};
  for (std::size_t k = 0; k < payoffs_.size(); ++k) {
    payoffs_[k]->observe(now, {side.payoffs[k].data(), side.stride});
  }
}

void PathSampler::sample(std::uint32_t replicate, std::uint64_t first, std::size_t count,
                         Workspace& workspace, double* out) const noexcept {
  auto& place = static_cast<Place&>(workspace);
  const std::size_t whole = (count + kGroup - 1) / kGroup * kGroup;
  numbers_.begin(replicate, first, whole, place.numbers);
  start(place.plain, whole);
  if (antithetic_) start(place.mirror, whole);
  for (std::size_t step = 0; step < dynamics_.steps().size(); ++step) {
    const NumberSource::StepRows rows = numbers_.step(step, place.numbers);
    advance(place.plain, step, whole, rows);
    if (!antithetic_) continue;
    for (std::size_t row = 0; row < dynamics_.normals(); ++row) {
      double* const z = rows.normals[row];
      for (std::size_t p = 0; p < whole; ++p) z[p] = -z[p];
    }
    for (std::size_t row = 0; row < dynamics_.uniforms() + payoffs_.front()->uniforms(); ++row) {
      double* const u = rows.uniforms[row];
      for (std::size_t p = 0; p < whole; ++p) u[p] = 1.0 - u[p];
    }
    advance(place.mirror, step, whole, rows);
  }
  for (std::size_t k = 0; k < payoffs_.size(); ++k) {
    for (std::size_t output = 0; output < payoffs_[k]->outputs(); ++output, out += block()) {
      const double* const value = place.plain.payoffs[k].data() + output * block();
      std::copy_n(value, count, out);
      if (!antithetic_) continue;
      const double* const other = place.mirror.payoffs[k].data() + output * block();
      for (std::size_t p = 0; p < count; ++p) out[p] = 0.5 * (value[p] + other[p]);
    }
  }
}

Demand demand_of(const Dynamics& dynamics, const Payoff& payoff) {
  return {dynamics.steps(), dynamics.normals(), dynamics.uniforms() + payoff.uniforms()};
}

}  // namespace strikeproof::monte_carlo
