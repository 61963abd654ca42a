// Payoffs of the spot on one date, and sums of spots.
#include <algorithm>
#include <cmath>

#include "scheduled.hpp"
#include "simd/path_kernels.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"

namespace strikeproof::monte_carlo {
namespace {

using term_structure::RateCurve;

class European final : public Scheduled {
 public:
  European(const EuropeanTerms& terms, const Schedule& schedule, double discount)
      : Scheduled(schedule), terms_(terms), discount_(discount) {}

  void start(const Observation& /*now*/, PathRows /*state*/) const noexcept override {}

  void observe(const Observation& seen, PathRows state) const noexcept override {
    if (!is_last(seen)) return;
    const double* const s = seen.spot[0];
    double* const out = state[0];
    const auto phi = static_cast<double>(terms_.type);
    const double strike = terms_.strike;
    if (terms_.kind == EuropeanKind::kVanilla) {
      for (std::size_t p = 0; p < seen.count; ++p) {
        out[p] = discount_ * std::max(phi * (s[p] - strike), 0.0);
      }
      return;
    }
    const bool cash = terms_.kind == EuropeanKind::kCash;
    for (std::size_t p = 0; p < seen.count; ++p) {
      const double inside = phi * (s[p] - strike);
      const double share = inside > 0.0 ? 1.0 : inside == 0.0 ? 0.5 : 0.0;
      out[p] = discount_ * share * (cash ? 1.0 : s[p]);
    }
  }

 private:
  EuropeanTerms terms_;
  double discount_;
};

class WeightedSpot final : public Scheduled {
 public:
  WeightedSpot(std::size_t asset, const std::vector<double>& weights, const Schedule& schedule,
               double discount)
      : Scheduled(schedule), asset_(asset), weights_(weights) {
    for (double& weight : weights_) weight *= discount;
  }

  [[nodiscard]] std::size_t assets() const noexcept override { return asset_ + 1; }

  void start(const Observation& now, PathRows state) const noexcept override {
    std::fill_n(state[0], now.count, 0.0);
  }

  void observe(const Observation& seen, PathRows state) const noexcept override {
    if (seen.date == kNoDate || weights_[seen.date] == 0.0) return;
    simd::path_kernels().add_scaled(seen.count, weights_[seen.date], seen.spot[asset_], 0.0,
                                    state[0]);
  }

 private:
  std::size_t asset_;
  std::vector<double> weights_;
};

}  // namespace

std::unique_ptr<Payoff> european(const EuropeanTerms& terms, const Schedule& schedule,
                                 const RateCurve& rate) {
  return std::make_unique<European>(terms, schedule, final_discount(schedule, rate));
}

std::unique_ptr<Payoff> weighted_spot(std::size_t asset, const std::vector<double>& weights,
                                      const Schedule& schedule, const RateCurve& rate) {
  return std::make_unique<WeightedSpot>(asset, weights, schedule, final_discount(schedule, rate));
}

double weighted_spot_mean(double spot, const std::vector<double>& weights, const Schedule& schedule,
                          const RateCurve& rate, const RateCurve& dividend_yield) {
  double sum = 0.0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const double date = schedule.dates[k];
    sum += weights[k] * spot * std::exp(rate.integral(date) - dividend_yield.integral(date));
  }
  return sum * final_discount(schedule, rate);
}

}  // namespace strikeproof::monte_carlo
