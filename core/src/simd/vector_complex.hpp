// Sine, cosine, arctangent and complex elementary functions on vectors; internal to the core.
//
//   sin, cos: argument less a multiple of pi/2 in three parts [1], polynomials on |r| <= pi/4
//   arctan:   of the smaller over the larger; above tan(pi/8), pi/4 + arctan((n - d)/(n + d))
//   sqrt:     real part from the modulus where it is the larger one, imaginary by division
//
// The coefficients come from core/tools/kernel_coefficients.py; what they leave out is below 1e-17.
// Nothing here tests for infinities: the callers' arguments are finite.
//
// [1] Cody, W. J. and Waite, W. (1980), Software manual for the elementary functions.
#pragma once

#include "vector_math.hpp"

namespace strikeproof::simd {
namespace {

// (sin(r) - r)/r^3 in powers of r^2
constexpr double kSine[] = {
    -0.16666666666666666,  0.00833333333333095,     -0.0001984126983675979,
    2.755731610310499e-06, -2.5051131947369637e-08, 1.5918135932512497e-10,
};

// (cos(r) - 1 + r^2/2)/r^4 in powers of r^2
constexpr double kCosine[] = {
    0.041666666666666664,   -0.0013888888888887398, 2.4801587298766363e-05,
    -2.755731727203698e-07, 2.0876146325313664e-09, -1.1382636115740548e-11,
};

// (arctan(t) - t)/t^3 in powers of t^2
constexpr double kArctan[] = {
    -0.3333333333333333,   0.1999999999999981,   -0.14285714285661172, 0.11111111105277102,
    -0.09090908759150931,  0.07692296528185892,  -0.06666427474803975, 0.05878957114533005,
    -0.052306504658177884, 0.045524434824376084, -0.03459138921818257, 0.016307790678819534,
};

// pi/2 in three parts: the first two have enough trailing zero bits for an exact product
constexpr double kHalfPiHigh = 0x1.921fb54400000p+0;
constexpr double kHalfPiMiddle = 0x1.0b4611a600000p-34;
constexpr double kHalfPiLow = 0x1.3198a2e037073p-69;
constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;
constexpr double kInversePi = 0x1.45f306dc9c883p-2;
constexpr double kPi = 0x1.921fb54442d18p+1;
constexpr double kHalfPi = 0x1.921fb54442d18p+0;
constexpr double kQuarterPi = 0x1.921fb54442d18p-1;
constexpr double kTanEighthPi = 0.41421356237309503;

struct Complex {
  Real real;
  Real imag;
};

STRIKEPROOF_INLINE Complex operator+(Complex a, Complex b) noexcept {
  return {a.real + b.real, a.imag + b.imag};
}
STRIKEPROOF_INLINE Complex operator-(Complex a, Complex b) noexcept {
  return {a.real - b.real, a.imag - b.imag};
}
STRIKEPROOF_INLINE Complex operator-(Complex a) noexcept { return {-a.real, -a.imag}; }
STRIKEPROOF_INLINE Complex operator*(Complex a, Complex b) noexcept {
  return {multiply_add(a.real, b.real, -(a.imag * b.imag)),
          multiply_add(a.real, b.imag, a.imag * b.real)};
}
STRIKEPROOF_INLINE Complex operator*(double a, Complex b) noexcept {
  return {a * b.real, a * b.imag};
}
STRIKEPROOF_INLINE Complex operator+(double a, Complex b) noexcept { return {a + b.real, b.imag}; }
STRIKEPROOF_INLINE Complex scaled(Real a, Complex b) noexcept { return {a * b.real, a * b.imag}; }
STRIKEPROOF_INLINE Complex square_of(Complex a) noexcept {
  return {multiply_add(a.real, a.real, -(a.imag * a.imag)), 2.0 * (a.real * a.imag)};
}
STRIKEPROOF_INLINE Real norm(Complex a) noexcept {
  return multiply_add(a.real, a.real, a.imag * a.imag);
}
STRIKEPROOF_INLINE Complex select(Bits mask, Complex yes, Complex no) noexcept {
  return {select(mask, yes.real, no.real), select(mask, yes.imag, no.imag)};
}
STRIKEPROOF_INLINE Complex inverse(Complex a) noexcept {
  const Real share = 1.0 / norm(a);
  return {a.real * share, -(a.imag * share)};
}

struct Turn {
  Real sine;
  Real cosine;
};

/// sin(x) and cos(x), absolute error below 2e-16 for |x| < 1e5; beyond 1e9 only bounded.
STRIKEPROOF_INLINE Turn turn(Real x) noexcept {
  const Real rounded = multiply_add(x, kTwoOverPi, kRounder);
  const Real quarter = rounded - kRounder;
  Real r = multiply_add(quarter, -kHalfPiHigh, x);
  r = multiply_add(quarter, -kHalfPiMiddle, r);
  r = multiply_add(quarter, -kHalfPiLow, r);
  r = minimum(maximum(r, splat(-1.0)), splat(1.0));
  const Real square = r * r;
  const Real sine = multiply_add(r * square, polynomial(kSine, square), r);
  const Real cosine =
      multiply_add(square * square, polynomial(kCosine, square), multiply_add(square, -0.5, 1.0));
  const UnsignedBits count = bits_of(rounded);
  const Bits odd = reinterpret_cast<Bits>((count & 1) != 0);
  const UnsignedBits sine_sign = (count & 2) << 62;
  const UnsignedBits cosine_sign = ((count + 1) & 2) << 62;
  return {real_of(bits_of(select(odd, cosine, sine)) ^ sine_sign),
          real_of(bits_of(select(odd, sine, cosine)) ^ cosine_sign)};
}

/// Angle of (x, y) within [-pi, pi]; 0 at the origin.
STRIKEPROOF_INLINE Real angle(Real y, Real x) noexcept {
  const Real up = magnitude(y);
  const Real along = magnitude(x);
  const Bits steep = up > along;
  const Real low = select(steep, along, up);
  const Real high = maximum(select(steep, up, along), splat(1e-300));
  const Bits wide = low > kTanEighthPi * high;
  const Real t = select(wide, low - high, low) / select(wide, low + high, high);
  const Real square = t * t;
  const Real series = multiply_add(t * square, polynomial(kArctan, square), t);
  Real found = select(wide, kQuarterPi + series, series);
  found = select(steep, kHalfPi - found, found);
  found = select(x < 0.0, kPi - found, found);
  return real_of(bits_of(found) | (bits_of(y) & 0x8000000000000000ULL));
}

/// Principal square root; not of 0.
STRIKEPROOF_INLINE Complex square_root(Complex z) noexcept {
  const Real size = square_root(norm(z));
  const Real larger = square_root(0.5 * (size + magnitude(z.real)));
  const Real smaller = (0.5 * z.imag) / larger;
  const Bits left = z.real < 0.0;
  const Real sign = real_of((bits_of(z.imag) & 0x8000000000000000ULL) | 0x3ff0000000000000ULL);
  return {select(left, magnitude(smaller), larger), select(left, sign * larger, smaller)};
}

/// ln(1 + x), x > -1, relative accuracy.
STRIKEPROOF_INLINE Real log_one_plus(Real x) noexcept {
  const Real near = 1.0 + x;
  return log_near(near) + (x - (near - 1.0)) / near;
}

/// log(1 + z), principal branch; no loss for small z.
STRIKEPROOF_INLINE Complex log_one_plus(Complex z) noexcept {
  const Complex near = 1.0 + z;
  const Real excess = multiply_add(z.real, z.real + 2.0, z.imag * z.imag);
  return {0.5 * log_one_plus(maximum(excess, splat(-1.0 + 0x1p-53))), angle(z.imag, near.real)};
}

/// exp(z); real parts outside of +-700 are taken for the nearer of the two.
STRIKEPROOF_INLINE Complex exponential_of(Complex z) noexcept {
  const Real size = exp_near(minimum(maximum(z.real, splat(-700.0)), splat(700.0)), Real{});
  const Turn at = turn(z.imag);
  return {size * at.cosine, size * at.sine};
}

/// 1 - exp(-z), Re z >= 0, without loss for small z.
STRIKEPROOF_INLINE Complex decayed(Complex z) noexcept {
  const Exponential size = exp_and_minus_one(-minimum(z.real, splat(700.0)), Real{});
  const Turn half = turn(0.5 * z.imag);
  const Real twice = 2.0 * half.sine;
  return {multiply_add(twice * half.sine, size.value, -size.minus_one),
          size.value * (twice * half.cosine)};
}

}  // namespace
}  // namespace strikeproof::simd
