// Barriers, averages and extrema.
#include "check.hpp"
#include "engines.hpp"
#include "strikeproof/asian.hpp"
#include "strikeproof/barrier.hpp"
#include "strikeproof/double_barrier.hpp"
#include "strikeproof/lookback.hpp"

namespace strikeproof::fuzz {

namespace {

barrier::BarrierOption barrier_option(Draw& draw, double rebate) {
  using namespace barrier;
  const VanillaOption vanilla = draw.option();
  return {draw.one_of({Knock::kOut, Knock::kIn}),
          draw.one_of({Side::kDown, Side::kUp}),
          vanilla.type,
          vanilla.strike,
          draw.number(50.0, 150.0),
          vanilla.time_to_expiry,
          rebate,
          draw.one_of({RebatePayment::kAtHit, RebatePayment::kAtExpiry})};
}

double bound_of(const barrier::BarrierOption& option, const FlatMarket& market) {
  return european_bound({option.type, option.strike, option.time_to_expiry}, market) +
         option.rebate * largest_discount(market.rate, option.time_to_expiry);
}

}  // namespace

void barrier_engine(Draw& draw) {
  const FlatMarket market = draw.market();
  const barrier::BarrierOption option = barrier_option(draw, draw.number(0.0, 10.0));
  const auto price = barrier::price(option, market);
  check("barrier", price.status, price.value, bound_of(option, market));
  check_greeks("barrier greeks", barrier::greeks(option, market));
}

void partial_barrier_engine(Draw& draw) {
  using barrier::Watched;
  const FlatMarket market = draw.market();
  const barrier::BarrierOption option = barrier_option(draw, 0.0);
  const barrier::Part part{
      draw.one_of({Watched::kUntil, Watched::kFromCrossing, Watched::kFromBeyond}),
      draw.number(0.0, 1.0) * option.time_to_expiry};
  const auto price = barrier::price(option, part, market);
  check("partial barrier", price.status, price.value, bound_of(option, market));
  check_greeks("partial barrier greeks", barrier::greeks(option, part, market));
}

void discrete_barrier_engine(Draw& draw) {
  using barrier::Method;
  const FlatMarket market = draw.market();
  const barrier::BarrierOption option = barrier_option(draw, draw.number(0.0, 10.0));
  const barrier::Watching watching{
      std::floor(draw.number(1.0, 20.0)),
      draw.one_of({Method::kQuadrature, Method::kBroadieGlassermanKou})};
  if (watching.fixings > 100.0 && watching.fixings <= barrier::kMaxFixings)
    return;  // slow, not new
  const auto price = barrier::price(option, watching, market);
  check("discrete barrier", price.status, price.value, bound_of(option, market));
  check_greeks("discrete barrier greeks", barrier::greeks(option, watching, market));
}

void double_barrier_engine(Draw& draw) {
  using namespace double_barrier;
  const VanillaOption vanilla = draw.option();
  const FlatMarket market = draw.market();
  const DoubleBarrierOption option{draw.one_of({Payoff::kVanilla, Payoff::kCash}),
                                   draw.one_of({Condition::kNotReached, Condition::kReached}),
                                   vanilla.type,
                                   vanilla.strike,
                                   draw.number(50.0, 90.0),
                                   draw.number(110.0, 150.0),
                                   vanilla.time_to_expiry,
                                   std::fabs(draw.number(0.0, 10.0)),
                                   draw.number(0.0, 10.0)};
  const double most = option.payoff == Payoff::kCash
                          ? option.cash * std::exp(-market.rate * vanilla.time_to_expiry)
                          : european_bound(vanilla, market);
  const auto price = double_barrier::price(option, market);
  check("double_barrier", price.status, price.value,
        most + option.rebate * largest_discount(market.rate, option.time_to_expiry));
  check_greeks("double_barrier greeks", double_barrier::greeks(option, market));
}

void asian_engine(Draw& draw) {
  using namespace asian;
  const FlatMarket market = draw.market();
  const bool seasoned = draw.one_of({false, false, true});
  const AsianOption option{draw.one_of({Average::kArithmetic, Average::kGeometric}),
                           draw.one_of({asian::Strike::kFixed, asian::Strike::kAverage}),
                           draw.option_type(),
                           draw.number(50.0, 150.0),
                           draw.number(0.0, 3.0),
                           std::floor(draw.number(0.0, 20.0)),
                           seasoned ? std::floor(draw.number(0.0, 20.0)) : 0.0,
                           seasoned ? draw.number(50.0, 150.0) : 0.0,
                           draw.one_of({Method::kAccurate, Method::kLognormal, Method::kCurran})};
  if (option.fixings > 100.0) return;  // slow, not new
  const auto price = asian::price(option, market);
  const double discount = largest_discount(market.rate, option.time_to_expiry);
  // a mean of discounted prices of the asset; of past ones as well
  const double average =
      discount * (market.spot * largest_discount(market.dividend_yield, option.time_to_expiry) +
                  (seasoned ? option.running_average : 0.0));
  const bool floating = option.kind == asian::Strike::kAverage;
  const bool call = option.type == OptionType::kCall;
  const double asset = market.spot * std::exp(-market.dividend_yield * option.time_to_expiry);
  const double fixed = call ? average : option.strike * discount;
  check("asian", price.status, price.value, floating ? (call ? asset : average) : fixed);
  check_greeks("asian greeks", asian::greeks(option, market));
}

void lookback_engine(Draw& draw) {
  using namespace lookback;
  const FlatMarket market = draw.market();
  const auto kind = draw.one_of({lookback::Strike::kFixed, lookback::Strike::kFloating});
  const bool partial = draw.one_of({false, false, true});
  const LookbackOption option{
      kind,
      draw.option_type(),
      draw.number(50.0, 150.0),
      draw.number(0.0, 3.0),
      draw.one_of({true, false}) ? market.spot : draw.number(50.0, 150.0),
      partial ? 0.0 : std::floor(draw.number(0.0, 20.0)),
      partial && kind == lookback::Strike::kFloating ? draw.number(0.0, 3.0) : 0.0,
      partial && kind == lookback::Strike::kFixed ? draw.number(0.0, 3.0) : 0.0};
  const auto price = lookback::price(option, market);
  check("lookback", price.status, price.value, kNoBound);
  check_greeks("lookback greeks", lookback::greeks(option, market));
}

}  // namespace strikeproof::fuzz
