// Barrier options under Black-Scholes-Merton, watched continuously.
//
// With the chances of src/first_passage.hpp, A = S exp(-q T), B = K exp(-r T), e = +1 down / -1 up,
// and for a chance P the claim <P> = A P_1 - B P_0 (asset and cash measure), the vanilla payoff is
// worth, for exercise away from the barrier (call down, put up),
//
//   if not reached   e <e (X - k') > 0, not reached>,  k' the farther of strike and barrier
//   if reached       e <reached, e (X - k) > 0> + e <between k and b> if the strike is beyond b
//
// and for exercise towards it
//
//   if not reached   e (<beyond k, not reached> - <beyond b, not reached>), 0 if k is beyond b
//   if reached       -e (<beyond b, other side> + <reached, then between b and k>)
//
// which are the combinations A to D of [1] and of [2, sec. 4.17.1] with every term a probability.
// Knock-in and knock-out are each formed directly, so that neither is a small difference of two
// large values. Rebates: a knock-in pays at expiry if the barrier was not reached, a knock-out at
// expiry or at hit (src/hitting_discount.hpp).
//
// Rounding is kept from taking a price below 0 or above the vanilla option and its rebate.
//
// [1] Rubinstein, M. and Reiner, E. (1991), Breaking down the barriers, Risk 4(8), 28-35.
// [2] Haug, E. G. (2007), The Complete Guide to Option Pricing Formulas, 2nd ed., McGraw-Hill.
#include "strikeproof/barrier.hpp"

#include "barrier_value.hpp"
#include "simd/batch.hpp"

namespace strikeproof::barrier {

Status checked(const BarrierOption& o, const FlatMarket& m) noexcept {
  return simd::check_inputs<2, 6>(
      {m.rate, m.dividend_yield},
      {o.strike, o.barrier, o.time_to_expiry, o.rebate, m.spot, m.volatility});
}

PriceResult price(const BarrierOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return {fp::kNaN, status};
  const fp::Inputs<double> in = fp::inputs<double>(market, option.time_to_expiry);
  return fp::as_result(within_bounds(value(option, market, in, option.barrier), option, market));
}

GreeksResult greeks(const BarrierOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return fp::no_greeks(status);
  if (at_jump(option, market, option.barrier)) return fp::no_greeks(Status::kOverflow);
  const fp::Inputs<fp::Jet> in = fp::inputs<fp::Jet>(market, option.time_to_expiry);
  fp::Jet found = value(option, market, in, fp::Jet(option.barrier));
  found.value = within_bounds(found.value, option, market);
  const bool certain = reached_already(option, market, option.barrier) ||
                       fp::is_certain(market, option.time_to_expiry);
  return fp::as_result(found, certain);
}

}  // namespace strikeproof::barrier
