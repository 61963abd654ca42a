// Binding of payoffs and of the means that are known of some; arguments are checked by the Python
// module.
#include "strikeproof/monte_carlo_payoffs.hpp"

#include "engine.hpp"
#include "monte_carlo.hpp"

namespace {

namespace nb = nanobind;
namespace mc = strikeproof::monte_carlo;
namespace asian = strikeproof::asian;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

using Made = std::unique_ptr<mc::Payoff>;

Made european(double sign, int kind, double strike, const Input& dates, bool continuous,
              const CurveInput& rate) {
  return mc::european({type_of(sign), static_cast<mc::EuropeanKind>(kind), strike},
                      schedule_of(dates, continuous), rate_curve(rate));
}

Made weighted_spot(std::size_t asset, const Input& weights, const Input& dates, bool continuous,
                   const CurveInput& rate) {
  return mc::weighted_spot(asset, numbers_of(weights), schedule_of(dates, continuous),
                           rate_curve(rate));
}

double weighted_spot_mean(double spot, const Input& weights, const Input& dates,
                          const CurveInput& rate, const CurveInput& dividend_yield) {
  return mc::weighted_spot_mean(spot, numbers_of(weights), schedule_of(dates, false),
                                rate_curve(rate), rate_curve(dividend_yield));
}

mc::AsianTerms asian_terms(int average, int kind, double sign, double strike, const Input& weights,
                           const Input& past_fixings, const Input& past_weights) {
  return {static_cast<asian::Average>(average),
          static_cast<asian::Strike>(kind),
          type_of(sign),
          strike,
          numbers_of(weights),
          numbers_of(past_fixings),
          numbers_of(past_weights)};
}

Made make_asian(const mc::AsianTerms& terms, const Input& dates, const CurveInput& rate) {
  return mc::asian(terms, schedule_of(dates, false), rate_curve(rate));
}

double geometric_price(const mc::AsianTerms& terms, const Input& dates,
                       const mc::BlackScholesModel& model) {
  return mc::geometric_asian_price(terms, schedule_of(dates, false), model);
}

std::vector<bool> flags_of(const Input& array) {
  std::vector<bool> found;
  for (std::size_t k = 0; k < array.shape(0); ++k) found.push_back(array.data()[k] != 0.0);
  return found;
}

Made barrier(int knock, int side, double sign, double strike, double level, double rebate,
             const Input& watched, const Input& dates, bool continuous, const CurveInput& rate) {
  return mc::barrier_option({static_cast<strikeproof::barrier::Knock>(knock),
                             static_cast<strikeproof::barrier::Side>(side), type_of(sign), strike,
                             level, rebate, flags_of(watched)},
                            schedule_of(dates, continuous), rate_curve(rate));
}

Made lookback(int kind, double sign, double strike, double extremum, const Input& watched,
              const Input& dates, bool continuous, const CurveInput& rate) {
  return mc::lookback_option({static_cast<strikeproof::lookback::Strike>(kind), type_of(sign),
                              strike, extremum, flags_of(watched)},
                             schedule_of(dates, continuous), rate_curve(rate));
}

Made several(int kind, double sign, double strike, const Input& weights, const Input& dates,
             const CurveInput& rate) {
  return mc::several_assets(
      {static_cast<mc::Several>(kind), type_of(sign), strike, numbers_of(weights)},
      schedule_of(dates, false), rate_curve(rate));
}

/// The control of a basket, and its mean.
std::tuple<Made, double> geometric_basket(double sign, double strike, const Input& weights,
                                          const Input& dates, const mc::BlackScholesModel& model) {
  const mc::SeveralTerms terms{mc::Several::kWeighted, type_of(sign), strike, numbers_of(weights)};
  const mc::Schedule schedule = schedule_of(dates, false);
  if (terms.weights.size() != model.spot.size()) throw nb::value_error("a weight is for an asset");
  return {mc::geometric_basket(terms, schedule, model),
          mc::geometric_basket_price(terms, schedule, model)};
}

Made autocallable(double notional, const Input& references, const Input& triggers,
                  const Input& coupons, double protection, bool at_expiry, const Input& dates,
                  const CurveInput& rate) {
  return mc::autocallable({notional, numbers_of(references), numbers_of(triggers),
                           numbers_of(coupons), protection, at_expiry},
                          schedule_of(dates, false), rate_curve(rate));
}

Made cliquet(double notional, double local_floor, double local_cap, double global_floor,
             double global_cap, const Input& dates, const CurveInput& rate) {
  return mc::cliquet({notional, local_floor, local_cap, global_floor, global_cap},
                     schedule_of(dates, false), rate_curve(rate));
}

}  // namespace

void bind_monte_carlo_payoffs(nb::module_& module);

void bind_monte_carlo_payoffs(nb::module_& module) {
  using namespace nb::literals;
  module.def("payoff_european", &european, "sign"_a, "kind"_a, "strike"_a, "dates"_a,
             "continuous"_a, "rate"_a);
  module.def("payoff_weighted_spot", &weighted_spot, "asset"_a, "weights"_a, "dates"_a,
             "continuous"_a, "rate"_a);
  module.def("weighted_spot_mean", &weighted_spot_mean, "spot"_a, "weights"_a, "dates"_a, "rate"_a,
             "dividend_yield"_a);
  nb::class_<mc::AsianTerms>(module, "AsianTerms")
      .def(nb::new_(&asian_terms), "average"_a, "kind"_a, "sign"_a, "strike"_a, "weights"_a,
           "past_fixings"_a, "past_weights"_a);
  module.def("payoff_asian", &make_asian, "terms"_a, "dates"_a, "rate"_a);
  module.def("geometric_asian_price", &geometric_price, "terms"_a, "dates"_a, "model"_a);
  module.def("payoff_barrier", &barrier, "knock"_a, "side"_a, "sign"_a, "strike"_a, "barrier"_a,
             "rebate"_a, "watched"_a, "dates"_a, "continuous"_a, "rate"_a);
  module.def("payoff_lookback", &lookback, "kind"_a, "sign"_a, "strike"_a, "extremum"_a,
             "watched"_a, "dates"_a, "continuous"_a, "rate"_a);
  module.def("payoff_several_assets", &several, "kind"_a, "sign"_a, "strike"_a, "weights"_a,
             "dates"_a, "rate"_a);
  module.def("geometric_basket", &geometric_basket, "sign"_a, "strike"_a, "weights"_a, "dates"_a,
             "model"_a);
  module.def("payoff_autocallable", &autocallable, "notional"_a, "references"_a, "triggers"_a,
             "coupons"_a, "protection"_a, "protection_at_expiry"_a, "dates"_a, "rate"_a);
  module.def("payoff_cliquet", &cliquet, "notional"_a, "local_floor"_a, "local_cap"_a,
             "global_floor"_a, "global_cap"_a, "dates"_a, "rate"_a);
}
