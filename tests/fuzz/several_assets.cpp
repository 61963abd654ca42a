// Options on two to five assets.
#include "check.hpp"
#include "engines.hpp"
#include "strikeproof/basket.hpp"
#include "strikeproof/exchange.hpp"
#include "strikeproof/rainbow.hpp"
#include "strikeproof/spread.hpp"

namespace strikeproof::fuzz {
namespace {

TwoAssetMarket two_assets(Draw& draw) {
  return {draw.number(50.0, 150.0), draw.number(50.0, 150.0), draw.number(-0.05, 0.2),
          draw.number(-0.05, 0.2),  draw.number(-0.05, 0.2),  draw.number(0.01, 1.0),
          draw.number(0.01, 1.0),   draw.number(-1.0, 1.0)};
}

}  // namespace

void exchange_engine(Draw& draw) {
  const TwoAssetMarket market = two_assets(draw);
  const exchange::ExchangeOption option{draw.number(0.0, 3.0), draw.number(0.0, 3.0),
                                        draw.number(0.0, 3.0)};
  const auto price = exchange::price(option, market);
  check(
      "exchange", price.status, price.value,
      option.quantity1 * market.spot1 * std::exp(-market.dividend_yield1 * option.time_to_expiry));
  check_greeks("exchange greeks", exchange::greeks(option, market));
}

void rainbow_engine(Draw& draw) {
  const TwoAssetMarket market = two_assets(draw);
  const rainbow::RainbowOption option{
      draw.option_type(), draw.one_of({rainbow::Extreme::kMaximum, rainbow::Extreme::kMinimum}),
      draw.number(50.0, 150.0), draw.number(0.0, 3.0)};
  const double time = option.time_to_expiry;
  const double assets = market.spot1 * std::exp(-market.dividend_yield1 * time) +
                        market.spot2 * std::exp(-market.dividend_yield2 * time);
  const auto price = rainbow::price(option, market);
  check("rainbow", price.status, price.value,
        option.type == OptionType::kCall ? assets : option.strike * std::exp(-market.rate * time));
  check_greeks("rainbow greeks", rainbow::greeks(option, market));
  const double cash = draw.number(50.0, 150.0);
  const auto best = rainbow::best_of_cash_price(cash, time, market);
  check("best of cash", best.status, best.value, assets + cash * std::exp(-market.rate * time));
}

void spread_engine(Draw& draw) {
  const TwoAssetMarket market = two_assets(draw);
  const spread::SpreadOption option{draw.option_type(), draw.number(-50.0, 50.0),
                                    draw.number(0.0, 3.0)};
  const auto method = draw.one_of(
      {spread::Method::kQuadrature, spread::Method::kKirk, spread::Method::kBjerksundStensland});
  const auto price = spread::price(option, market, method);
  const double time = option.time_to_expiry;
  const double bond = std::abs(option.strike) * std::exp(-market.rate * time);
  const bool call = option.type == OptionType::kCall;
  const double asset = call ? market.spot1 * std::exp(-market.dividend_yield1 * time)
                            : market.spot2 * std::exp(-market.dividend_yield2 * time);
  const double room = method == spread::Method::kQuadrature ? 1.0 : kRough;
  check("spread", price.status, price.value, room * (asset + bond));
  check_greeks("spread greeks", spread::greeks(option, market, method));
}

namespace {

// Equally correlated, so that most draws are a distribution.
basket::Market basket_market(Draw& draw) {
  basket::Market market{};
  market.count = static_cast<std::size_t>(2 + draw.choice(2));
  market.rate = draw.number(-0.05, 0.2);
  const double correlation = draw.number(-0.4, 1.0);
  for (std::size_t i = 0; i < market.count; ++i) {
    market.spot[i] = draw.number(50.0, 150.0);
    market.dividend_yield[i] = draw.number(-0.05, 0.2);
    market.volatility[i] = draw.number(0.01, 1.0);
    market.correlation[i].fill(correlation);
    market.correlation[i][i] = 1.0;
  }
  return market;
}

void check_deltas(const char* engine, const basket::DeltasResult& found, std::size_t count,
                  double bound) {
  check(engine, found.status, found.price, bound);
  for (std::size_t i = 0; i < count; ++i) check_entry(engine, found.status, found.delta[i]);
}

double discounted(const basket::Market& market, std::size_t asset, double time) {
  return market.spot[asset] * std::exp(-market.dividend_yield[asset] * time);
}

}  // namespace

void basket_engine(Draw& draw) {
  const basket::Market market = basket_market(draw);
  basket::BasketOption option{draw.option_type(),
                              draw.number(-50.0, 150.0),
                              draw.number(0.0, 3.0),
                              {},
                              draw.one_of({basket::Method::kAccurate, basket::Method::kLognormal})};
  double bound = std::abs(option.strike) * std::exp(-market.rate * option.time_to_expiry);
  for (std::size_t i = 0; i < market.count; ++i) {
    option.weight[i] = draw.number(-1.0, 1.0);
    bound += std::abs(option.weight[i]) * discounted(market, i, option.time_to_expiry);
  }
  check_deltas("basket", basket::price(option, market), market.count, bound);
}

void best_or_worst_engine(Draw& draw) {
  const basket::Market market = basket_market(draw);
  const basket::ExtremeOption option{draw.option_type(), draw.one_of({false, true}),
                                     draw.number(50.0, 150.0), draw.number(0.0, 3.0)};
  double assets = 0.0;
  for (std::size_t i = 0; i < market.count; ++i) {
    assets += discounted(market, i, option.time_to_expiry);
  }
  const double bond = option.strike * std::exp(-market.rate * option.time_to_expiry);
  check_deltas("best or worst", basket::price(option, market), market.count,
               option.type == OptionType::kCall ? assets : bond);
}

}  // namespace strikeproof::fuzz
