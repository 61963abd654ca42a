// Binding of Heston's model on a grid.
#include "strikeproof/heston_finite_difference.hpp"

#include "schedule.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::heston_finite_difference;
namespace plain = strikeproof::finite_difference;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

enum Column : std::size_t {
  kType,
  kSpot,
  kStrike,
  kTime,
  kRate,
  kYield,
  kInitialVariance,
  kLongRunVariance,
  kMeanReversion,
  kVolatilityOfVariance,
  kCorrelation,
  kExercise,
  kPayoff,
  kCash,
  kLower,
  kUpper,
  kKnock,
  kRebate,
  kPayment,
  kSpotPoints,
  kVariancePoints,
  kSteps,
  kExtrapolation,
  kScheme,
  kRefinement,
  kInputs,
};
using Values = std::array<double, kInputs>;

plain::Contract contract_of(const Values& in) noexcept {
  return {{type_of(in[kType]),
           in[kStrike],
           in[kTime],
           static_cast<strikeproof::Exercise>(in[kExercise]),
           {}},
          static_cast<plain::Payoff>(in[kPayoff]),
          in[kCash],
          {in[kLower],
           in[kUpper],
           static_cast<plain::Knock>(in[kKnock]),
           in[kRebate],
           static_cast<plain::RebatePayment>(in[kPayment]),
           true,
           {}}};
}

strikeproof::heston::Market market_of(const Values& in) noexcept {
  return {in[kSpot],
          in[kRate],
          in[kYield],
          {in[kInitialVariance], in[kLongRunVariance], in[kMeanReversion],
           in[kVolatilityOfVariance], in[kCorrelation]}};
}

model::Settings settings_of(const Values& in) noexcept {
  return {whole(in[kSpotPoints]),
          whole(in[kVariancePoints]),
          whole(in[kSteps]),
          in[kExtrapolation] != 0.0,
          static_cast<model::Scheme>(in[kScheme]),
          whole(in[kRefinement])};
}

std::array<double, 5> listed(const model::Values& v) noexcept {
  return {v.price, v.delta, v.gamma, v.theta, v.initial_variance};
}

/// Price, or all values.
template <std::size_t outputs>
Status row(const Values& in, std::array<double, outputs>& out) noexcept {
  const model::Result found = model::value(contract_of(in), market_of(in), settings_of(in));
  std::copy_n(listed(found.value).begin(), outputs, out.begin());
  return found.status;
}

Status estimate_row(const Values& in, std::array<double, 11>& out) noexcept {
  const model::EstimateResult found =
      model::estimate(contract_of(in), market_of(in), settings_of(in));
  const auto values = listed(found.value.value), errors = listed(found.value.error);
  std::copy_n(values.begin(), 5, out.begin());
  std::copy_n(errors.begin(), 5, out.begin() + 5);
  out[10] = found.value.order;
  return found.status;
}

}  // namespace

void bind_heston_finite_difference(nb::module_& module);

void bind_heston_finite_difference(nb::module_& module) {
  define(module, "heston_finite_difference_price", &run_rows<kInputs, 1, row<1>, 1>);
  define(module, "heston_finite_difference_greeks", &run_rows<kInputs, 5, row<5>, 1>);
  define(module, "heston_finite_difference_estimate", &run_rows<kInputs, 11, estimate_row, 1>);
}
