// The geometric mean beside a basket, as a control [1]: with F = sum w_j F_j and a_i = w_i F_i / F
//
//   G = F exp(sum a_i ln(S_i / F_i)),   E G = F exp((v - sum a_i v_i)/2),   v = sum a_i a_j c_ij
//
// with c the covariances of the log spots and v_i their variances.
//
// [1] Curran, M. (1994), Management Science 40(12), 1705-1711.
#include <algorithm>
#include <cmath>
#include <vector>

#include "exchange.hpp"
#include "monte_carlo/lognormal_step.hpp"
#include "scheduled.hpp"
#include "simd/path_kernels.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"

namespace strikeproof::monte_carlo {
namespace {

struct Geometric {
  double forward = 0.0;          // of the basket
  double centre = 0.0;           // ln F - sum a_i ln F_i
  std::vector<double> exponent;  // a_i
};

Geometric geometric_of(const SeveralTerms& terms, const Schedule& schedule,
                       const BlackScholesModel& model) {
  Geometric found;
  const double end = schedule.dates.back();
  std::vector<double> logs;
  for (std::size_t i = 0; i < terms.weights.size(); ++i) {
    logs.push_back(std::log(model.spot[i]) + model.rate.integral(end) -
                   model.dividend_yield[i].integral(end));
    found.exponent.push_back(terms.weights[i] * std::exp(logs[i]));
    found.forward += found.exponent[i];
  }
  found.centre = std::log(found.forward);
  for (std::size_t i = 0; i < logs.size(); ++i) {
    found.exponent[i] /= found.forward;
    found.centre -= found.exponent[i] * logs[i];
  }
  return found;
}

class GeometricBasket final : public Scheduled {
 public:
  GeometricBasket(const SeveralTerms& terms, const Schedule& schedule,
                  const BlackScholesModel& model)
      : Scheduled(schedule),
        type_(terms.type),
        strike_(terms.strike),
        discount_(final_discount(schedule, model.rate)),
        geometric_(geometric_of(terms, schedule, model)) {}

  [[nodiscard]] std::size_t assets() const noexcept override { return geometric_.exponent.size(); }
  [[nodiscard]] bool reads_spot() const noexcept override { return false; }

  void start(const Observation& /*now*/, PathRows /*state*/) const noexcept override {}

  void observe(const Observation& seen, PathRows state) const noexcept override {
    if (!is_last(seen)) return;
    const simd::PathKernels& kernels = simd::path_kernels();
    double* const value = state[0];
    std::fill_n(value, seen.count, geometric_.centre);
    for (std::size_t i = 0; i < geometric_.exponent.size(); ++i) {
      kernels.add_scaled(seen.count, geometric_.exponent[i], seen.log_spot[i], 0.0, value);
    }
    kernels.exponentials(seen.count, value, value);
    const auto phi = static_cast<double>(type_);
    for (std::size_t p = 0; p < seen.count; ++p) {
      value[p] = discount_ * std::max(phi * (value[p] - strike_), 0.0);
    }
  }

 private:
  OptionType type_;
  double strike_;
  double discount_;
  Geometric geometric_;
};

}  // namespace

std::unique_ptr<Payoff> geometric_basket(const SeveralTerms& terms, const Schedule& schedule,
                                         const BlackScholesModel& model) {
  return std::make_unique<GeometricBasket>(terms, schedule, model);
}

double geometric_basket_price(const SeveralTerms& terms, const Schedule& schedule,
                              const BlackScholesModel& model) {
  const Geometric g = geometric_of(terms, schedule, model);
  const std::size_t n = model.spot.size();
  std::vector<Step> once{{schedule.dates.back(), 0, schedule.dates.back()}};
  const LognormalStep move = lognormal_steps(model, once)[0];
  double variance = 0.0;
  double alone = 0.0;
  for (std::size_t k = 0; k < n; ++k) {
    double loading = 0.0;  // on the k-th factor
    for (std::size_t i = k; i < n; ++i) loading += g.exponent[i] * move.factor[i * n + k];
    variance += loading * loading;
    alone += g.exponent[k] * move.variance[k];
  }
  const double forward = g.forward * std::exp(0.5 * (variance - alone));
  return final_discount(schedule, model.rate) *
         exchange(static_cast<double>(terms.type), forward, terms.strike, std::sqrt(variance));
}

}  // namespace strikeproof::monte_carlo
