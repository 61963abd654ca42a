// Trees and finite differences: coarse ones, so that an input takes milliseconds.
#include <vector>

#include "check.hpp"
#include "engines.hpp"
#include "strikeproof/dividends.hpp"
#include "strikeproof/finite_difference.hpp"
#include "strikeproof/heston_finite_difference.hpp"
#include "strikeproof/lattice.hpp"

namespace strikeproof::fuzz {
namespace {

// An exercisable option and its dividends, with the numbers that their spans look at.
struct Terms {
  std::vector<double> exercise_times;
  std::vector<double> dividend_times;
  std::vector<double> amounts;
  ExercisableOption option;

  [[nodiscard]] CashDividends dividends() const { return {dividend_times, amounts}; }
};

Terms terms(Draw& draw) {
  const VanillaOption vanilla = draw.option();
  Terms found{};
  for (int left = draw.choice(4); left > 0; --left) {
    found.exercise_times.push_back(draw.number(0.0, 3.0));
  }
  for (int left = draw.choice(4); left > 0; --left) {
    found.dividend_times.push_back(draw.number(0.0, 3.0));
    found.amounts.push_back(draw.number(0.0, 10.0));
  }
  found.option = {vanilla.type,
                  vanilla.strike,
                  vanilla.time_to_expiry,
                  draw.one_of({Exercise::kEuropean, Exercise::kAmerican, Exercise::kBermudan}),
                  {}};
  return found;
}

// The error of a coarse grid is a share of the spot and the strike.
double bound_of(const ExercisableOption& option, const FlatMarket& market) {
  const double time = option.time_to_expiry;
  return kRough * at_any_time(option.type, option.strike, time, market) +
         0.05 * (at_any_time(OptionType::kCall, option.strike, time, market) +
                 at_any_time(OptionType::kPut, option.strike, time, market));
}

finite_difference::Settings grid_settings(Draw& draw) {
  using namespace finite_difference;
  return {20 + draw.choice(60), 2 + draw.choice(40), draw.one_of({false, true}),
          draw.one_of({GridKind::kSinh, GridKind::kLog}),
          draw.one_of({Scheme::kTrBdf2, Scheme::kCrankNicolson})};
}

finite_difference::Contract contract(Draw& draw, const ExercisableOption& option, Times dates) {
  using namespace finite_difference;
  return {option,
          draw.one_of({Payoff::kVanilla, Payoff::kCash, Payoff::kAsset}),
          draw.number(0.0, 10.0),
          {draw.one_of({0.0, 1.0}) * draw.number(50.0, 90.0),
           draw.one_of({true, false}) ? Barriers::kNoUpper : draw.number(110.0, 150.0),
           draw.one_of({Knock::kOut, Knock::kIn}), draw.number(0.0, 10.0),
           draw.one_of({RebatePayment::kAtHit, RebatePayment::kAtExpiry}),
           draw.one_of({true, false}), dates}};
}

double bound_of(const finite_difference::Contract& contract, const FlatMarket& market) {
  ExercisableOption option = contract.option;
  if (contract.payoff == finite_difference::Payoff::kAsset) option.type = OptionType::kCall;
  return bound_of(option, market) +
         kRough * (contract.cash + contract.barriers.rebate) *
             largest_discount(market.rate, contract.option.time_to_expiry);
}

}  // namespace

void lattice_engine(Draw& draw) {
  Terms drawn = terms(draw);
  drawn.option.times = drawn.exercise_times;
  const FlatMarket market = draw.market();
  const lattice::Settings settings{
      draw.one_of({lattice::Tree::kLeisenReimer, lattice::Tree::kTrinomial}), 1 + draw.choice(60),
      draw.one_of({false, true})};
  const auto price = lattice::price(drawn.option, market, settings);
  check("lattice", price.status, price.value, bound_of(drawn.option, market));
  check_greeks("lattice greeks", lattice::greeks(drawn.option, market, settings));
}

void finite_difference_engine(Draw& draw) {
  Terms drawn = terms(draw);
  drawn.option.times = drawn.exercise_times;
  const FlatMarket market = draw.market();
  const finite_difference::Settings settings = grid_settings(draw);
  const auto price = finite_difference::price(drawn.option, drawn.dividends(), market, settings);
  check("finite_difference", price.status, price.value, bound_of(drawn.option, market));
  check_greeks("finite_difference greeks",
               finite_difference::greeks(drawn.option, drawn.dividends(), market, settings));
}

void grid_contract_engine(Draw& draw) {
  Terms drawn = terms(draw);
  drawn.option.times = drawn.exercise_times;
  const FlatMarket market = draw.market();
  const double largest = 1e150;  // there are no curves of more
  if (!(std::abs(market.rate) < largest) || !(std::abs(market.dividend_yield) < largest) ||
      !(market.volatility >= 0.0 && market.volatility < largest)) {
    return;
  }
  const auto rate = term_structure::RateCurve::flat(market.rate);
  const auto yield = term_structure::RateCurve::flat(market.dividend_yield);
  const auto volatility = term_structure::VolatilityCurve::flat(market.volatility);
  const finite_difference::CurveMarket curves{market.spot, rate, yield, volatility};
  const finite_difference::Settings settings = grid_settings(draw);
  const auto terms = contract(draw, drawn.option, drawn.exercise_times);
  const auto price = finite_difference::price(terms, drawn.dividends(), curves, settings);
  check("grid contract", price.status, price.value, bound_of(terms, market));
  check_greeks("grid contract greeks",
               finite_difference::greeks(terms, drawn.dividends(), curves, settings));
}

void dividends_engine(Draw& draw) {
  Terms drawn = terms(draw);
  drawn.option.times = drawn.exercise_times;
  const FlatMarket market = draw.market();
  const dividends::Settings settings{
      draw.one_of({dividends::Method::kAccurate, dividends::Method::kQuadrature,
                   dividends::Method::kFiniteDifference, dividends::Method::kBosVandermark}),
      grid_settings(draw)};
  const auto model = draw.one_of({DividendModel::kSpot, DividendModel::kEscrowed});
  const auto price = dividends::price(drawn.option, drawn.dividends(), model, market, settings);
  check("dividends", price.status, price.value, bound_of(drawn.option, market));
  check_greeks("dividends greeks",
               dividends::greeks(drawn.option, drawn.dividends(), model, market, settings));
}

void heston_grid_engine(Draw& draw) {
  using namespace heston_finite_difference;
  const Terms drawn = terms(draw);
  const heston::Market market{draw.number(50.0, 150.0),
                              draw.number(-0.05, 0.2),
                              draw.number(-0.05, 0.2),
                              {draw.number(0.0, 0.5), draw.number(0.0, 0.5), draw.number(0.0, 10.0),
                               draw.number(0.0, 2.0), draw.number(-1.0, 1.0)}};
  const Settings settings{kMinimumPoints + draw.choice(10), kMinimumPoints + draw.choice(10),
                          2 + draw.choice(10), draw.one_of({false, true}),
                          draw.one_of({Scheme::kModifiedCraigSneyd, Scheme::kHundsdorferVerwer})};
  const auto terms = contract(draw, drawn.option, {});
  const auto found = value(terms, market, settings);
  check_greeks("heston grid greeks", found);
  // a grid of ten points may be off by more than any bound, but has a sign
  check("heston grid", found.status, found.value.price, kNoBound);
}

}  // namespace strikeproof::fuzz
