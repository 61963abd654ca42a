// Bachelier (normal) price, Greeks and implied volatility on vectors; internal to the core.
//
//   D = exp(-r T), x = F - K, s = sigma sqrt(T), h = |x| / s, d = x / s
//   out-of-the-money value = D s phi(h) (1 - h M(h)) = -D s phi(h) M'(h)                       [1]
//
// F = forward (column spot), K = strike, either may be negative; the column dividend_yield is not
// read. -M'(h) is the divided difference of black_scholes_kernel.hpp with both ends at h, a sum of
// positive terms. h is a sum of two doubles where it enters the exponent.
//
// Implied volatility: value / (D |x|) is a function of h alone, which a rational function inverts
// to 1e-3 [2]; two of Householder's third-order steps on ln(value) in s give the last digit [3].
//
// [1] Bachelier, L. (1900), Theorie de la speculation, Ann. Sci. Ecole Norm. Sup. 17, 21-86.
// [2] Jaeckel, P. (2017), Implied Normal Volatility, Wilmott 2017(90), 52-54.
// [3] Householder, A. S. (1970), The Numerical Treatment of a Single Nonlinear Equation, sec. 4.4.
#pragma once

#include "implied_volatility_kernel.hpp"

namespace strikeproof::simd {
namespace {

/// Lanes the vector kernel answers: those whose density is far from underflow.
STRIKEPROOF_INLINE Bits ordinary_normal(const Option& o) noexcept {
  constexpr double kLarge = 1e60;
  constexpr double kDeepest = 1200.0;  // square of the distance in deviations
  const Real distance = o.spot - o.strike;
  const Real variance = (o.volatility * o.volatility) * o.time;
  return (magnitude(o.spot) < kLarge) & (magnitude(o.strike) < kLarge) & (o.time > 1e-30) &
         (o.time < 1e30) & (o.volatility > 1e-25) & (o.volatility < 1e25) &
         (magnitude(o.rate) * o.time < 100.0) & (distance * distance < kDeepest * variance);
}

// M(h) and -M'(h), h >= 0.
struct MillsSlope {
  Real ratio;
  Real fall;
};

STRIKEPROOF_INLINE MillsSlope mills_slope(Real h) noexcept {
  const MillsPair p = mills_pair(h, h);
  return {p.inverse1 * p.sum1,
          (p.inverse1 * p.inverse1) * multiply_add(p.inverse1 * -kMillsSlope, p.slope, p.sum2)};
}

STRIKEPROOF_INLINE Real discount_of(const Option& o) noexcept {
  const Double exponent = two_product(-o.rate, o.time);
  return exp_near(exponent.high, exponent.low);
}

constexpr std::size_t kNormalQuantities = 6;

/// Price, or price, delta, gamma, vega, theta, rho.
template <std::size_t count>
STRIKEPROOF_INLINE void evaluate_normal(const Option& o, Real (&out)[count]) noexcept {
  using namespace black_scholes;
  const Real discount = discount_of(o);
  const Double x = two_sum(o.spot, -o.strike);
  const Real root = square_root(o.time);
  const Real s = o.volatility * root;
  const Real inverse = 1.0 / s;
  // sigma sqrt(T) = s + s_low
  const Real root_low = residual(root, root, o.time) * 0.5 / root;
  const Real s_low = multiply_add(o.volatility, root_low, product_error(o.volatility, root, s));
  const Real d = x.high * inverse;
  const Real d_low = (residual(d, s, x.high) + multiply_add(-d, s_low, x.low)) * inverse;
  const Double square = two_product(d, d);
  const Real scaled_density = exp_down(s * kInverseRootTwoPi, -0.5 * square.high,
                                       multiply_add(-d, d_low, -0.5 * square.low));
  const MillsSlope mills = mills_slope(magnitude(d));
  const Real gain = o.sign * x.high;
  const Real outside = scaled_density * mills.fall;
  out[kPrice] = discount * (maximum(gain, Real{}) + outside);
  if constexpr (count > 1) {
    const Real density = scaled_density * inverse;
    const Real tail = density * mills.ratio;
    const Real scaled = discount * density;
    out[kDelta] = o.sign * discount * select(gain > 0.0, 1.0 - tail, tail);
    out[kGamma] = scaled * inverse;
    out[kVega] = scaled * root;
    out[kTheta] = o.rate * out[kPrice] - (scaled * o.volatility) / (root + root);
    out[kRho] = -o.time * out[kPrice];
  }
}

// Householder's step for ln(s phi(h) (-M'(h))) = ln b.
STRIKEPROOF_INLINE Real normal_step(Real a, Real inverse_b, Real s) noexcept {
  const Real inverse = 1.0 / s;
  const Real h = a * inverse;
  const MillsSlope mills = mills_slope(h);
  const Real size = s * mills.fall;  // value / slope
  const Real argument = (size * kInverseRootTwoPi) * inverse_b;
  const Real excess = multiply_add(h * -0.5, h, log_near(argument));
  const Real inverse_size = 1.0 / size;
  const Real newton = -excess * size;
  const Real ratio = h * inverse;
  const Real second = h * ratio;
  const Real third = multiply_add(second, second, (ratio * -3.0) * ratio);
  const Real h2 = second - inverse_size;
  const Real h3 = multiply_add(inverse_size * -3.0, second,
                               multiply_add(inverse_size * 2.0, inverse_size, third));
  return newton * multiply_add(h2 * newton, 0.5, 1.0) /
         multiply_add(newton, multiply_add(h3 * newton, 1.0 / 6.0, h2), splat(1.0));
}

/// Lanes whose volatility the vector kernel looks for.
STRIKEPROOF_INLINE Bits searchable_normal(const Option& o) noexcept {
  constexpr double kLarge = 1e60;
  return (magnitude(o.spot) < kLarge) & (magnitude(o.strike) < kLarge) & (o.time > 1e-30) &
         (o.time < 1e30) & (magnitude(o.rate) * o.time < 100.0);
}

struct Implied {
  Real volatility;
  Bits answered;
};

/// o.volatility holds the price.
STRIKEPROOF_INLINE Implied implied_normal(const Option& o) noexcept {
  const Real price = o.volatility;
  const Real undiscounted = price / discount_of(o);
  const Real x = o.spot - o.strike;
  const Real intrinsic = maximum(o.sign * x, Real{});
  const Real value = undiscounted - intrinsic;
  const Real rounding = select(intrinsic > 0.0, undiscounted * 0x1p-50, Real{});
  const Real a = magnitude(x);
  Bits answered = searchable_normal(o) & (price < 1e60) & (value > rounding) & (value > 1e-290) &
                  (value > a * 1e-290);
  const Real b = select(answered, value, splat(1.0));
  const Real distance = select(answered, a, splat(1.0));
  Real s = distance_guess(distance, b, splat(1.0));
  const Real inverse_b = 1.0 / b;
  for (int step = 0; step < 2; ++step) s = s + normal_step(distance, inverse_b, s);
  answered = answered & (s > 0.0) & (s < 1e80);
  return {s / square_root(o.time), answered};
}

}  // namespace
}  // namespace strikeproof::simd
