// Sums of bounded returns; terms: CliquetTerms.
#include <algorithm>

#include "scheduled.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"

namespace strikeproof::monte_carlo {
namespace {

enum Row : std::size_t { kSum, kBefore, kRows };

class Cliquet final : public Scheduled {
 public:
  Cliquet(const CliquetTerms& terms, const Schedule& schedule, double discount)
      : Scheduled(schedule), terms_(terms), discount_(discount) {}

  [[nodiscard]] std::size_t states() const noexcept override { return kRows; }

  void start(const Observation& now, PathRows state) const noexcept override {
    std::fill_n(state[kSum], now.count, 0.0);
    std::copy_n(now.spot[0], now.count, state[kBefore]);
  }

  void observe(const Observation& seen, PathRows state) const noexcept override {
    if (seen.date == kNoDate) return;
    const double* const s = seen.spot[0];
    double* const sum = state[kSum];
    double* const before = state[kBefore];
    for (std::size_t p = 0; p < seen.count; ++p) {
      const double gain = s[p] / before[p] - 1.0;
      sum[p] += std::min(std::max(gain, terms_.local_floor), terms_.local_cap);
      before[p] = s[p];
    }
    if (!is_last(seen)) return;
    const double paid = discount_ * terms_.notional;
    for (std::size_t p = 0; p < seen.count; ++p) {
      sum[p] = paid * std::min(std::max(sum[p], terms_.global_floor), terms_.global_cap);
    }
  }

 private:
  CliquetTerms terms_;
  double discount_;
};

}  // namespace

std::unique_ptr<Payoff> cliquet(const CliquetTerms& terms, const Schedule& schedule,
                                const term_structure::RateCurve& rate) {
  return std::make_unique<Cliquet>(terms, schedule, final_discount(schedule, rate));
}

}  // namespace strikeproof::monte_carlo
