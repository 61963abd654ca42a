// Greeks of any payoff of the spots on dates: its value times scores; see greeks_scores.cpp. What
// the discount factor adds: -T times the price to rho, and r times the price to theta.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "greeks_scores.hpp"
#include "payoffs/scheduled.hpp"

namespace strikeproof::monte_carlo {
namespace {

class LikelihoodRatio final : public Payoff {
 public:
  LikelihoodRatio(const Payoff& payoff, const FlatLognormal& model, std::vector<GreekOf> greeks)
      : payoff_(payoff), scores_(model), greeks_(std::move(greeks)) {
    if (payoff.schedule().continuous) {
      throw std::invalid_argument("a payoff that is watched all the time has no likelihood ratio");
    }
  }

  [[nodiscard]] const Schedule& schedule() const noexcept override { return payoff_.schedule(); }
  [[nodiscard]] std::size_t assets() const noexcept override { return scores_.assets(); }
  [[nodiscard]] std::size_t outputs() const noexcept override { return 1 + greeks_.size(); }
  // price and scores, log spots before and four rows of work, the payoff's own
  [[nodiscard]] std::size_t states() const noexcept override { return own() + payoff_.states(); }
  [[nodiscard]] std::size_t uniforms() const noexcept override { return payoff_.uniforms(); }
  [[nodiscard]] bool reads_spot() const noexcept override { return payoff_.reads_spot(); }

  void start(const Observation& now, PathRows state) const noexcept override {
    for (std::size_t k = 0; k < outputs(); ++k) std::fill_n(state[k], now.count, 0.0);
    remember(now, state);
    payoff_.start(now, inner(state));
  }

  void observe(const Observation& seen, PathRows state) const noexcept override {
    payoff_.observe(seen, inner(state));
    if (seen.date == kNoDate) return;
    const std::vector<double>& dates = schedule().dates;
    const double length = dates[seen.date] - (seen.date == 0 ? 0.0 : dates[seen.date - 1]);
    const PathRows before{state[outputs()], state.stride};
    // the assets' numbers of one path, one after the other: a row holds at least 16
    double* const b = state[outputs() + assets()];
    double* const u = state[outputs() + 2 * assets()];
    for (std::size_t p = 0; p < seen.count; ++p) {
      scores_.brownian(length, p, {before.data, before.stride}, seen.log_spot, b);
      scores_.solve(b, u);
      for (std::size_t k = 0; k < greeks_.size(); ++k) {
        const Greek greek = greeks_[k].greek;
        if (seen.date > 0 && greek != Greek::kVega && greek != Greek::kRho) continue;
        state[1 + k][p] += scores_.score(greeks_[k], length, b, u);
      }
    }
    remember(seen, state);
    if (seen.date + 1 == dates.size()) weigh(seen.count, state);
  }

 private:
  [[nodiscard]] std::size_t own() const noexcept { return outputs() + 3 * assets(); }
  [[nodiscard]] PathRows inner(PathRows state) const noexcept {
    return {state[own()], state.stride};
  }

  void remember(const Observation& seen, PathRows state) const noexcept {
    for (std::size_t i = 0; i < assets(); ++i) {
      std::copy_n(seen.log_spot[i], seen.count, state[outputs() + i]);
    }
  }

  void weigh(std::size_t count, PathRows state) const noexcept {
    const double* const value = inner(state)[0];
    std::copy_n(value, count, state[0]);
    for (std::size_t k = 0; k < greeks_.size(); ++k) {
      const Greek greek = greeks_[k].greek;
      const double by_rate = greek == Greek::kRho ? -schedule().dates.back() : 0.0;
      for (std::size_t p = 0; p < count; ++p) {
        double& score = state[1 + k][p];
        score = greek == Greek::kTheta ? value[p] * (scores_.model().rate - score)
                                       : value[p] * (score + by_rate);
      }
    }
  }

  const Payoff& payoff_;
  LognormalScores scores_;
  std::vector<GreekOf> greeks_;
};

}  // namespace

std::unique_ptr<Payoff> likelihood_ratio(const Payoff& payoff, const FlatLognormal& model,
                                         const std::vector<GreekOf>& greeks) {
  return std::make_unique<LikelihoodRatio>(payoff, model, greeks);
}

}  // namespace strikeproof::monte_carlo
