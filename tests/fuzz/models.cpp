// European options under jumps and stochastic volatility.
#include "check.hpp"
#include "engines.hpp"
#include "strikeproof/bates.hpp"
#include "strikeproof/heston.hpp"
#include "strikeproof/kou.hpp"
#include "strikeproof/variance_gamma.hpp"

namespace strikeproof::fuzz {
namespace {

heston::Model heston_model(Draw& draw) {
  return {draw.number(0.0, 0.5), draw.number(0.0, 0.5), draw.number(0.0, 10.0),
          draw.number(0.0, 2.0), draw.number(-1.0, 1.0)};
}

heston::Market heston_market(Draw& draw) {
  return {draw.number(50.0, 150.0), draw.number(-0.05, 0.2), draw.number(-0.05, 0.2),
          heston_model(draw)};
}

template <class Market>
double bound_of(const VanillaOption& option, const Market& market) {
  return at_expiry(option.type, option.strike, option.time_to_expiry, market.spot, market.rate,
                   market.dividend_yield);
}

}  // namespace

void merton_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const bates::MertonMarket market{
      draw.number(50.0, 150.0),
      draw.number(-0.05, 0.2),
      draw.number(-0.05, 0.2),
      draw.number(0.01, 1.0),
      {draw.number(0.0, 5.0), draw.number(-0.5, 0.5), draw.number(0.0, 0.5)}};
  const auto found = bates::merton_value(option, market);
  check_greeks("merton greeks", found);
  check("merton", found.status, found.value.price, bound_of(option, market));
}

void kou_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const kou::Market market{draw.number(50.0, 150.0),
                           draw.number(-0.05, 0.2),
                           draw.number(-0.05, 0.2),
                           {draw.number(0.01, 1.0), draw.number(0.0, 5.0), draw.number(0.0, 1.0),
                            draw.number(1.1, 50.0), draw.number(0.1, 50.0)}};
  const auto price = kou::price(option, market);
  check("kou", price.status, price.value, bound_of(option, market));
  check_greeks("kou greeks", kou::greeks(option, market));
}

void variance_gamma_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const variance_gamma::Market market{
      draw.number(50.0, 150.0),
      draw.number(-0.05, 0.2),
      draw.number(-0.05, 0.2),
      {draw.number(0.01, 1.0), draw.number(-0.5, 0.5), draw.number(0.0, 1.0)}};
  const auto price = variance_gamma::price(option, market);
  check("variance_gamma", price.status, price.value, bound_of(option, market));
  check_greeks("variance_gamma greeks", variance_gamma::greeks(option, market));
}

void heston_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const heston::Market market = heston_market(draw);
  const auto found = heston::value(option, market);
  check_greeks("heston greeks", found);
  check("heston", found.status, found.value.price, bound_of(option, market));
}

void heston_wing_engine(Draw& draw) {
  const VanillaOption option = draw.option();
  const heston::Market market = heston_market(draw);
  heston::Expiry expiry(market.model, option.time_to_expiry);
  const auto found = heston::price(option, market, expiry, heston::Accuracy::kRelative);
  check("heston wing", found.status, found.value, bound_of(option, market));
  const auto slopes = heston::sensitivities(option, market, expiry);
  check_greeks("heston sensitivities", slopes);
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
  check("bates", price.status, price.value, bound_of(option, market));
  check_greeks("bates greeks", bates::value(option, market, expiry));
}

}  // namespace strikeproof::fuzz
