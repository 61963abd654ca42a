// Black-Scholes-Merton price and Greeks on vectors; internal to the core.
//
//   A = S exp(-q T), B = K exp(-r T)     present values of what is exchanged
//   x = ln(A / B), w = sigma sqrt(T), h = x / w, t = w / 2, d1 = h + t, d2 = h - t
//   G = A phi(d1) = B phi(d2)            derivative of the price in w
//   M(u) = N(-u) / phi(u)                Mills ratio
//
// The out-of-the-money value is written so that nothing cancels [1]: with u1 = |h| - t,
// u2 = |h| + t,
//
//   value = G (M(u1) - M(u2))                    u1 >= -1/2
//   value = R - G (M(-u1) + M(u2))               u1 < -1/2,  R = A for the call, B for the put
//
// The difference is a divided difference, exact for any t: with i = 1 / (u + 5), y = 1 - 9 i and
// M = i P(y),
//
//   M(u1) - M(u2) = (u2 - u1) i1 i2 (P(y2) - 9 i1 P[y1, y2]),   P > 0, P[y1, y2] < 0.
//
// P[y1, y2] comes out of a second Horner scheme, run on the partial sums of the first [2]. An
// in-the-money price is its intrinsic value B expm1(x) plus the out-of-the-money one. x, w, h, d2
// and d2^2 are sums of two doubles, because the exponent magnifies their relative errors by up to
// 1400 where prices reach 1e-300.
//
// [1] Jaeckel, P. (2015), Let's Be Rational, Wilmott 2015(75), 40-53.
// [2] Kahan, W. and Farkas, I. (1963), Algorithm 168, Comm. ACM 6(4), 165.
// [3] Haug, E. G. (2007), The Complete Guide to Option Pricing Formulas, 2nd ed., McGraw-Hill.
#pragma once

#include "strikeproof/black_scholes.hpp"
#include "vector_math.hpp"

