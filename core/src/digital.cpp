// Cash-or-nothing, asset-or-nothing and gap options under Black-Scholes-Merton.
//
//   payoff (a S_T + c) 1{phi (S_T - K) > 0},   phi = +1 call / -1 put
//   value = a S exp(-q T) N(phi d1) + c exp(-r T) N(phi d2),  d = (m - ln(K/S)) / s       [1], [2]
//
//   cash-or-nothing a = 0, c = cash; asset-or-nothing a = 1, c = 0; gap a = phi, c = -phi X with
//   X the strike that is paid. m and s as in src/first_passage.hpp.
//
// Without time or volatility the forward decides; a forward equal to the strike pays one half, the
// limit from positive deviations, and its delta is infinite: no Greeks there.
//
// [1] Reiner, E. and Rubinstein, M. (1991), Unscrambling the binary code, Risk 4(9), 75-83.
// [2] Haug, E. G. (2007), The Complete Guide to Option Pricing Formulas, 2nd ed., sec. 4.19.
#include "strikeproof/digital.hpp"

#include <cmath>

#include "first_passage.hpp"
#include "simd/batch.hpp"

namespace strikeproof::digital {
namespace {

namespace fp = first_passage;

struct Terms {
  double asset;  // a
  double cash;   // c
};

Terms terms(const DigitalOption& o) noexcept {
  const auto phi = static_cast<double>(o.type);
  if (o.payoff == Payoff::kCash) return {0.0, o.cash};
  if (o.payoff == Payoff::kAsset) return {1.0, 0.0};
  return {phi, -phi * o.payment_strike};
}

Status checked(const DigitalOption& o, const FlatMarket& m) noexcept {
  return simd::check_inputs<4, 4>({o.cash, o.payment_strike, m.rate, m.dividend_yield},
                                  {o.strike, o.time_to_expiry, m.spot, m.volatility});
}

// Gain of exercise when the payoff is certain; 0 at the kink.
double certain_gain(const DigitalOption& o, const FlatMarket& m) noexcept {
  const double carry = (m.rate - m.dividend_yield) * o.time_to_expiry;
  return static_cast<double>(o.type) * (m.spot * std::exp(carry) - o.strike);
}

bool is_certain(const DigitalOption& o, const FlatMarket& m) noexcept {
  return fp::is_certain(m, o.time_to_expiry) || o.strike == 0.0;
}

template <class T>
T value(const DigitalOption& o, const FlatMarket& m) noexcept {
  using math::normal_cdf;
  const fp::Inputs<T> in = fp::inputs<T>(m, o.time_to_expiry);
  const fp::Law<T> law(in);
  const auto [asset, cash] = terms(o);
  const auto phi = static_cast<double>(o.type);
  if (is_certain(o, m)) {
    const double gain = certain_gain(o, m);
    const double paid = gain > 0.0 ? 1.0 : gain == 0.0 ? 0.5 : 0.0;
    return paid * (asset * law.asset + cash * law.discount);
  }
  const T k = fp::log_distance(T(o.strike), in.spot);
  T sum(0.0);
  if (asset != 0.0) sum += asset * law.asset * law.for_asset.beyond(phi, k);
  if (cash != 0.0) sum += cash * law.discount * law.for_cash.beyond(phi, k);
  return sum;
}

}  // namespace

PriceResult price(const DigitalOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return {fp::kNaN, status};
  return fp::as_result(value<double>(option, market));
}

GreeksResult greeks(const DigitalOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return fp::no_greeks(status);
  const bool certain = is_certain(option, market);
  if (certain && certain_gain(option, market) == 0.0) return fp::no_greeks(Status::kOverflow);
  return fp::as_result(value<fp::Jet>(option, market), certain);
}

}  // namespace strikeproof::digital
