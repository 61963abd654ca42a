// Option to exchange asset 2 for asset 1, European [1].
//
//   value = a N(d1) - b N(d2),   d1,2 = ln(a/b)/w +- w/2
//   a = Q1 S1 exp(-q1 T),  b = Q2 S2 exp(-q2 T),  w^2 = (s1^2 + s2^2 - 2 rho s1 s2) T
//
// Q = quantity, q = dividend yield, s = volatility. Asset 2 is the numeraire: the value is that of
// a call on asset 1 with strike Q2 S2, rate q2 and dividend yield q1, which is how the price is
// evaluated. The rate does not enter.
//
// [1] Margrabe, W. (1978), Journal of Finance 33(1), 177-186, eq. (7).
#include "strikeproof/exchange.hpp"

#include "strikeproof/black_scholes.hpp"
#include "two_asset_terms.hpp"

namespace strikeproof::exchange {
namespace {

namespace ta = two_assets;

Status check(const ExchangeOption& option, const TwoAssetMarket& market) noexcept {
  if (!std::isfinite(option.quantity1) || !std::isfinite(option.quantity2)) {
    return Status::kNonFinite;
  }
  const Status status = ta::check(market, option.time_to_expiry, 0.0);
  if (status != Status::kOk) return status;
  return option.quantity1 >= 0.0 && option.quantity2 >= 0.0 ? Status::kOk : Status::kOutOfDomain;
}

}  // namespace

PriceResult price(const ExchangeOption& option, const TwoAssetMarket& market) noexcept {
  const Status status = check(option, market);
  if (status != Status::kOk) return ta::failed(status);
  const double volatility =
      ta::ratio_deviation(market.volatility1, market.volatility2, market.correlation);
  return black_scholes::price(
      {OptionType::kCall, option.quantity2 * market.spot2, option.time_to_expiry},
      {option.quantity1 * market.spot1, market.dividend_yield2, market.dividend_yield1,
       volatility});
}

TwoAssetGreeksResult greeks(const ExchangeOption& option, const TwoAssetMarket& market) noexcept {
  const PriceResult accurate = price(option, market);
  if (accurate.status != Status::kOk) return ta::failed_greeks(accurate.status);
  auto t = ta::terms_with_derivatives(market, option.time_to_expiry);
  const auto w = ta::ratio_deviation(t.deviation1, t.deviation2, t.correlation);
  const auto value = ta::exchange_value<ta::Derivatives>(1.0, option.quantity1 * t.forward1,
                                                         option.quantity2 * t.forward2, w, t.kink);
  TwoAssetGreeksResult result = ta::answer(value, t.kink);
  if (result.status == Status::kOk) result.value.price = accurate.value;
  return result;
}

}  // namespace strikeproof::exchange
