// Lognormal assets, exact at every step; formulas: lognormal_step.cpp.
#include <algorithm>

#include "lognormal_step.hpp"
#include "simd/path_kernels.hpp"

namespace strikeproof::monte_carlo {
namespace {

class Lognormal final : public Dynamics {
 public:
  Lognormal(const BlackScholesModel& model, const Schedule& schedule)
      : spot_(model.spot),
        steps_(steps_of(schedule, schedule.continuous ? nodes_of(model) : std::vector<double>{})),
        moves_(lognormal_steps(model, steps_)),
        continuous_(schedule.continuous) {}

  [[nodiscard]] std::size_t assets() const noexcept override { return spot_.size(); }
  [[nodiscard]] std::size_t normals() const noexcept override { return spot_.size(); }
  [[nodiscard]] std::span<const Step> steps() const noexcept override { return steps_; }

  void start(const Paths& paths) const noexcept override { start_at(spot_, paths); }

  void advance(std::size_t step, const Numbers& numbers,
               const Paths& paths) const noexcept override {
    const auto add_scaled = simd::path_kernels().add_scaled;
    const LognormalStep& move = moves_[step];
    const std::size_t n = spot_.size();
    for (std::size_t i = 0; i < n; ++i) {
      double* const x = paths.log_spot[i];
      add_scaled(paths.count, move.factor[i * n], numbers.normals[0], move.drift[i], x);
      for (std::size_t j = 1; j <= i; ++j) {
        add_scaled(paths.count, move.factor[i * n + j], numbers.normals[j], 0.0, x);
      }
      if (continuous_) std::fill_n(paths.variance[i], paths.count, move.variance[i]);
    }
  }

 private:
  std::vector<double> spot_;
  std::vector<Step> steps_;
  std::vector<LognormalStep> moves_;
  bool continuous_;
};

}  // namespace

std::unique_ptr<Dynamics> black_scholes(const BlackScholesModel& model, const Schedule& schedule) {
  return std::make_unique<Lognormal>(model, schedule);
}

}  // namespace strikeproof::monte_carlo
