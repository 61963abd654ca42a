// Baskets, spreads, best and worst of several assets.
#include <algorithm>

#include "scheduled.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"

namespace strikeproof::monte_carlo {
namespace {

class SeveralAssets final : public Scheduled {
 public:
  SeveralAssets(const SeveralTerms& terms, const Schedule& schedule, double discount)
      : Scheduled(schedule), terms_(terms), discount_(discount) {}

  [[nodiscard]] std::size_t assets() const noexcept override { return terms_.weights.size(); }

  void start(const Observation& /*now*/, PathRows /*state*/) const noexcept override {}

  void observe(const Observation& seen, PathRows state) const noexcept override {
    if (!is_last(seen)) return;
    double* const value = state[0];
    for (std::size_t asset = 0; asset < terms_.weights.size(); ++asset) {
      const double weight = terms_.weights[asset];
      const double* const s = seen.spot[asset];
      if (asset == 0) {
        for (std::size_t p = 0; p < seen.count; ++p) value[p] = weight * s[p];
      } else if (terms_.kind == Several::kWeighted) {
        for (std::size_t p = 0; p < seen.count; ++p) value[p] += weight * s[p];
      } else if (terms_.kind == Several::kBest) {
        for (std::size_t p = 0; p < seen.count; ++p) value[p] = std::max(value[p], weight * s[p]);
      } else {
        for (std::size_t p = 0; p < seen.count; ++p) value[p] = std::min(value[p], weight * s[p]);
      }
    }
    const auto phi = static_cast<double>(terms_.type);
    for (std::size_t p = 0; p < seen.count; ++p) {
      value[p] = discount_ * std::max(phi * (value[p] - terms_.strike), 0.0);
    }
  }

 private:
  SeveralTerms terms_;
  double discount_;
};

}  // namespace

std::unique_ptr<Payoff> several_assets(const SeveralTerms& terms, const Schedule& schedule,
                                       const term_structure::RateCurve& rate) {
  return std::make_unique<SeveralAssets>(terms, schedule, final_discount(schedule, rate));
}

}  // namespace strikeproof::monte_carlo
