// Notes that end early once their worst asset has done well enough; terms: AutocallableTerms.
#include <algorithm>

#include "scheduled.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"

namespace strikeproof::monte_carlo {
namespace {

enum Row : std::size_t { kValue, kAlive, kUnprotected, kWorst, kRows };

class Autocallable final : public Scheduled {
 public:
  Autocallable(const AutocallableTerms& terms, const Schedule& schedule,
               const term_structure::RateCurve& rate)
      : Scheduled(schedule), terms_(terms) {
    for (const double date : schedule.dates) discounts_.push_back(rate.discount(date));
  }

  [[nodiscard]] std::size_t assets() const noexcept override { return terms_.references.size(); }
  [[nodiscard]] std::size_t states() const noexcept override { return kRows; }

  void start(const Observation& now, PathRows state) const noexcept override {
    std::fill_n(state[kValue], now.count, 0.0);
    std::fill_n(state[kAlive], now.count, 1.0);
    std::fill_n(state[kUnprotected], now.count, 0.0);
  }

  void observe(const Observation& seen, PathRows state) const noexcept override {
    if (seen.date == kNoDate) return;
    double* const worst = state[kWorst];
    for (std::size_t asset = 0; asset < terms_.references.size(); ++asset) {
      const double* const s = seen.spot[asset];
      const double share = 1.0 / terms_.references[asset];
      for (std::size_t p = 0; p < seen.count; ++p) {
        worst[p] = asset == 0 ? share * s[p] : std::min(worst[p], share * s[p]);
      }
    }
    if (is_last(seen) || !terms_.protection_at_expiry) {
      double* const unprotected = state[kUnprotected];
      for (std::size_t p = 0; p < seen.count; ++p) {
        unprotected[p] = worst[p] < terms_.protection ? 1.0 : unprotected[p];
      }
    }
    call(seen, state);
    if (is_last(seen)) redeem(seen, state);
  }

 private:
  void call(const Observation& seen, PathRows state) const noexcept {
    const double trigger = terms_.triggers[seen.date];
    const double paid = discounts_[seen.date] * terms_.notional * (1.0 + terms_.coupons[seen.date]);
    const double* const worst = state[kWorst];
    double* const alive = state[kAlive];
    double* const value = state[kValue];
    for (std::size_t p = 0; p < seen.count; ++p) {
      const bool called = worst[p] >= trigger;
      value[p] += called ? alive[p] * paid : 0.0;
      alive[p] = called ? 0.0 : alive[p];
    }
  }

  void redeem(const Observation& seen, PathRows state) const noexcept {
    const double notional = discounts_[seen.date] * terms_.notional;
    for (std::size_t p = 0; p < seen.count; ++p) {
      const double loss = state[kUnprotected][p] * std::max(1.0 - state[kWorst][p], 0.0);
      state[kValue][p] += state[kAlive][p] * notional * (1.0 - loss);
    }
  }

  AutocallableTerms terms_;
  std::vector<double> discounts_;
};

}  // namespace

std::unique_ptr<Payoff> autocallable(const AutocallableTerms& terms, const Schedule& schedule,
                                     const term_structure::RateCurve& rate) {
  return std::make_unique<Autocallable>(terms, schedule, rate);
}

}  // namespace strikeproof::monte_carlo
