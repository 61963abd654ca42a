// Unevaluated sums of two doubles, for the few places where a price's exponent needs them.
//
// A price in the tail is exp(-h^2/2) times something smooth, so a relative error in h is
// magnified by h^2, which is about 1400 where prices reach 1e-300. Carrying h in two doubles keeps
// the price to the last digits.
//
// [1] Dekker, T. J. (1971), Numer. Math. 18, 224-242.
// [2] Shewchuk, J. R. (1997), Discrete Comput. Geom. 18, 305-363.
#pragma once

#include <cmath>

namespace strikeproof::math {

struct DoubleDouble {
  double high;  // the sum, rounded
  double low;   // what the rounding left, at most half a unit of the last place of high
};

/// a + b without error, for any order of magnitudes [2, Theorem 7].
[[nodiscard]] inline DoubleDouble two_sum(double a, double b) noexcept {
  const double sum = a + b;
  const double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

/// a + b without error where |a| >= |b| [2, Theorem 6].
[[nodiscard]] inline DoubleDouble quick_sum(double a, double b) noexcept {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

/// a * b without error.
[[nodiscard]] inline DoubleDouble two_product(double a, double b) noexcept {
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
}

[[nodiscard]] inline DoubleDouble operator+(DoubleDouble a, DoubleDouble b) noexcept {
  const DoubleDouble sum = two_sum(a.high, b.high);
  const DoubleDouble rest = two_sum(a.low, b.low);
  const DoubleDouble first = quick_sum(sum.high, sum.low + rest.high);
  return quick_sum(first.high, first.low + rest.low);
}

[[nodiscard]] inline DoubleDouble operator-(DoubleDouble a) noexcept { return {-a.high, -a.low}; }

[[nodiscard]] inline DoubleDouble operator-(DoubleDouble a, DoubleDouble b) noexcept {
  return a + (-b);
}

[[nodiscard]] inline DoubleDouble operator*(DoubleDouble a, DoubleDouble b) noexcept {
  const DoubleDouble product = two_product(a.high, b.high);
  return quick_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

[[nodiscard]] inline DoubleDouble operator*(DoubleDouble a, double b) noexcept {
  const DoubleDouble product = two_product(a.high, b);
  return quick_sum(product.high, product.low + a.low * b);
}

[[nodiscard]] inline DoubleDouble operator/(DoubleDouble a, DoubleDouble b) noexcept {
  const double quotient = a.high / b.high;
  const DoubleDouble rest = a - b * quotient;
  return quick_sum(quotient, rest.high / b.high);
}

/// Square root of a positive number.
[[nodiscard]] inline DoubleDouble square_root(DoubleDouble a) noexcept {
  const double root = std::sqrt(a.high);
  const DoubleDouble rest = a - two_product(root, root);
  return quick_sum(root, rest.high / (2.0 * root));
}

/// ln(a / b) for positive finite a and b; relative error below 1e-17.
[[nodiscard]] DoubleDouble log_ratio(double a, double b) noexcept;

/// exp of a two-double exponent, rounded to a double.
[[nodiscard]] inline double exp_rounded(DoubleDouble exponent) noexcept {
  const double value = std::exp(exponent.high);
  return value + value * exponent.low;
}

/// exp(x) - 1 of a two-double exponent, rounded to a double.
[[nodiscard]] inline double expm1_rounded(DoubleDouble exponent) noexcept {
  const double value = std::expm1(exponent.high);
  return value + (1.0 + value) * exponent.low;
}

}  // namespace strikeproof::math
