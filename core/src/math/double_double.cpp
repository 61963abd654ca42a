// Logarithm of a ratio in two doubles.
//
//   a / b = 2^k m,   m in [sqrt(1/2), sqrt(2)],   ln(a / b) = k ln 2 + 2 artanh(s),
//   s = (m - 1) / (m + 1) = (a' - b') / (a' + b') with a', b' scaled by powers of two.
//
// |s| <= 0.1716, so the series 2 s (1 + s^2/3 + s^4/5 + ...) gains 1.53 digits a term; only its
// first term needs two doubles, the rest is at most a hundredth of it.
//
// [1] Abramowitz and Stegun, Handbook of Mathematical Functions, 4.1.27.
#include "strikeproof/math/double_double.hpp"

namespace strikeproof::math {
namespace {

// ln 2 in two doubles: the first has 11 trailing zero bits, so that k times it is exact.
constexpr double kLog2High = 0x1.62e42fefa3800p-1;
constexpr double kLog2Low = 0x1.ef35793c76730p-45;
constexpr double kLog2Rest = 0x1.f97b57a079a19p-103;
constexpr int kTerms = 12;

// (artanh(s) - s) / s as a function of s^2.
double artanh_tail(double square) noexcept {
  double sum = 0.0;
  for (int k = kTerms; k >= 1; --k) sum = (sum + 1.0 / (2 * k + 1)) * square;
  return sum;
}

}  // namespace

DoubleDouble log_ratio(double a, double b) noexcept {
  int exponent_a = 0;
  int exponent_b = 0;
  double mantissa_a = std::frexp(a, &exponent_a);
  const double mantissa_b = std::frexp(b, &exponent_b);
  int k = exponent_a - exponent_b;
  constexpr double kRootHalf = 0.70710678118654752;
  if (mantissa_a < kRootHalf * mantissa_b) {
    mantissa_a *= 2.0;
    --k;
  } else if (mantissa_a * kRootHalf > mantissa_b) {
    mantissa_a *= 0.5;
    ++k;
  }
  const DoubleDouble s = two_sum(mantissa_a, -mantissa_b) / two_sum(mantissa_a, mantissa_b);
  const DoubleDouble twice = {2.0 * s.high, 2.0 * s.low};
  // the tail needs s^2 to relative 1e-17 only where it is 1e-2 of the sum: carry its product too
  const DoubleDouble square = s * s;
  const double tail = artanh_tail(square.high);
  const DoubleDouble series = twice + two_product(twice.high, tail);
  const auto scale = static_cast<double>(k);
  const DoubleDouble power =
      two_sum(scale * kLog2High, scale * kLog2Low) + DoubleDouble{scale * kLog2Rest, 0.0};
  return power + series;
}

}  // namespace strikeproof::math
