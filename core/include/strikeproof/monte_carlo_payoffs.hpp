// Payoffs for simulated paths; see src/monte_carlo/payoffs. Every factory discounts to today with
// the rate curve it is given.
#pragma once

#include <memory>
#include <vector>

#include "strikeproof/asian.hpp"
#include "strikeproof/barrier.hpp"
#include "strikeproof/lookback.hpp"
#include "strikeproof/market.hpp"
#include "strikeproof/monte_carlo.hpp"
#include "strikeproof/monte_carlo_models.hpp"
#include "strikeproof/term_structure.hpp"

namespace strikeproof::monte_carlo {

enum class EuropeanKind : int {
  kVanilla = 0,
  kCash = 1,   // pays 1 beyond the strike, 1/2 at it
  kAsset = 2,  // pays the asset there
};

/// On the last date of a schedule.
struct EuropeanTerms {
  OptionType type;
  EuropeanKind kind;
  double strike;  // >= 0
};
[[nodiscard]] std::unique_ptr<Payoff> european(const EuropeanTerms& terms, const Schedule& schedule,
                                               const term_structure::RateCurve& rate);

/// sum of weight_i S(date_i) of an asset, paid on the last date: a control for every model, whose
/// mean is that of forward prices.
[[nodiscard]] std::unique_ptr<Payoff> weighted_spot(std::size_t asset,
                                                    const std::vector<double>& weights,
                                                    const Schedule& schedule,
                                                    const term_structure::RateCurve& rate);
[[nodiscard]] double weighted_spot_mean(double spot, const std::vector<double>& weights,
                                        const Schedule& schedule,
                                        const term_structure::RateCurve& rate,
                                        const term_structure::RateCurve& dividend_yield);

/// Average of the fixings on all dates of a schedule and of past ones; paid on the last date.
struct AsianTerms {
  asian::Average average;
  asian::Strike kind;
  OptionType type;
  double strike;                     // >= 0; not read where the average is the strike
  std::vector<double> weights;       // one per date, 0 for a date that only pays
  std::vector<double> past_fixings;  // > 0
  std::vector<double> past_weights;  // one for each of them
};
[[nodiscard]] std::unique_ptr<Payoff> asian(const AsianTerms& terms, const Schedule& schedule,
                                            const term_structure::RateCurve& rate);
/// Price of the geometric average with these terms, one lognormal asset.
[[nodiscard]] double geometric_asian_price(const AsianTerms& terms, const Schedule& schedule,
                                           const BlackScholesModel& model);

/// Barrier option that pays on the last date; under a continuous schedule it is watched all the
/// time, and a path counts by its chance not to have crossed.
struct BarrierTerms {
  barrier::Knock knock;
  barrier::Side side;
  OptionType type;
  double strike;              // >= 0
  double barrier;             // > 0
  double rebate;              // paid on the last date: knocked out, or not knocked in
  std::vector<bool> watched;  // one per date; not read where the schedule is continuous
};
[[nodiscard]] std::unique_ptr<Payoff> barrier_option(const BarrierTerms& terms,
                                                     const Schedule& schedule,
                                                     const term_structure::RateCurve& rate);

/// Lookback option that pays on the last date; under a continuous schedule the extremum between
/// two steps is drawn from its law.
struct LookbackTerms {
  lookback::Strike kind;
  OptionType type;
  double strike;              // >= 0; not read where it floats
  double extremum;            // of the past; NaN: none
  std::vector<bool> watched;  // as for barriers
};
[[nodiscard]] std::unique_ptr<Payoff> lookback_option(const LookbackTerms& terms,
                                                      const Schedule& schedule,
                                                      const term_structure::RateCurve& rate);

enum class Several : int {
  kWeighted = 0,  // sum of weight_i S_i
  kBest = 1,      // max of weight_i S_i
  kWorst = 2,     // min of weight_i S_i
};

/// (phi (X - strike))+ on the last date, X of several assets.
struct SeveralTerms {
  Several kind;
  OptionType type;
  double strike;                // of any sign
  std::vector<double> weights;  // one per asset, of any sign
};
[[nodiscard]] std::unique_ptr<Payoff> several_assets(const SeveralTerms& terms,
                                                     const Schedule& schedule,
                                                     const term_structure::RateCurve& rate);

/// The option on a basket of positive weights w_i whose sum is replaced by the geometric mean that
/// agrees with it to first order around the forward prices F_i: sum w_j F_j times the product of
/// (S_i/F_i)^(w_i F_i / sum w_j F_j). A control of the basket, with its price.
[[nodiscard]] std::unique_ptr<Payoff> geometric_basket(const SeveralTerms& terms,
                                                       const Schedule& schedule,
                                                       const BlackScholesModel& model);
[[nodiscard]] double geometric_basket_price(const SeveralTerms& terms, const Schedule& schedule,
                                            const BlackScholesModel& model);

/// Note on the worst of one or more assets, each relative to its reference. On the first date at
/// which that is at or above the date's trigger it pays notional (1 + coupon of the date) and ends.
/// At the end of its life it pays the notional, or, once it was below the protection on a date on
/// which that is watched, notional min(worst, 1).
struct AutocallableTerms {
  double notional;
  std::vector<double> references;  // > 0, one per asset
  std::vector<double> triggers;    // one per date, infinity for a date that only watches
  std::vector<double> coupons;     // one per date
  double protection;               // >= 0
  bool protection_at_expiry;       // watched on the last date alone, else on every one
};
[[nodiscard]] std::unique_ptr<Payoff> autocallable(const AutocallableTerms& terms,
                                                   const Schedule& schedule,
                                                   const term_structure::RateCurve& rate);

/// notional times the sum of the returns between dates (the first one from time 0), each within
/// local bounds, the sum within global ones; paid on the last date.
struct CliquetTerms {
  double notional;
  double local_floor, local_cap;
  double global_floor, global_cap;
};
[[nodiscard]] std::unique_ptr<Payoff> cliquet(const CliquetTerms& terms, const Schedule& schedule,
                                              const term_structure::RateCurve& rate);

}  // namespace strikeproof::monte_carlo
