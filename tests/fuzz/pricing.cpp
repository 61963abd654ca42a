// Fuzzing of every engine that prices one contract: any bytes in, and out comes a status or a
// number that is possible. libFuzzer itself watches for crashes, sanitizers for undefined
// behaviour, and `-timeout` for hangs. Bounds are those of absence of arbitrage, with room for the
// engines' own promised errors.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>

#include "draw.hpp"
#include "strikeproof/american.hpp"
#include "strikeproof/american_approximation.hpp"
#include "strikeproof/asian.hpp"
#include "strikeproof/bachelier.hpp"
#include "strikeproof/barrier.hpp"
#include "strikeproof/bates.hpp"
#include "strikeproof/black.hpp"
#include "strikeproof/black_scholes.hpp"
#include "strikeproof/digital.hpp"
#include "strikeproof/double_barrier.hpp"
#include "strikeproof/exchange.hpp"
#include "strikeproof/heston.hpp"
#include "strikeproof/kou.hpp"
#include "strikeproof/lookback.hpp"
#include "strikeproof/rainbow.hpp"
#include "strikeproof/spread.hpp"
#include "strikeproof/variance_gamma.hpp"

namespace strikeproof::fuzz {
namespace {

constexpr double kLeast = 1e-290;  // below it numbers lose their digits
constexpr double kRoom = 1e-8;     // of the upper bound; the loosest promise of an engine is 1e-9

// What is being tried, for the message of a failure alone.
const Draw* trial = nullptr;

[[noreturn]] void fail(const char* engine, const char* rule, double value, double bound) {
  std::fprintf(stderr, "%s: %s: value %.17g, bound %.17g, drawn", engine, rule, value, bound);
  for (const double number : trial->drawn()) std::fprintf(stderr, " %.17g", number);
  std::fprintf(stderr, "\n");
  std::abort();
}

/// A number comes with kOk and only with it; it is within [0, upper].
void check(const char* engine, Status status, double value, double upper) {
  if (status != Status::kOk) {
    if (!std::isnan(value)) fail(engine, "a number with a failure", value, upper);
    return;
  }
  if (!std::isfinite(value)) fail(engine, "not finite", value, upper);
  if (value < 0.0) fail(engine, "negative", value, 0.0);
  if (value > upper * (1.0 + kRoom) + kLeast) fail(engine, "above its bound", value, upper);
}

/// Every entry is NaN after a failure, and none is NaN after kOk.
template <class Values>
void check_all(const char* engine, Status status, const Values& values) {
  static_assert(sizeof(Values) % sizeof(double) == 0);
  std::array<double, sizeof(Values) / sizeof(double)> entries;
  std::copy_n(reinterpret_cast<const double*>(&values), entries.size(), entries.begin());
  for (const double entry : entries) {
    if (std::isnan(entry) != (status != Status::kOk)) fail(engine, "status and value", entry, 0.0);
  }
}

double largest_discount(double rate, double time) { return std::max(1.0, std::exp(-rate * time)); }

/// What no option on the asset that pays at most it, or the strike, is worth more than, whenever it
/// pays.
double at_any_time(OptionType type, double strike, double time, const FlatMarket& market) {
  return type == OptionType::kCall ? market.spot * largest_discount(market.dividend_yield, time)
                                   : strike * largest_discount(market.rate, time);
}

double at_expiry(OptionType type, double strike, double time, double spot, double rate,
                 double dividend_yield) {
  return type == OptionType::kCall ? spot * std::exp(-dividend_yield * time)
                                   : strike * std::exp(-rate * time);
}

double european_bound(const VanillaOption& option, const FlatMarket& market) {
  return at_expiry(option.type, option.strike, option.time_to_expiry, market.spot, market.rate,
                   market.dividend_yield);
}

void black_scholes_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const FlatMarket market = draw.market();
  const auto price = black_scholes::price(option, market);
  check("black_scholes", price.status, price.value, european_bound(option, market));
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
  const auto greeks = american::greeks(option, market, accuracy);
  check_all("american greeks", greeks.status, greeks.value);
}

void american_approximation_engine(Draw& draw) {
  using american_approximation::Method;
  const VanillaOption option = draw.option();
  const FlatMarket market = draw.market();
  const auto price = american_approximation::price(
      option, market,
      draw.one_of({Method::kBaroneAdesiWhaley, Method::kBjerksundStensland, Method::kJuZhong,
                   Method::kQdPlus}));
  // approximations: 5 % above the bound is still their error, a number of another size is not
  check("american_approximation", price.status, price.value,
        1.05 * at_any_time(option.type, option.strike, option.time_to_expiry, market));
}

void barrier_engine(Draw& draw) {
  using namespace barrier;
  const VanillaOption vanilla = draw.option();
  const FlatMarket market = draw.market();
  const BarrierOption option{draw.one_of({Knock::kOut, Knock::kIn}),
                             draw.one_of({Side::kDown, Side::kUp}),
                             vanilla.type,
                             vanilla.strike,
                             draw.number(50.0, 150.0),
                             vanilla.time_to_expiry,
                             draw.number(0.0, 10.0),
                             draw.one_of({RebatePayment::kAtHit, RebatePayment::kAtExpiry})};
  const double bound = european_bound(vanilla, market) +
                       option.rebate * largest_discount(market.rate, option.time_to_expiry);
  const auto price = barrier::price(option, market);
  check("barrier", price.status, price.value, bound);
  const auto greeks = barrier::greeks(option, market);
  check_all("barrier greeks", greeks.status, greeks.value);
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
}

void asian_engine(Draw& draw) {
  using namespace asian;
  const FlatMarket market = draw.market();
  const AsianOption option{draw.one_of({Average::kArithmetic, Average::kGeometric}),
                           asian::Strike::kFixed,
                           draw.option_type(),
                           draw.number(50.0, 150.0),
                           draw.number(0.0, 3.0),
                           std::floor(draw.number(0.0, 20.0)),
                           0.0,
                           0.0,
                           draw.one_of({Method::kLognormal, Method::kCurran})};
  const auto price = asian::price(option, market);
  const double asset = market.spot *
                       largest_discount(market.dividend_yield, option.time_to_expiry) *
                       largest_discount(market.rate, option.time_to_expiry);
  const double strike = option.strike * std::exp(-market.rate * option.time_to_expiry);
  check("asian", price.status, price.value, option.type == OptionType::kCall ? asset : strike);
}

void lookback_engine(Draw& draw) {
  using namespace lookback;
  const FlatMarket market = draw.market();
  const LookbackOption option{draw.one_of({lookback::Strike::kFixed, lookback::Strike::kFloating}),
                              draw.option_type(),
                              draw.number(50.0, 150.0),
                              draw.number(0.0, 3.0),
                              market.spot,
                              0.0,
                              0.0,
                              0.0};
  const auto price = lookback::price(option, market);
  check("lookback", price.status, price.value, std::numeric_limits<double>::max());
}

TwoAssetMarket two_assets(Draw& draw) {
  return {draw.number(50.0, 150.0), draw.number(50.0, 150.0), draw.number(-0.05, 0.2),
          draw.number(-0.05, 0.2),  draw.number(-0.05, 0.2),  draw.number(0.01, 1.0),
          draw.number(0.01, 1.0),   draw.number(-1.0, 1.0)};
}

void exchange_engine(Draw& draw) {
  const TwoAssetMarket market = two_assets(draw);
  const exchange::ExchangeOption option{draw.number(0.0, 3.0), draw.number(0.0, 3.0),
                                        draw.number(0.0, 3.0)};
  const auto price = exchange::price(option, market);
  check(
      "exchange", price.status, price.value,
      option.quantity1 * market.spot1 * std::exp(-market.dividend_yield1 * option.time_to_expiry));
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
}

void spread_engine(Draw& draw) {
  const TwoAssetMarket market = two_assets(draw);
  const spread::SpreadOption option{draw.option_type(), draw.number(-50.0, 50.0),
                                    draw.number(0.0, 3.0)};
  const auto price = spread::price(option, market);
  const double time = option.time_to_expiry;
  const double bond = std::abs(option.strike) * std::exp(-market.rate * time);
  const bool call = option.type == OptionType::kCall;
  const double asset = call ? market.spot1 * std::exp(-market.dividend_yield1 * time)
                            : market.spot2 * std::exp(-market.dividend_yield2 * time);
  check("spread", price.status, price.value, asset + bond);
}

heston::Model heston_model(Draw& draw) {
  return {draw.number(0.0, 0.5), draw.number(0.0, 0.5), draw.number(0.0, 10.0),
          draw.number(0.0, 2.0), draw.number(-1.0, 1.0)};
}

void kou_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const kou::Market market{draw.number(50.0, 150.0),
                           draw.number(-0.05, 0.2),
                           draw.number(-0.05, 0.2),
                           {draw.number(0.01, 1.0), draw.number(0.0, 5.0), draw.number(0.0, 1.0),
                            draw.number(1.1, 50.0), draw.number(0.1, 50.0)}};
  const auto price = kou::price(option, market);
  check("kou", price.status, price.value,
        at_expiry(option.type, option.strike, option.time_to_expiry, market.spot, market.rate,
                  market.dividend_yield));
}

