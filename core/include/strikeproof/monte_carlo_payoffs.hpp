// Payoffs for simulated paths; see src/monte_carlo/payoffs. Every factory discounts to today with
// the rate curve it is given.
#pragma once

#include <memory>
#include <vector>

#include "strikeproof/asian.hpp"
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

/// sum of weight_i S(date_i), paid on the last date: a control for every model, whose mean is that
/// of forward prices.
[[nodiscard]] std::unique_ptr<Payoff> weighted_spot(const std::vector<double>& weights,
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

}  // namespace strikeproof::monte_carlo
