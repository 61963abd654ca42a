// Black-Scholes implied volatility on vectors; internal to the core.
//
// Symbols as in black_scholes_kernel.hpp, and a = |x|, b = out-of-the-money value / R in (0, 1),
// c = 1 - b, v = w/2 - a/w = -u1. The time value is taken out of the price by parity, so one
// function b(a, w) remains [1]:
//
//   b = phi(u1) (M(u1) - M(u2))            u1 >= -1/2
//   c = phi(u1) (M(-u1) + M(u2))           u1 < -1/2
//   b' = phi(u1),  b''/b' = a^2/w^3 - w/4,  b'''/b' = (b''/b')^2 - 3 a^2/w^4 - 1/4
//
// b is convex in w below w_c = sqrt(2 a), where v = 0, and concave above. First guess, far from the
// money: b behaves like N(v) up to a factor below v = 0, and 1 - b like N(-v) above, hence
//
//   v = sqrt(2) erfinv(p),  p = b/b_c - 1 below, (b - b_c)/(1 - b_c) above,  w = v + sqrt(v^2 + 2a)
//
// with erfinv from [2]. Near it b / a is a function of h = a / w alone, phi(h)/h - N(-h), up to the
// factor exp(a/2); a rational function inverts it. Either is within a fifth. Then Householder's
// third-order step, fourth-order convergence, on the form of b that is nearly linear [1]: 1/ln b
// below w_c, b above it, ln c in the upper half. A lane stops after the step whose successor could
// not change the last digit; lanes that have stopped keep their value whatever their neighbours do.
// No double length is needed: an error of the exponent moves w by that error over u1^2.
//
// [1] Jaeckel, P. (2015), Let's Be Rational, Wilmott 2015(75), 40-53.
// [2] Winitzki, S. (2008), A handy approximation for the error function and its inverse.
// [3] Householder, A. S. (1970), The Numerical Treatment of a Single Nonlinear Equation, sec. 4.4.
#pragma once

#include "black_scholes_kernel.hpp"