void variance_gamma_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const variance_gamma::Market market{
      draw.number(50.0, 150.0),
      draw.number(-0.05, 0.2),
      draw.number(-0.05, 0.2),
      {draw.number(0.01, 1.0), draw.number(-0.5, 0.5), draw.number(0.0, 1.0)}};
  const auto price = variance_gamma::price(option, market);
  check("variance_gamma", price.status, price.value,
        at_expiry(option.type, option.strike, option.time_to_expiry, market.spot, market.rate,
                  market.dividend_yield));
}

void heston_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const heston::Market market{draw.number(50.0, 150.0), draw.number(-0.05, 0.2),
                              draw.number(-0.05, 0.2), heston_model(draw)};
  const auto found = heston::value(option, market);
  check_all("heston greeks", found.status, found.value);
  check("heston", found.status, found.value.price,
        at_expiry(option.type, option.strike, option.time_to_expiry, market.spot, market.rate,
                  market.dividend_yield));
}

void bates_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const bates::Market market{
      draw.number(50.0, 150.0),
      draw.number(-0.05, 0.2),
      draw.number(-0.05, 0.2),
      {heston_model(draw), {draw.number(0.0, 5.0), draw.number(-0.5, 0.5), draw.number(0.0, 0.5)}}};
  std::optional<bates::Expiry> expiry;
  const auto price = bates::price(option, market, expiry);
  check("bates", price.status, price.value,
        at_expiry(option.type, option.strike, option.time_to_expiry, market.spot, market.rate,
                  market.dividend_yield));
}

using Engine = void (*)(Draw&);
constexpr std::array<Engine, 18> kEngines{black_scholes_engine,
                                          black_engine,
                                          bachelier_engine,
                                          american_engine,
                                          american_approximation_engine,
                                          barrier_engine,
                                          double_barrier_engine,
                                          digital_engine,
                                          touch_engine,
                                          asian_engine,
                                          lookback_engine,
                                          exchange_engine,
                                          rainbow_engine,
                                          spread_engine,
                                          kou_engine,
                                          variance_gamma_engine,
                                          heston_engine,
                                          bates_engine};

}  // namespace
}  // namespace strikeproof::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strikeproof::fuzz;
  Draw draw(data, size);
  trial = &draw;
  const auto engine = static_cast<std::size_t>(draw.choice(static_cast<int>(kEngines.size())));
  kEngines[engine](draw);
  return 0;
}
