// Elementary functions on vectors, for the ranges the kernels use; internal to the core.
//
//   exp(x) = 2^k exp(r),  k = round(x / ln 2), |r| <= ln(2)/2;  exp(r) = 1 + r + r^2 p(r)    [1]
//   ln(a / b) = k ln 2 + 2 artanh(s),  s = (a' - b')/(a' + b') with a', b' scaled by powers of two
//   u -> M(u) = N(-u)/phi(u): (u + 5) M(u) is a polynomial in y = 1 - 9/(u + 5) on [-1/2, inf)  [2]
//
// The coefficients come from core/tools/kernel_coefficients.py; what they leave out is below 2e-17.
//
// [1] Tang, P. T. P. (1989), ACM Trans. Math. Software 15(2), 144-157.
// [2] Schonfelder, J. L. (1978), Math. Comp. 32, 1232-1240.
// [3] Shewchuk, J. R. (1997), Discrete Comput. Geom. 18, 305-363.
#pragma once

#include "pack.hpp"

namespace strikeproof::simd {
namespace {

/// Unevaluated sum of two doubles a lane.
struct Double {
  Real high;
  Real low;
};

/// a + b without error [3, Theorem 7].
STRIKEPROOF_INLINE Double two_sum(Real a, Real b) noexcept {
  const Real sum = a + b;
  const Real part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

/// a + b without error where |a| >= |b| or a == 0 [3, Theorem 6].
STRIKEPROOF_INLINE Double quick_sum(Real a, Real b) noexcept {
  const Real sum = a + b;
  return {sum, b - (sum - a)};
}

STRIKEPROOF_INLINE Double two_product(Real a, Real b) noexcept {
  const Real product = a * b;
  return {product, product_error(a, b, product)};
}

constexpr double kInverseRootTwoPi = 0.39894228040143267794;
constexpr double kRootTwoPi = 2.50662827463100050242;
constexpr double kRounder = 0x1.8p52;  // adding it leaves the nearest integer in the low bits
// ln 2 in three parts: the first two have enough trailing zero bits for an exact product with k
constexpr double kLog2High = 0x1.62e42fefa3800p-1;
constexpr double kLog2Low = 0x1.ef35793c76730p-45;
constexpr double kLog2Rest = 0x1.f97b57a079a19p-103;
constexpr double kInverseLog2 = 0x1.71547652b82fep0;

// (exp(r) - 1 - r) / r^2
constexpr double kExp[] = {
    0.5000000000000001,     0.1666666666666667,     0.04166666666662416,   0.008333333333326141,
    0.0013888888917198588,  0.00019841269874802173, 2.480152131987891e-05, 2.7557255423879104e-06,
    2.7620076916475885e-07, 2.510520706495097e-08,
};

// 2 (artanh(s) - s) / s^3 in powers of s^2
constexpr double kArtanh[] = {
    0.6666666666666666,  0.3999999999999999,  0.2857142857143539,
    0.2222222221984961,  0.18181818594890037, 0.15384575041841636,
    0.13335642347021012, 0.11688045849993536, 0.11882665659588111,
};

// (u + 5) M(u) in powers of y
constexpr double kMills[] = {
    2.129871446222046,      -2.194756489784299,    1.897106298088059,       -1.3616057757875757,
    0.7923885908625232,     -0.35524730605741456,  0.10746054983041457,     -0.010664481971740674,
    -0.007938756369122587,  0.0037045664248849994, 9.400770275996433e-05,   -0.0005342881789485859,
    7.227577662341062e-05,  7.439227321669138e-05, -1.7909339820230522e-05, -1.1804549309659974e-05,
    3.3324119214568934e-06, 2.18581346134462e-06,  -5.327657634410708e-07,  -4.26761271060464e-07,
    6.69857538976426e-08,   7.073092442532734e-08, -4.849909396697633e-09,  -6.707414336301611e-09,
};

/// 2^k for -1022 <= k <= 1023, from rounder + k.
STRIKEPROOF_INLINE Real power_of_two(Real rounded) noexcept {
  return real_of((bits_of(rounded) << 52) + 0x3ff0000000000000ULL);
}

// 2^k (1 + tail) = exp(x + low).
struct Reduced {
  Real rounded;  // rounder + k
  Real tail;     // exp(r) - 1
};

STRIKEPROOF_INLINE Reduced reduce_exp(Real x, Real low) noexcept {
  const Real rounded = multiply_add(x, kInverseLog2, kRounder);
  const Real k = rounded - kRounder;
  const Real r = multiply_add(k, -kLog2Low, multiply_add(k, -kLog2High, x)) + low;
  return {rounded, multiply_add(r * r, polynomial(kExp, r), r)};
}

/// exp(x + low), |x| < 700.
STRIKEPROOF_INLINE Real exp_near(Real x, Real low) noexcept {
  const Reduced e = reduce_exp(x, low);
  const Real scale = power_of_two(e.rounded);
  return multiply_add(scale, e.tail, scale);
}

/// scale exp(x + low), x <= 700, 1e-60 < scale < 1e60: gradual underflow of the product only, since
/// a large scale brings back what exp alone would have lost; 0 below it.
STRIKEPROOF_INLINE Real exp_down(Real scale, Real x, Real low) noexcept {
  // far down the argument no longer matters, and 2^k would leave the exponent's range
  const Real bounded = maximum(x, splat(-1400.0));
  const Reduced e = reduce_exp(bounded, x < -1400.0 ? Real{} : low);
  // two factors whose exponents are halves of k + 2046; both are normal
  const UnsignedBits sum = bits_of(e.rounded) - (bits_of(splat(kRounder)) - 2046);
  const UnsignedBits half = (sum >> 1);
  const Real first = real_of(half << 52);
  const Real second = real_of((sum - half) << 52);
  return (scale * multiply_add(first, e.tail, first)) * second;
}

/// exp(x + low) and exp(x + low) - 1, |x| < 700, each with relative accuracy.
struct Exponential {
  Real value;
  Real minus_one;
};

STRIKEPROOF_INLINE Exponential exp_and_minus_one(Real x, Real low) noexcept {
  const Reduced e = reduce_exp(x, low);
  const Real scale = power_of_two(e.rounded);
  return {multiply_add(scale, e.tail, scale), multiply_add(scale, e.tail, scale - 1.0)};
}

/// ln(a / b) for positive normal a and b.
STRIKEPROOF_INLINE Double log_ratio(Real a, Real b) noexcept {
  // k = exponent difference, a' = a's fraction: a'/b in (1/2, 2), where a' - b is exact
  constexpr unsigned long long kFraction = 0x000fffffffffffffULL;
  constexpr unsigned long long kOne = 0x3ff0000000000000ULL;
  const Real near_b = real_of((bits_of(b) & kFraction) | kOne);
  const Real near_a = real_of((bits_of(a) & kFraction) | kOne);
  // into [sqrt(1/2), sqrt(2)], where the series is short
  const UnsignedBits high =
      reinterpret_cast<UnsignedBits>(near_a > near_b * 1.4142135623730951);  // all ones is -1
  const UnsignedBits low = reinterpret_cast<UnsignedBits>(near_a * 1.4142135623730951 < near_b);
  const UnsignedBits exponent = (bits_of(a) >> 52) - (bits_of(b) >> 52);
  const Real scaled = real_of(bits_of(near_a) + (high << 52) - (low << 52));
  const Real k = real_of((exponent - high + low) + bits_of(splat(kRounder))) - kRounder;
  const Real difference = scaled - near_b;
  const Double sum = two_sum(scaled, near_b);
  const Real inverse = 1.0 / sum.high;
  const Real s = difference * inverse;
  const Real s_low = multiply_add(-s, sum.low, residual(s, sum.high, difference)) * inverse;
  const Real square = s * s;
  const Real tail = (s * square) * polynomial(kArtanh, square);
  const Double series = quick_sum(s + s, multiply_add(splat(2.0), s_low, tail));
  const Double total = two_sum(k * kLog2High, series.high);
  return quick_sum(total.high, total.low + multiply_add(k, splat(kLog2Low), series.low));
}

/// ln(a) for positive normal a, absolute error below 1e-16 max(1, |ln a|).
STRIKEPROOF_INLINE Real log_near(Real a) noexcept {
  constexpr unsigned long long kOffset =
      0x3fe6a09e667f3bcdULL - (1024ULL << 52);  // below bits of sqrt(1/2)
  const UnsignedBits k = ((bits_of(a) - kOffset) >> 52) - 1024;
  const Real m = real_of(bits_of(a) - (k << 52));
  const Real scale = real_of(k + bits_of(splat(kRounder))) - kRounder;
  const Real s = (m - 1.0) / (m + 1.0);
  const Real square = s * s;
  const Real series = multiply_add(s * square, polynomial(kArtanh, square), s + s);
  return multiply_add(scale, splat(kLog2High), multiply_add(scale, splat(kLog2Low), series));
}

}  // namespace
}  // namespace strikeproof::simd
