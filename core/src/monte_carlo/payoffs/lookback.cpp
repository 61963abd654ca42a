// Lookback options. Watched all the time, the extremum between two steps is drawn from its law
// given the spots at both ends [1].
//
// Logarithms of extrema are kept with the sign that makes each a maximum.
//
// [1] Beaglehole, D., Dybvig, P. and Zhou, G. (1997), Financial Analysts Journal 53(1), 62-68.
#include <algorithm>
#include <cmath>
#include <limits>

#include "scheduled.hpp"
#include "simd/path_kernels.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"

namespace strikeproof::monte_carlo {
namespace {

enum Row : std::size_t { kExtremum, kBefore, kRows };

class Lookback final : public Scheduled {
 public:
  Lookback(const LookbackTerms& terms, const Schedule& schedule, double discount)
      : Scheduled(schedule),
        terms_(terms),
        // the holder gets the maximum of fixed calls and floating puts, else the minimum
        side_((terms.kind == lookback::Strike::kFixed) == (terms.type == OptionType::kCall) ? 1.0
                                                                                            : -1.0),
        discount_(discount) {}

  [[nodiscard]] std::size_t states() const noexcept override { return kRows; }
  [[nodiscard]] std::size_t uniforms() const noexcept override {
    return schedule().continuous ? 1 : 0;
  }

  void start(const Observation& now, PathRows state) const noexcept override {
    const double past = std::isnan(terms_.extremum) ? -std::numeric_limits<double>::infinity()
                                                    : side_ * std::log(terms_.extremum);
    std::fill_n(state[kExtremum], now.count, past);
    if (!schedule().continuous) return;
    include(now, state[kExtremum]);
    std::copy_n(now.log_spot[0], now.count, state[kBefore]);
  }

  void observe(const Observation& seen, PathRows state) const noexcept override {
    if (schedule().continuous) {
      simd::path_kernels().extremum(seen.count, side_, state[kBefore], seen.log_spot[0],
                                    seen.variance[0], seen.uniforms[0], state[kExtremum]);
      std::copy_n(seen.log_spot[0], seen.count, state[kBefore]);
    } else if (terms_.watched[seen.date]) {
      include(seen, state[kExtremum]);
    }
    if (is_last(seen)) pay(seen, state[kExtremum]);
  }

 private:
  void include(const Observation& seen, double* extremum) const noexcept {
    const double* const x = seen.log_spot[0];
    for (std::size_t p = 0; p < seen.count; ++p) extremum[p] = std::max(extremum[p], side_ * x[p]);
  }

  void pay(const Observation& seen, double* value) const noexcept {
    const auto phi = static_cast<double>(terms_.type);
    for (std::size_t p = 0; p < seen.count; ++p) value[p] *= side_;
    simd::path_kernels().exponentials(seen.count, value, value);
    if (terms_.kind == lookback::Strike::kFixed) {
      for (std::size_t p = 0; p < seen.count; ++p) {
        value[p] = discount_ * std::max(phi * (value[p] - terms_.strike), 0.0);
      }
      return;
    }
    const double* const s = seen.spot[0];
    for (std::size_t p = 0; p < seen.count; ++p) {
      value[p] = discount_ * std::max(phi * (s[p] - value[p]), 0.0);
    }
  }

  LookbackTerms terms_;
  double side_;
  double discount_;
};

}  // namespace

std::unique_ptr<Payoff> lookback_option(const LookbackTerms& terms, const Schedule& schedule,
                                        const term_structure::RateCurve& rate) {
  return std::make_unique<Lookback>(terms, schedule, final_discount(schedule, rate));
}

}  // namespace strikeproof::monte_carlo