namespace strikeproof::simd {
namespace {

constexpr int kMostSteps = 8;
constexpr double kLastStep = 5e-5;  // relative; the next one is its fourth power
constexpr double kDeep = 600.0;     // u1^2 / 2 from which phi(u1) loses digits to underflow

// First guess near the money, core/tools/guess_coefficients.py
constexpr double kGuessAbove[] = {0.39894228, -0.00205655197, 0.0346179078, 0.0144020443};
constexpr double kGuessBelow[] = {1.0, -0.00712765472, 0.0968813766, 0.0218099779, 0.0102599581};

struct Target {
  Real a;
  Real b;
  Real c;
  Real log_b;
  Real inverse_log_b;
  Real inverse_wanted;  // 1 / b, or 1 / c in the upper half
  Bits lower;           // b < b_c: 1/ln b
  Bits upper;           // upper half: ln c
};

// b at the inflection w_c: phi(0) (M(0) - M(w_c)) with M to half a per cent.
STRIKEPROOF_INLINE Real inflection_value(Real centre) noexcept {
  return kInverseRootTwoPi * centre * multiply_add(centre, 0.394, 1.0) /
         multiply_add(centre, multiply_add(centre, 0.3144, 1.0207), splat(1.0));
}

// sqrt(2) erfinv(p) from 1 + p and 1 - p [2].
STRIKEPROOF_INLINE Real normal_guess(Real lower_p, Real upper_p) noexcept {
  constexpr double kShape = 0.147;
  constexpr double kStart = 2.0 / (3.14159265358979323846 * kShape);
  const Real logarithm = minimum(log_near(lower_p * upper_p), splat(-1e-30));
  const Real half = multiply_add(logarithm, 0.5, kStart);
  const Real ratio = logarithm * (-1.0 / kShape);
  const Real root = square_root(multiply_add(half, half, ratio));
  // root - half, from the side that does not cancel
  const Real square = select(half > 0.0, ratio / (root + half), root - half);
  const Real size = square_root(square + square);
  return select(lower_p < upper_p, -size, size);
}

// w with b = skew * w phi(h) (1 - h M(h)), h = a / w, to 1e-3; sqrt(2 pi) b for a = 0.
STRIKEPROOF_INLINE Real distance_guess(Real a, Real b, Real skew) noexcept {
  const Real z = (a * skew) / b;
  const Bits tiny = z < 1e-4;  // where 1 + z has lost digits of z
  const Real y = select(tiny, z * multiply_add(z, -0.5, 1.0), log_near(1.0 + z));
  const Real q = square_root(y);
  const Real a_by_y =
      select(tiny, multiply_add(z, 0.5, 1.0) * b / skew, a / select(tiny, splat(1.0), y));
  return a_by_y * polynomial(kGuessBelow, q) / polynomial(kGuessAbove, q);
}

// For short and near options: phi(u1) is phi(h) times exp(a/2), but for exp(-t^2/2).
STRIKEPROOF_INLINE Real near_guess(const Target& target) noexcept {
  const Real a = target.a;
  const Real skew =
      multiply_add(a, multiply_add(a, multiply_add(a, 1.0 / 48, 0.125), splat(0.5)), splat(1.0));
  return distance_guess(a, target.b, skew);
}

STRIKEPROOF_INLINE Real first_guess(Target& target) noexcept {
  const Real a2 = target.a + target.a;
  const Real b_c = inflection_value(square_root(a2));
  target.lower = target.b < b_c;
  target.upper = target.b > multiply_add(b_c, 0.5, 0.5);
  const Real denominator = 1.0 / select(target.lower, b_c, 1.0 - b_c);
  const Real lower_p =
      select(target.lower, target.b, multiply_add(b_c, -2.0, 1.0) + target.b) * denominator;
  const Real upper_p = select(target.lower, (b_c + b_c) - target.b, target.c) * denominator;
  const Real v = normal_guess(lower_p, upper_p);
  const Real root = square_root(multiply_add(v, v, a2));
  const Real far = select(v > 0.0, v + root, a2 / (root - v));
  return select((target.a < 1.5) & (target.b < 0.35), near_guess(target), far);
}

// The form's curvature: its second and third derivative in b over its first, times b' and b'^2.
struct Shape {
  Real newton;  // - distance / slope, in w
  Real second;
  Real third;
};

STRIKEPROOF_INLINE Shape shape_at(const Target& target, Real w, Real h, Real t) noexcept {
  const Real u1 = h - t;
  const Bits reflect = u1 < kReflectFrom;
  const MillsPair p = mills_pair(select(reflect, -u1, u1), h + t);
  const Real difference =
      (w * (p.inverse1 * p.inverse2)) * multiply_add(p.inverse1 * -kMillsSlope, p.slope, p.sum2);
  const Real sum = multiply_add(p.inverse1, p.sum1, p.inverse2 * p.sum2);
  const Real half_square = 0.5 * (u1 * u1);
  const Real density = kInverseRootTwoPi * exp_near(maximum(-half_square, splat(-650.0)), Real{});
  const Real inverse_density = 1.0 / density;
  const Real factor = select(reflect, sum, difference);
  const Real part = density * factor;  // c when reflected, else b
  const Real other = 1.0 - part;
  const Real b = select(reflect, other, part);

  // ln value - ln wanted, where the value is c in the upper half and b elsewhere
  const Bits direct = ~(target.upper ^ reflect);  // part is the value
  const Bits deep = half_square > kDeep;
  const Real argument = select(deep, difference * kInverseRootTwoPi,
                               select(direct, part, other) * target.inverse_wanted);
  const Real logarithm = log_near(argument);
  const Real excess = select(deep, (logarithm - half_square) - target.log_b, logarithm);
  const Real size = select(direct, factor, other * inverse_density);  // value / b'
  const Real log_value = target.log_b + excess;
  const Real inverse = 1.0 / (size * log_value);
  const Real inverse_size = inverse * log_value;
  const Real inverse_log = inverse * size;

  const Real scaled = excess * size;
  const Real newton = select(target.lower, -scaled * (log_value * target.inverse_log_b),
                             select(target.upper, scaled, (target.b - b) * inverse_density));
  const Real lower_third =
      multiply_add(inverse_log, multiply_add(inverse_log, 6.0, 6.0), splat(2.0));
  return {newton,
          inverse_size * select(target.lower, multiply_add(inverse_log, -2.0, -1.0),
                                select(target.upper, splat(1.0), Real{})),
          (inverse_size * inverse_size) *
              select(target.lower, lower_third, select(target.upper, splat(2.0), Real{}))};
}

STRIKEPROOF_INLINE Real householder_step(const Target& target, Real w) noexcept {
  const Real inverse_w = 1.0 / w;
  const Real h = target.a * inverse_w;
  const Shape shape = shape_at(target, w, h, 0.5 * w);
  const Real ratio = h * inverse_w;
  const Real second = multiply_add(h, ratio, w * -0.25);
  const Real third = multiply_add(second, second, multiply_add(ratio * -3.0, ratio, splat(-0.25)));
  const Real h2 = shape.second + second;
  const Real h3 = multiply_add(shape.second * 3.0, second, shape.third + third);
  const Real n = shape.newton;
  return n * multiply_add(h2 * n, 0.5, 1.0) /
         multiply_add(n, multiply_add(h3 * n, 1.0 / 6.0, h2), splat(1.0));
}

// One vector of the iteration.
struct Search {
  Target target;
  Real w;
  Real root;  // sqrt(T)
  Bits answered;
  Bits running;
};

/// o.volatility holds the price.
STRIKEPROOF_INLINE Search begin_search(Option o) noexcept {
  const Real price = o.volatility;
  o.volatility = splat(1.0);
  const Sides s = make_sides(o);
  const Real intrinsic = maximum(o.sign * s.gain, Real{});
  const Real time_value = price - intrinsic;
  const Real received = select(s.x.high > 0.0, s.B, s.A);
  const Real inverse = 1.0 / received;
  const Real a = magnitude(s.x.high);
  const Real b = time_value * inverse;
  const Real c = (received - time_value) * inverse;
  // where rounding of price or intrinsic value decides, the scalar engine finds the right words
  const Real rounding = select(intrinsic > 0.0, price * 0x1p-50, Real{});
  Search search;
  search.answered = ordinary(o) & (price < 1e60) & (time_value > rounding) & (b > 1e-305) &
                    (c > 0x1p-46) & (a < 600.0);
  Target& target = search.target;
  target.a = select(search.answered, a, splat(0.25));
  target.b = select(search.answered, b, splat(0.25));
  target.c = select(search.answered, c, splat(0.75));
  target.log_b = log_near(target.b);
  target.inverse_log_b = 1.0 / target.log_b;
  search.w = first_guess(target);
  target.inverse_wanted = 1.0 / select(target.upper, target.c, target.b);
  search.root = square_root(o.time);
  search.running = search.answered;
  return search;
}

STRIKEPROOF_INLINE void advance(Search& search) noexcept {
  const Real change = householder_step(search.target, search.w);
  const Real next = search.w + change;
  const Bits sound = (next > 0.0) & (next < 1e3);
  search.w = select(search.running & sound, next, search.w);
  search.answered = search.answered & (sound | ~search.running);
  search.running = search.running & sound & ~(magnitude(change) < kLastStep * search.w);
}

/// Several vectors at once, so that one's arithmetic fills the other's waiting.
template <std::size_t count>
STRIKEPROOF_INLINE void finish(Search (&searches)[count]) noexcept {
  for (int step = 0; step < kMostSteps; ++step) {
    Bits running{};
    for (Search& search : searches) {
      advance(search);
      running = running | search.running;
    }
    if (!any(running)) break;
  }
}

}  // namespace
}  // namespace strikeproof::simd
