// One-touch and no-touch options, American digitals among them, under Black-Scholes-Merton.
//
//   one-touch, cash c at expiry   c exp(-r T) P_0(reached)        P_0, P_1: cash and asset measure
//   one-touch, asset at expiry    S exp(-q T) P_1(reached)
//   one-touch, cash c at hit      c E[exp(-r tau); tau <= T]      src/hitting_discount.hpp
//   one-touch, asset at hit       H E[exp(-r tau); tau <= T]
//   no-touch, at expiry           the same with P(not reached)                            [1], [2]
//
// An American cash- or asset-or-nothing call struck at H is the up one-touch at hit: exercise pays
// its amount, or H, at once. A barrier already reached pays now, or is sure to pay at expiry.
//
// Without time or volatility the path is the forward's, monotone; where it arrives at the barrier
// at expiry exactly, the chance is one half, the limit, and there are no Greeks.
//
// [1] Reiner, E. and Rubinstein, M. (1991), Unscrambling the binary code, Risk 4(9), 75-83.
// [2] Haug, E. G. (2007), The Complete Guide to Option Pricing Formulas, 2nd ed., sec. 4.19.5.
#include <cmath>

#include "hitting_discount.hpp"
#include "simd/batch.hpp"
#include "strikeproof/digital.hpp"

namespace strikeproof::digital {
namespace {

namespace fp = first_passage;

Status checked(const TouchOption& o, const FlatMarket& m) noexcept {
  const Status status = simd::check_inputs<3, 4>(
      {o.cash, m.rate, m.dividend_yield}, {o.barrier, o.time_to_expiry, m.spot, m.volatility});
  if (status == Status::kOk && o.payoff == Payoff::kGap) return Status::kOutOfDomain;
  return status;
}

bool reached_already(const TouchOption& o, const FlatMarket& m) noexcept {
  return static_cast<double>(o.side) * (m.spot - o.barrier) <= 0.0;
}

// Chance that the forward's path reaches the barrier: 0, 1, or one half where it ends there.
double certain_chance(const TouchOption& o, const FlatMarket& m) noexcept {
  const double carry = (m.rate - m.dividend_yield) * o.time_to_expiry;
  const double end = static_cast<double>(o.side) * (m.spot * std::exp(carry) - o.barrier);
  return end < 0.0 ? 1.0 : end == 0.0 ? 0.5 : 0.0;
}

template <class T>
T at_expiry(const TouchOption& o, const fp::Law<T>& law, const T& chance) noexcept {
  return chance * (o.payoff == Payoff::kAsset ? law.asset : o.cash * law.discount);
}

// Of a barrier that the path has reached, or reaches for sure or by one half.
template <class T>
T certain(const TouchOption& o, const fp::Inputs<T>& in, const fp::Law<T>& law, bool reached,
          double chance) noexcept {
  using std::exp;
  const bool pays_asset = o.payoff == Payoff::kAsset;
  if (o.touch == Touch::kNoTouch) return at_expiry(o, law, T(1.0 - chance));
  if (o.payment == Payment::kAtExpiry || chance == 0.0) return at_expiry(o, law, T(chance));
  if (reached) return pays_asset ? in.spot : T(o.cash);
  const T b = fp::log_distance(T(o.barrier), in.spot);
  const double paid = pays_asset ? o.barrier : o.cash;
  return chance * paid * exp(-(in.rate * b) / (in.rate - in.yield));
}

template <class T>
T value(const TouchOption& o, const FlatMarket& m) noexcept {
  const fp::Inputs<T> in = fp::inputs<T>(m, o.time_to_expiry);
  const fp::Law<T> law(in);
  if (reached_already(o, m)) return certain(o, in, law, true, 1.0);
  if (fp::is_certain(m, o.time_to_expiry)) {
    return certain(o, in, law, false, certain_chance(o, m));
  }
  const auto e = static_cast<double>(o.side);
  const bool pays_asset = o.payoff == Payoff::kAsset;
  const T b = fp::log_distance(T(o.barrier), in.spot);
  const fp::Walk<T>& walk = pays_asset ? law.for_asset : law.for_cash;
  if (o.touch == Touch::kNoTouch) return at_expiry(o, law, walk.alive(e, b, b));
  if (o.payment == Payment::kAtExpiry) return at_expiry(o, law, walk.reached(e, b));
  return (pays_asset ? o.barrier : o.cash) * fp::hitting_discount(in, b);
}

}  // namespace

PriceResult price(const TouchOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return {fp::kNaN, status};
  const double found = value<double>(option, market);
  // a no-touch may fall below 0 by rounding
  const bool below = option.touch == Touch::kNoTouch && found * option.cash < 0.0;
  return fp::as_result(below ? 0.0 : found);
}

GreeksResult greeks(const TouchOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return fp::no_greeks(status);
  const bool certain =
      reached_already(option, market) || fp::is_certain(market, option.time_to_expiry);
  if (!reached_already(option, market) && certain && certain_chance(option, market) == 0.5) {
    return fp::no_greeks(Status::kOverflow);
  }
  return fp::as_result(value<fp::Jet>(option, market), certain);
}

}  // namespace strikeproof::digital
