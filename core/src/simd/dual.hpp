// Numbers that carry two derivatives with them, on vectors; internal to the core.
//
// A formula written for a type T gives its value with T = Real, and its derivatives by two inputs
// with T = Dual [1].
//
// [1] Griewank, A. and Walther, A. (2008), Evaluating Derivatives, 2nd ed., SIAM, ch. 3.
#pragma once

#include "vector_math.hpp"

namespace strikeproof::simd {
namespace {

struct Dual {
  Real value;
  Real first;
  Real second;
};

// phi(f) from phi and its slope at f.
STRIKEPROOF_INLINE Dual chain(Dual f, Real phi, Real slope) noexcept {
  return {phi, slope * f.first, slope * f.second};
}

STRIKEPROOF_INLINE Dual operator+(Dual f, Dual g) noexcept {
  return {f.value + g.value, f.first + g.first, f.second + g.second};
}
STRIKEPROOF_INLINE Dual operator-(Dual f, Dual g) noexcept {
  return {f.value - g.value, f.first - g.first, f.second - g.second};
}
STRIKEPROOF_INLINE Dual operator-(Dual f) noexcept { return {-f.value, -f.first, -f.second}; }
STRIKEPROOF_INLINE Dual operator*(Dual f, Dual g) noexcept {
  return {f.value * g.value, f.first * g.value + f.value * g.first,
          f.second * g.value + f.value * g.second};
}
STRIKEPROOF_INLINE Dual operator/(Dual f, Dual g) noexcept {
  const Real inverse = 1.0 / g.value;
  const Real quotient = f.value * inverse;
  return {quotient, (f.first - quotient * g.first) * inverse,
          (f.second - quotient * g.second) * inverse};
}
STRIKEPROOF_INLINE Dual operator+(Dual f, double c) noexcept {
  return {f.value + c, f.first, f.second};
}
STRIKEPROOF_INLINE Dual operator-(Dual f, double c) noexcept {
  return {f.value - c, f.first, f.second};
}
STRIKEPROOF_INLINE Dual operator+(double c, Dual f) noexcept { return f + c; }
STRIKEPROOF_INLINE Dual operator-(double c, Dual f) noexcept { return -f + c; }
STRIKEPROOF_INLINE Dual operator*(double c, Dual f) noexcept {
  return {c * f.value, c * f.first, c * f.second};
}
STRIKEPROOF_INLINE Dual operator*(Dual f, double c) noexcept { return c * f; }
STRIKEPROOF_INLINE Dual operator*(Dual f, Real c) noexcept {
  return {f.value * c, f.first * c, f.second * c};
}
STRIKEPROOF_INLINE Dual multiply_add(Dual f, double c, Dual g) noexcept {
  return {multiply_add(f.value, c, g.value), multiply_add(f.first, c, g.first),
          multiply_add(f.second, c, g.second)};
}
STRIKEPROOF_INLINE Dual operator/(double c, Dual f) noexcept {
  const Real quotient = c / f.value;
  return chain(f, quotient, -quotient / f.value);
}

// The value without derivatives, for comparisons.
STRIKEPROOF_INLINE Real value_of(Real f) noexcept { return f; }
STRIKEPROOF_INLINE Real value_of(Dual f) noexcept { return f.value; }

STRIKEPROOF_INLINE Dual select(Bits mask, Dual yes, Dual no) noexcept {
  return {select(mask, yes.value, no.value), select(mask, yes.first, no.first),
          select(mask, yes.second, no.second)};
}

STRIKEPROOF_INLINE Real constant(Real value, Real) noexcept { return value; }
STRIKEPROOF_INLINE Dual constant(Real value, Dual) noexcept { return {value, Real{}, Real{}}; }

/// The lower, or the higher, of a number and a bound.
template <class T>
STRIKEPROOF_INLINE T lower_of(T f, double bound) noexcept {
  return select(value_of(f) < bound, f, constant(splat(bound), f));
}
template <class T>
STRIKEPROOF_INLINE T higher_of(T f, double bound) noexcept {
  return select(value_of(f) > bound, f, constant(splat(bound), f));
}
template <class T>
STRIKEPROOF_INLINE T higher_of(T f, T g) noexcept {
  return select(value_of(f) > value_of(g), f, g);
}

STRIKEPROOF_INLINE Dual square_root(Dual f) noexcept {
  const Real root = square_root(f.value);
  // at 0 the derivative is that of a number that stays there
  return chain(f, root, select(root > 0.0, 0.5 / root, Real{}));
}

/// exp(f), with f held within +-690.
STRIKEPROOF_INLINE Real exponential(Real f) noexcept {
  return exp_near(maximum(minimum(f, splat(690.0)), splat(-690.0)), Real{});
}
STRIKEPROOF_INLINE Dual exponential(Dual f) noexcept {
  const Real e = exponential(f.value);
  return chain(f, e, e);
}

/// ln f, f > 0.
STRIKEPROOF_INLINE Real logarithm(Real f) noexcept { return log_near(f); }
STRIKEPROOF_INLINE Dual logarithm(Dual f) noexcept {
  return chain(f, log_near(f.value), 1.0 / f.value);
}

template <class T>
struct Normal {
  T cdf;
  T density;
};

/// exp(-z^2/2) / sqrt(2 pi).
STRIKEPROOF_INLINE Real density(Real z) noexcept {
  return kInverseRootTwoPi * exponential(-0.5 * (z * z));
}
STRIKEPROOF_INLINE Dual density(Dual z) noexcept {
  const Real phi = density(z.value);
  return chain(z, phi, -(z.value * phi));
}

/// Normal distribution and density, absolute error of some 1e-16.
STRIKEPROOF_INLINE Normal<Real> normal(Real z) noexcept {
  const Real u = magnitude(z);
  const Real inverse = 1.0 / (u + 5.0);
  const Real y = multiply_add(inverse, -9.0, 1.0);
  const Real phi = density(z);
  const Real tail = phi * (inverse * polynomial(kMills, y));
  return {select(z > 0.0, 1.0 - tail, tail), phi};
}
STRIKEPROOF_INLINE Normal<Dual> normal(Dual z) noexcept {
  const Normal<Real> at = normal(z.value);
  return {chain(z, at.cdf, at.density), chain(z, at.density, -(z.value * at.density))};
}

}  // namespace
}  // namespace strikeproof::simd
