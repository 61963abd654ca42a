// Vanilla and digital options, European and American.
#include "check.hpp"
#include "engines.hpp"
#include "strikeproof/american.hpp"
#include "strikeproof/american_approximation.hpp"
#include "strikeproof/bachelier.hpp"
#include "strikeproof/black.hpp"
#include "strikeproof/black_scholes.hpp"
#include "strikeproof/digital.hpp"

namespace strikeproof::fuzz {

void black_scholes_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const FlatMarket market = draw.market();
  const auto price = black_scholes::price(option, market);
  check("black_scholes", price.status, price.value, european_bound(option, market));
  check_greeks("black_scholes greeks", black_scholes::greeks(option, market));
  const auto all = black_scholes::quantities(option, market);
  if (all.status == Status::kOk && price.status != Status::kOk) {
    fail("black_scholes", "Greeks without a price", all.value[0], 0.0);
  }
  const auto found = black_scholes::implied_volatility(draw.number(0.0, 20.0), option, market);
  check("black_scholes volatility", found.status, found.value, 1e308);
}

void black_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const black::ForwardMarket market{draw.number(50.0, 150.0), draw.number(-0.05, 0.2),
                                    draw.number(0.01, 1.0)};
  const auto price = black::price(option, market);
  check("black", price.status, price.value,
        at_expiry(option.type, option.strike, option.time_to_expiry, market.forward, market.rate,
                  market.rate));
  const auto found = black::implied_volatility(draw.number(0.0, 20.0), option, market);
  check("black volatility", found.status, found.value, 1e308);
}

void bachelier_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const bachelier::Market market{draw.number(-50.0, 150.0), draw.number(-0.05, 0.2),
                                 draw.number(0.1, 50.0)};
  const auto price = bachelier::price(option, market);
  check("bachelier", price.status, price.value, std::numeric_limits<double>::max());
  check_greeks("bachelier greeks", bachelier::greeks(option, market));
  const auto found = bachelier::implied_volatility(draw.number(0.0, 20.0), option, market);
  check("bachelier volatility", found.status, found.value, std::numeric_limits<double>::max());
}

void american_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const FlatMarket market = draw.market();
  const auto accuracy = draw.one_of({american::Accuracy::kFast, american::Accuracy::kAccurate});
  const auto price = american::price(option, market, accuracy);
  check("american", price.status, price.value,
        at_any_time(option.type, option.strike, option.time_to_expiry, market));
  check_greeks("american greeks", american::greeks(option, market, accuracy));
}

void american_approximation_engine(Draw& draw) {
  using american_approximation::Method;
  const VanillaOption option = draw.option();
  const FlatMarket market = draw.market();
  const auto method = draw.one_of(
      {Method::kBaroneAdesiWhaley, Method::kBjerksundStensland, Method::kJuZhong, Method::kQdPlus});
  const auto price = american_approximation::price(option, market, method);
  check("american_approximation", price.status, price.value,
        kRough * at_any_time(option.type, option.strike, option.time_to_expiry, market));
  check_greeks("american_approximation greeks",
               american_approximation::greeks(option, market, method));
}

void digital_engine(Draw& draw) {
  using namespace digital;
  const FlatMarket market = draw.market();
  const DigitalOption option{draw.one_of({Payoff::kCash, Payoff::kAsset}),
                             draw.option_type(),
                             draw.number(50.0, 150.0),
                             draw.number(0.0, 3.0),
                             std::fabs(draw.number(0.0, 10.0)),
                             0.0};
  const double most = option.payoff == Payoff::kCash
                          ? option.cash * std::exp(-market.rate * option.time_to_expiry)
                          : market.spot * std::exp(-market.dividend_yield * option.time_to_expiry);
  const auto price = digital::price(option, market);
  check("digital", price.status, price.value, most);
  check_greeks("digital greeks", digital::greeks(option, market));
}

void touch_engine(Draw& draw) {
  using namespace digital;
  const FlatMarket market = draw.market();
  const TouchOption option{draw.one_of({Touch::kOneTouch, Touch::kNoTouch}),
                           draw.one_of({digital::Side::kDown, digital::Side::kUp}),
                           draw.one_of({Payment::kAtHit, Payment::kAtExpiry}),
                           Payoff::kCash,
                           draw.number(50.0, 150.0),
                           draw.number(0.0, 3.0),
                           std::fabs(draw.number(0.0, 10.0))};
  const auto price = digital::price(option, market);
  check("touch", price.status, price.value,
        option.cash * largest_discount(market.rate, option.time_to_expiry));
  check_greeks("touch greeks", digital::greeks(option, market));
}

}  // namespace strikeproof::fuzz
