// Options on averages, and the price of the geometric one under lognormal dynamics.
//
//   ln G = sum_i w_i ln S(t_i) + past,  normal; with V the total variance up to a time
//   mean = sum_i w_i (ln S + int_0^t_i (r - q) - V(t_i)/2) + past
//   variance = sum_ij w_i w_j V(min(t_i, t_j)),   covariance with ln S_T = sum_i w_i V(t_i)   [1]
//
// [1] Kemna, A. G. Z. and Vorst, A. C. F. (1990), J. Banking and Finance 14, 113-129.
#include <algorithm>
#include <cmath>

#include "exchange.hpp"
#include "scheduled.hpp"
#include "simd/path_kernels.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"

namespace strikeproof::monte_carlo {
namespace {

double past_of(const AsianTerms& terms) noexcept {
  double sum = 0.0;
  for (std::size_t k = 0; k < terms.past_fixings.size(); ++k) {
    const double fixing = terms.past_fixings[k];
    sum += terms.past_weights[k] *
           (terms.average == asian::Average::kGeometric ? std::log(fixing) : fixing);
  }
  return sum;
}

class Asian final : public Scheduled {
 public:
  Asian(const AsianTerms& terms, const Schedule& schedule, double discount)
      : Scheduled(schedule), terms_(terms), past_(past_of(terms)), discount_(discount) {}

  [[nodiscard]] bool reads_spot() const noexcept override {
    return !geometric() || terms_.kind == asian::Strike::kAverage;
  }

  void start(const Observation& now, PathRows state) const noexcept override {
    std::fill_n(state[0], now.count, past_);
  }

  void observe(const Observation& seen, PathRows state) const noexcept override {
    if (seen.date == kNoDate) return;
    const double weight = terms_.weights[seen.date];
    if (weight != 0.0) {
      simd::path_kernels().add_scaled(seen.count, weight,
                                      geometric() ? seen.log_spot[0] : seen.spot[0], 0.0, state[0]);
    }
    if (is_last(seen)) pay(seen, state[0]);
  }

 private:
  [[nodiscard]] bool geometric() const noexcept {
    return terms_.average == asian::Average::kGeometric;
  }

  void pay(const Observation& seen, double* average) const noexcept {
    if (geometric()) simd::path_kernels().exponentials(seen.count, average, average);
    const auto phi = static_cast<double>(terms_.type);
    if (terms_.kind == asian::Strike::kFixed) {
      for (std::size_t p = 0; p < seen.count; ++p) {
        average[p] = discount_ * std::max(phi * (average[p] - terms_.strike), 0.0);
      }
      return;
    }
    const double* const s = seen.spot[0];
    for (std::size_t p = 0; p < seen.count; ++p) {
      average[p] = discount_ * std::max(phi * (s[p] - average[p]), 0.0);
    }
  }

  AsianTerms terms_;
  double past_;
  double discount_;
};

}  // namespace

std::unique_ptr<Payoff> asian(const AsianTerms& terms, const Schedule& schedule,
                              const term_structure::RateCurve& rate) {
  return std::make_unique<Asian>(terms, schedule, final_discount(schedule, rate));
}

double geometric_asian_price(const AsianTerms& terms, const Schedule& schedule,
                             const BlackScholesModel& model) {
  AsianTerms own = terms;
  own.average = asian::Average::kGeometric;
  double mean = past_of(own);
  double variance = 0.0;
  double with_end = 0.0;
  double later = 0.0;  // weights of the dates after this one
  for (std::size_t k = schedule.dates.size(); k-- > 0;) {
    const double date = schedule.dates[k];
    const double weight = terms.weights[k];
    const double total = model.volatility[0].variance(date);
    mean += weight * (std::log(model.spot[0]) + model.rate.integral(date) -
                      model.dividend_yield[0].integral(date) - 0.5 * total);
    variance += weight * (weight + 2.0 * later) * total;
    with_end += weight * total;
    later += weight;
  }
  const double end = schedule.dates.back();
  const double discount = model.rate.discount(end);
  const double average = std::exp(mean + 0.5 * variance);
  const auto phi = static_cast<double>(terms.type);
  if (terms.kind == asian::Strike::kFixed) {
    return discount * exchange(phi, average, terms.strike, std::sqrt(variance));
  }
  const double forward =
      model.spot[0] * std::exp(model.rate.integral(end) - model.dividend_yield[0].integral(end));
  const double spread = model.volatility[0].variance(end) - 2.0 * with_end + variance;
  return discount * exchange(phi, forward, average, std::sqrt(std::max(spread, 0.0)));
}

}  // namespace strikeproof::monte_carlo
