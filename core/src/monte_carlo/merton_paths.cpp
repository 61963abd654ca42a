// Merton's jumps [1], exact at every step: given their number n, which is drawn by inversion of
// Poisson's distribution, the jumps of a step add a normal number with n times their mean and
// variance. The drift takes intensity (E exp(J) - 1) back.
//
// [1] Merton, R. C. (1976), J. Financial Economics 3, 125-144.
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "lognormal_step.hpp"
#include "math/log_gamma.hpp"
#include "simd/path_kernels.hpp"

namespace strikeproof::monte_carlo {
namespace {

constexpr double kMostJumps = 1e4;  // expected in a step

/// Chances of at most 0, 1, 2, ... jumps, the last one being 1.
std::vector<double> poisson_table(double mean) {
  std::vector<double> found;
  double sum = 0.0;
  // the rest is below 1e-17
  const auto last = static_cast<int>(std::ceil(mean + 12.0 * std::sqrt(mean) + 24.0));
  for (int k = 0; k < last; ++k) {
    const double power = mean > 0.0 ? k * std::log(mean) : (k > 0 ? -1e9 : 0.0);
    sum += std::exp(power - mean - math::log_gamma(k + 1.0));
    found.push_back(std::min(sum, 1.0));
  }
  found.back() = 1.0;
  return found;
}

class Merton final : public Dynamics {
 public:
  Merton(const BlackScholesModel& model, const Jumps& jumps, const Schedule& schedule)
      : spot_(model.spot),
        jumps_(jumps),
        steps_(steps_of(schedule)),
        moves_(lognormal_steps(model, steps_)) {
    if (schedule.continuous) {
      throw std::invalid_argument(
          "a payoff that is watched all the time needs a model without jumps");
    }
    if (spot_.size() != 1) throw std::invalid_argument("jumps are those of one asset");
    const double gain = std::expm1(jumps.mean + 0.5 * jumps.deviation * jumps.deviation);
    double last = 0.0;
    for (std::size_t k = 0; k < steps_.size(); ++k) {
      const double mean = jumps.intensity * (steps_[k].time - last);
      if (!(mean <= kMostJumps)) {
        throw std::invalid_argument("intensity is " + std::to_string(jumps.intensity) +
                                    ": must give at most 10000 jumps in a step");
      }
      moves_[k].drift[0] -= mean * gain;
      chances_.push_back(poisson_table(mean));
      last = steps_[k].time;
    }
  }

  [[nodiscard]] std::size_t normals() const noexcept override { return 2; }
  [[nodiscard]] std::size_t uniforms() const noexcept override { return 1; }
  [[nodiscard]] std::span<const Step> steps() const noexcept override { return steps_; }

  void start(const Paths& paths) const noexcept override { start_at(spot_, paths); }

  void advance(std::size_t step, const Numbers& numbers,
               const Paths& paths) const noexcept override {
    double* const x = paths.log_spot[0];
    simd::path_kernels().add_scaled(paths.count, moves_[step].factor[0], numbers.normals[0],
                                    moves_[step].drift[0], x);
    const double* const chances = chances_[step].data();
    const double* const u = numbers.uniforms[0];
    const double* const z = numbers.normals[1];
    for (std::size_t p = 0; p < paths.count; ++p) {
      if (u[p] <= chances[0]) continue;
      std::size_t n = 1;
      while (u[p] > chances[n]) ++n;
      const auto count = static_cast<double>(n);
      x[p] += count * jumps_.mean + std::sqrt(count) * jumps_.deviation * z[p];
    }
  }

 private:
  std::vector<double> spot_;
  Jumps jumps_;
  std::vector<Step> steps_;
  std::vector<LognormalStep> moves_;
  std::vector<std::vector<double>> chances_;
};

}  // namespace

std::unique_ptr<Dynamics> merton(const BlackScholesModel& model, const Jumps& jumps,
                                 const Schedule& schedule) {
  return std::make_unique<Merton>(model, jumps, schedule);
}

}  // namespace strikeproof::monte_carlo