namespace strikeproof::simd {
namespace {

constexpr double kMillsCentre = 5.0;
constexpr double kReflectFrom = -0.5;
constexpr double kMillsSlope = 9.0;  // 2 (centre + reflect)

struct Option {
  Real sign;
  Real spot;
  Real strike;
  Real time;
  Real rate;
  Real yield;
  Real volatility;
};

/// Lanes the vector kernel answers; the others go to the scalar one, which knows every limit.
STRIKEPROOF_INLINE Bits ordinary(const Option& o) noexcept {
  constexpr double kSmall = 1e-60;
  constexpr double kLarge = 1e60;
  const Real asset_rate = magnitude(o.yield) * o.time;
  const Real cash_rate = magnitude(o.rate) * o.time;
  return (o.spot > kSmall) & (o.spot < kLarge) & (o.strike > kSmall) & (o.strike < kLarge) &
         (o.time > 1e-30) & (o.time < 1e30) & (o.volatility > 1e-30) & (o.volatility < 1e30) &
         (asset_rate < 100.0) & (cash_rate < 100.0);
}

struct MillsPair {
  Real inverse1;  // 1 / (u1 + 5)
  Real inverse2;
  Real sum1;  // P(y1)
  Real sum2;
  Real slope;  // P[y1, y2]
};

// Both Mills ratios and their divided difference; -1/2 <= u1 <= u2.
STRIKEPROOF_INLINE MillsPair mills_pair(Real u1, Real u2) noexcept {
  const Double c1 = two_sum(u1, splat(kMillsCentre));
  const Double c2 = two_sum(u2, splat(kMillsCentre));
  const Real inverse = 1.0 / (c1.high * c2.high);
  const Real rough1 = inverse * c2.high;
  const Real rough2 = inverse * c1.high;
  // what rounding left of 1 - i c: P would magnify it
  const Real error1 = multiply_add(-rough1, c1.low, residual(rough1, c1.high, splat(1.0)));
  const Real error2 = multiply_add(-rough2, c2.low, residual(rough2, c2.high, splat(1.0)));
  const Real y1 = multiply_add(rough1, -kMillsSlope, 1.0);
  const Real y2 = multiply_add(rough2, -kMillsSlope, 1.0);
  // P = E(y^2) + y O(y^2): Horner and divided difference of each, four independent chains
  constexpr std::size_t kCount = sizeof(kMills) / sizeof(kMills[0]);
  static_assert(kCount % 2 == 0);
  const Real square1 = y1 * y1;
  const Real square2 = y2 * y2;
  Real even_slope = splat(kMills[kCount - 2]);
  Real odd_slope = splat(kMills[kCount - 1]);
  Real even = multiply_add(even_slope, square2, splat(kMills[kCount - 4]));
  Real odd = multiply_add(odd_slope, square2, splat(kMills[kCount - 3]));
#pragma GCC unroll 16
  for (std::size_t k = kCount - 4; k > 0; k -= 2) {
    even_slope = multiply_add(even_slope, square1, even);
    odd_slope = multiply_add(odd_slope, square1, odd);
    even = multiply_add(even, square2, splat(kMills[k - 2]));
    odd = multiply_add(odd, square2, splat(kMills[k - 1]));
  }
  const Real sum = multiply_add(odd, y2, even);
  const Real slope = multiply_add(y1 + y2, multiply_add(y1, odd_slope, even_slope), odd);
  const Real gap = kMillsSlope * (u2 - u1) * inverse;  // y2 - y1, slope < 0
  const Real inverse1 = multiply_add(rough1, error1, rough1);
  const Real inverse2 = multiply_add(rough2, error2, rough2);
  const Real correction = -kMillsSlope * slope;
  return {inverse1, inverse2,
          multiply_add(correction, rough1 * error1, multiply_add(-gap, slope, sum)),
          multiply_add(correction, rough2 * error2, sum), slope};
}

/// ln(A / B).
STRIKEPROOF_INLINE Double log_moneyness(const Option& o) noexcept {
  const Double log = log_ratio(o.spot, o.strike);
  const Double carry = two_sum(o.rate, -o.yield);
  const Double drift = two_product(carry.high, o.time);
  const Double sum = two_sum(log.high, drift.high);
  return quick_sum(sum.high, sum.low + (log.low + multiply_add(carry.low, o.time, drift.low)));
}

// What the two sides of the exchange are worth, and what a certain exchange would gain.
struct Sides {
  Double x;
  Real A;
  Real B;
  Real gain;  // A - B without cancellation
};

STRIKEPROOF_INLINE Sides make_sides(const Option& o) noexcept {
  const Double x = log_moneyness(o);
  const Double log_discount = two_product(-o.rate, o.time);
  const Real B = o.strike * exp_near(log_discount.high, log_discount.low);
  const Exponential ratio = exp_and_minus_one(x.high, x.low);
  return {x, B * ratio.value, B, B * ratio.minus_one};
}

struct Terms {
  Real w;
  Real inverse_w;
  Real d1;
  Real d2;
  Real G;
  Real received;  // by the holder of the out-of-the-money option: A for the call, B for the put
  Real price;
  Bits x_above;  // x > 0: the put is out of the money
  Bits reflect;  // u1 < -1/2
  MillsPair mills;
};

STRIKEPROOF_INLINE void put_deviations(const Option& o, const Sides& s, Terms& m) noexcept {
  const Double square = two_product(o.volatility, o.volatility);
  const Double variance = two_product(square.high, o.time);
  m.w = square_root(variance.high);
  m.inverse_w = 1.0 / m.w;
  const Real w_error =
      residual(m.w, m.w, variance.high) + multiply_add(square.low, o.time, variance.low);
  const Real w_low = w_error * (0.5 * m.inverse_w);
  const Real h = s.x.high * m.inverse_w;
  const Real h_error = residual(h, m.w, s.x.high) + multiply_add(-h, w_low, s.x.low);
  const Real t = 0.5 * m.w;
  const Double d2 = two_sum(h, -t);
  const Real d2_low = d2.low + multiply_add(w_low, -0.5, h_error * m.inverse_w);
  m.d1 = h + t;
  m.d2 = d2.high;
  const Double square_d2 = two_product(d2.high, d2.high);
  const Real exponent_low = multiply_add(-d2.high, d2_low, -0.5 * square_d2.low);
  m.G = exp_down(s.B * kInverseRootTwoPi, -0.5 * square_d2.high, exponent_low);
  const Real u1 = magnitude(h) - t;
  m.reflect = u1 < kReflectFrom;
  m.mills = mills_pair(select(m.reflect, -u1, u1), magnitude(h) + t);
}

STRIKEPROOF_INLINE Terms make_terms(const Option& o, const Sides& s) noexcept {
  Terms m;
  put_deviations(o, s, m);
  m.x_above = s.x.high > 0.0;
  m.received = select(m.x_above, s.B, s.A);
  const MillsPair& p = m.mills;
  const Real difference =
      (m.w * (p.inverse1 * p.inverse2)) * multiply_add(p.inverse1 * -kMillsSlope, p.slope, p.sum2);
  const Real sum = multiply_add(p.inverse1, p.sum1, p.inverse2 * p.sum2);
  const Real outside = select(m.reflect, multiply_add(-m.G, sum, m.received), m.G * difference);
  m.price = maximum(o.sign * s.gain, Real{}) + outside;
  return m;
}

using black_scholes::kQuantities;
constexpr std::size_t kFirstOrder = black_scholes::kDividendRho + 1;

// Derivatives by spot of an option on the asset, or by the forward with the forward held.
enum class Underlying { kSpot, kForward };

// Formulas of [3], ch. 2, with time derivatives by calendar time.
STRIKEPROOF_INLINE void put_second_order(const Option& o, const Terms& m, Real inverse_spot,
                                         Real (&out)[kQuantities]) noexcept {
  using namespace black_scholes;
  const Real scaled = m.G * inverse_spot;
  const Real inverse_volatility = 1.0 / o.volatility;
  const Real half_inverse_time = 0.5 / o.time;
  const Real product = m.d1 * m.d2;
  const Real drift = (o.rate - o.yield) * m.inverse_w;
  const Real common = multiply_add(drift, m.d1, o.yield);
  out[kVanna] = -(scaled * m.d2) * inverse_volatility;
  out[kVolga] = out[kVega] * product * inverse_volatility;
  out[kCharm] = o.yield * out[kDelta] - scaled * (drift - m.d2 * half_inverse_time);
  out[kVeta] = out[kVega] * (common - (1.0 + product) * half_inverse_time);
  out[kSpeed] = -(out[kGamma] * inverse_spot) * multiply_add(m.d1, m.inverse_w, splat(1.0));
  out[kZomma] = out[kGamma] * (product - 1.0) * inverse_volatility;
  out[kColor] = out[kGamma] * (common + (1.0 - product) * half_inverse_time);
}

/// The first `count` quantities; theta is by calendar time.
template <Underlying underlying, std::size_t count>
STRIKEPROOF_INLINE void evaluate(const Option& o, Real (&out)[count]) noexcept {
  using namespace black_scholes;
  const Sides s = make_sides(o);
  const Terms m = make_terms(o, s);
  out[kPrice] = m.price;
  if constexpr (count > 1) {
    const Real root = square_root(o.time);
    const Real inverse_spot = 1.0 / o.spot;
    // legs A N(phi d1) and B N(phi d2), each from the tail that does not cancel
    // at x = 0 the call counts as the one outside, as everywhere else
    const Bits inside = ~((o.sign > 0.0) ^ m.x_above);
    const Real near = m.G * (m.mills.inverse1 * m.mills.sum1);
    const Real far = m.G * (m.mills.inverse2 * m.mills.sum2);
    const Real near_leg = select(inside ^ m.reflect, m.received - near, near);
    const Real far_leg = select(inside, select(m.x_above, s.A, s.B) - far, far);
    const Real asset = o.sign * select(m.x_above, far_leg, near_leg);
    const Real cash = o.sign * select(m.x_above, near_leg, far_leg);
    const Real scaled = m.G * inverse_spot;
    const Real gamma = (scaled * inverse_spot) * m.inverse_w;
    const Real vega = m.G * root;
    out[kDelta] = asset * inverse_spot;
    out[kGamma] = gamma;
    out[kVega] = vega;
    out[kTheta] = (o.yield * asset - o.rate * cash) - (m.G * o.volatility) / (root + root);
    if constexpr (underlying == Underlying::kSpot) {
      out[kRho] = o.time * cash;
      out[kDividendRho] = -(o.time * asset);
    } else {
      out[kRho] = -(o.time * m.price);
      out[kDividendRho] = Real{};
    }
    if constexpr (count > kFirstOrder) put_second_order(o, m, inverse_spot, out);
  }
}

}  // namespace
}  // namespace strikeproof::simd
