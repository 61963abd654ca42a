// Barrier options. Watched on dates, a path has crossed or not; watched all the time, it counts by
// its chance not to have crossed between steps, given the spots at both ends [1].
//
// [1] Beaglehole, D., Dybvig, P. and Zhou, G. (1997), Financial Analysts Journal 53(1), 62-68.
#include <algorithm>
#include <cmath>

#include "scheduled.hpp"
#include "simd/path_kernels.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"

namespace strikeproof::monte_carlo {
namespace {

enum Row : std::size_t { kValue, kAlive, kBefore, kRows };

class Barrier final : public Scheduled {
 public:
  Barrier(const BarrierTerms& terms, const Schedule& schedule, double discount)
      : Scheduled(schedule),
        terms_(terms),
        side_(static_cast<double>(terms.side)),
        level_(std::log(terms.barrier)),
        discount_(discount) {}

  [[nodiscard]] std::size_t states() const noexcept override { return kRows; }

  void start(const Observation& now, PathRows state) const noexcept override {
    std::fill_n(state[kAlive], now.count, 1.0);
    if (!schedule().continuous) return;
    std::copy_n(now.log_spot[0], now.count, state[kBefore]);
  }

  void observe(const Observation& seen, PathRows state) const noexcept override {
    if (schedule().continuous) {
      simd::path_kernels().survival(seen.count, side_, level_, state[kBefore], seen.log_spot[0],
                                    seen.variance[0], state[kAlive]);
      std::copy_n(seen.log_spot[0], seen.count, state[kBefore]);
    } else if (terms_.watched[seen.date]) {
      cut(seen, state[kAlive]);
    }
    if (is_last(seen)) pay(seen, state);
  }

 private:
  /// Ends the paths at or beyond the barrier.
  void cut(const Observation& seen, double* alive) const noexcept {
    const double* const s = seen.spot[0];
    for (std::size_t p = 0; p < seen.count; ++p) {
      alive[p] = side_ * (s[p] - terms_.barrier) > 0.0 ? alive[p] : 0.0;
    }
  }

  void pay(const Observation& seen, PathRows state) const noexcept {
    const auto phi = static_cast<double>(terms_.type);
    const bool out = terms_.knock == barrier::Knock::kOut;
    const double* const s = seen.spot[0];
    const double* const alive = state[kAlive];
    double* const value = state[kValue];
    for (std::size_t p = 0; p < seen.count; ++p) {
      const double vanilla = std::max(phi * (s[p] - terms_.strike), 0.0);
      const double share = out ? alive[p] : 1.0 - alive[p];
      value[p] = discount_ * (share * vanilla + (1.0 - share) * terms_.rebate);
    }
  }

  BarrierTerms terms_;
  double side_;
  double level_;
  double discount_;
};

}  // namespace

std::unique_ptr<Payoff> barrier_option(const BarrierTerms& terms, const Schedule& schedule,
                                       const term_structure::RateCurve& rate) {
  return std::make_unique<Barrier>(terms, schedule, final_discount(schedule, rate));
}

}  // namespace strikeproof::monte_carlo
