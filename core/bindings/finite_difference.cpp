// Binding of the finite-difference engine.
#include "strikeproof/finite_difference.hpp"

#include <stdexcept>

#include "schedule.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::finite_difference;
using strikeproof::Status;
using strikeproof::term_structure::Interpolation;
using strikeproof::term_structure::RateCurve;
using strikeproof::term_structure::VolatilityCurve;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

// The fixed inputs; the values of the lists follow: exercise dates, barrier dates, times and values
// of each curve, times and amounts of the dividends.
enum Column : std::size_t {
  kType,
  kSpot,
  kStrike,
  kTime,
  kRate,
  kYield,
  kVolatility,
  kExercise,
  kPayoff,
  kCash,
  kLower,
  kUpper,
  kKnock,
  kRebate,
  kPayment,
  kContinuous,
  kPoints,
  kSteps,
  kExtrapolation,
  kGrid,
  kScheme,
  kRefinement,
  kDateCount,
  kWatchCount,
  kRateKind,
  kRateNodes,
  kYieldKind,
  kYieldNodes,
  kVolatilityKind,
  kVolatilityNodes,
  kInputs,
};
using Values = std::array<double, kInputs>;
using Lists = std::span<const double>;

/// Takes the lists one after another.
class Reader {
 public:
  explicit Reader(Lists lists) : rest_(lists) {}

  Lists next(double count) {
    const auto size = static_cast<std::size_t>(count);
    const Lists found = rest_.first(size);
    rest_ = rest_.subspan(size);
    return found;
  }
  [[nodiscard]] Lists rest() const { return rest_; }

 private:
  Lists rest_;
};

// The order of the kinds is that of _RATE_KINDS and _VOLATILITY_KINDS in
// strikeproof/_one_factor.py.
RateCurve rate_curve(double kind, double flat, Lists times, Lists values) {
  if (kind == 1.0) return RateCurve::piecewise_constant(times, values);
  if (kind == 2.0) return RateCurve::from_zero_rates(times, values, Interpolation::kLinearZero);
  if (kind == 3.0) {
    return RateCurve::from_zero_rates(times, values, Interpolation::kLogLinearDiscount);
  }
  if (kind == 4.0) return RateCurve::from_discounts(times, values);
  return RateCurve::flat(flat);
}

VolatilityCurve volatility_curve(double kind, double flat, Lists times, Lists values) {
  if (kind == 1.0) return VolatilityCurve::piecewise_constant(times, values);
  if (kind == 2.0) return VolatilityCurve::from_total_variances(times, values);
  if (kind == 3.0) return VolatilityCurve::from_volatilities(times, values);
  return VolatilityCurve::flat(flat);
}

model::Contract contract_of(const Values& in, Lists dates, Lists watched) noexcept {
  return {option_of(in.data(), static_cast<strikeproof::Exercise>(in[kExercise]), dates),
          static_cast<model::Payoff>(in[kPayoff]),
          in[kCash],
          {in[kLower], in[kUpper], static_cast<model::Knock>(in[kKnock]), in[kRebate],
           static_cast<model::RebatePayment>(in[kPayment]), in[kContinuous] != 0.0, watched}};
}

model::Settings settings_of(const Values& in) noexcept {
  return {whole(in[kPoints]),
          whole(in[kSteps]),
          in[kExtrapolation] != 0.0,
          static_cast<model::GridKind>(in[kGrid]),
          static_cast<model::Scheme>(in[kScheme]),
          whole(in[kRefinement])};
}

/// `ask(contract, dividends, market, settings)`; the curves refuse what is not finite or not in
/// their range.
template <class Ask>
auto answer(const Values& in, Lists lists, Ask ask) {
  Reader reader(lists);
  const Lists dates = reader.next(in[kDateCount]), watched = reader.next(in[kWatchCount]);
  const Lists rate_times = reader.next(in[kRateNodes]), rates = reader.next(in[kRateNodes]);
  const Lists yield_times = reader.next(in[kYieldNodes]), yields = reader.next(in[kYieldNodes]);
  const Lists times = reader.next(in[kVolatilityNodes]);
  const Lists volatilities = reader.next(in[kVolatilityNodes]);
  const RateCurve rate = rate_curve(in[kRateKind], in[kRate], rate_times, rates);
  const RateCurve yield = rate_curve(in[kYieldKind], in[kYield], yield_times, yields);
  const VolatilityCurve volatility =
      volatility_curve(in[kVolatilityKind], in[kVolatility], times, volatilities);
  return ask(contract_of(in, dates, watched), dividends_of(reader.rest()),
             model::CurveMarket{in[kSpot], rate, yield, volatility}, settings_of(in));
}

// Before a curve is made of them.
Status check_flat(const Values& in) noexcept {
  for (const Column column : {kRate, kYield, kVolatility}) {
    if (!std::isfinite(in[column])) return Status::kNonFinite;
  }
  return in[kVolatility] >= 0.0 ? Status::kOk : Status::kOutOfDomain;
}

template <std::size_t outputs, class Row>
Status guarded(const Values& in, std::array<double, outputs>& out, Row row) noexcept {
  out.fill(std::numeric_limits<double>::quiet_NaN());
  const Status status = check_flat(in);
  if (status != Status::kOk) return status;
  try {
    return row();
  } catch (const std::invalid_argument&) {
    return Status::kOutOfDomain;
  }
}

Status price_row(const Values& in, Lists lists, std::array<double, 1>& out) noexcept {
  return guarded(in, out, [&] {
    return give(answer(in, lists, [](const auto&... all) { return model::price(all...); }), out);
  });
}

Status greeks_row(const Values& in, Lists lists, std::array<double, 6>& out) noexcept {
  return guarded(in, out, [&] {
    return give(answer(in, lists, [](const auto&... all) { return model::greeks(all...); }), out);
  });
}

Status estimate_row(const Values& in, Lists lists, std::array<double, 9>& out) noexcept {
  return guarded(in, out, [&] {
    const model::EstimateResult found =
        answer(in, lists, [](const auto&... all) { return model::estimate(all...); });
    const model::Estimate& e = found.value;
    out = {e.price,       e.delta,       e.gamma,       e.theta, e.price_error,
           e.delta_error, e.gamma_error, e.theta_error, e.order};
    return found.status;
  });
}

}  // namespace

void bind_finite_difference(nb::module_& module);

void bind_finite_difference(nb::module_& module) {
  define(module, "finite_difference_price", &run_scheduled<kInputs, 1, price_row>);
  define(module, "finite_difference_greeks", &run_scheduled<kInputs, 6, greeks_row>);
  define(module, "finite_difference_estimate", &run_scheduled<kInputs, 9, estimate_row>);
}
