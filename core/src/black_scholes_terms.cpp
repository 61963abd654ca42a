// Building blocks of the Black-Scholes engine; symbols and sources in black_scholes.cpp.
#include "strikeproof/black_scholes_terms.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace strikeproof::black_scholes {
namespace {

using math::DoubleDouble;

constexpr double kClamp = 1e5;           // far beyond any density, while its square is harmless
constexpr double kLargestWidth = 1e300;  // of w, so that nothing below overflows
constexpr double kSafeExponent = 600.0;  // exp of it is far from the ends of the range
constexpr double kSmallHalf = 0.25;      // t up to which the series is used
constexpr double kForwardFrom = -3.0;    // h from which the recurrence is run forwards
constexpr std::size_t kOddTerms = 9;     // terms of the series: (1/16)^9 / 17!! < 1e-18
constexpr int kBackwardStart = 72;       // ratio from which the recurrence is run backwards

using Coefficients = std::array<double, kOddTerms>;  // a_1, a_3, a_5, ...

Coefficients forward_coefficients(double z) noexcept {
  Coefficients odd{};
  double before = math::mills_ratio(-z);
  double current = 1.0 + z * before;
  for (std::size_t k = 0; k < kOddTerms; ++k) {
    odd[k] = current;
    const auto n = static_cast<double>(2 * k + 1);
    const double even = (z * current + before) / (n + 1.0);
    current = (z * even + current) / (n + 2.0);
    before = even;
  }
  return odd;
}

Coefficients backward_coefficients(double z) noexcept {
  std::array<double, 2 * kOddTerms> ratio{};
  const double start = kBackwardStart;
  double next = (z + std::sqrt(z * z + 4.0 * start)) / (2.0 * start);
  for (int n = kBackwardStart - 1; n >= 1; --n) {
    next = 1.0 / ((n + 1) * next - z);
    if (static_cast<std::size_t>(n) < ratio.size()) ratio[static_cast<std::size_t>(n)] = next;
  }
  Coefficients odd{};
  double current = math::mills_ratio(-z) * ratio[1];
  odd[0] = current;
  for (std::size_t k = 1; k < kOddTerms; ++k) {
    current *= ratio[2 * k] * ratio[2 * k + 1];
    odd[k] = current;
  }
  return odd;
}

// Y(h + t) - Y(h - t) for h <= 0 and small t > 0: every term is positive.
double mills_difference(double h, double t) noexcept {
  const Coefficients odd = h > kForwardFrom ? forward_coefficients(h) : backward_coefficients(h);
  double sum = 0.0;
  for (std::size_t k = kOddTerms; k-- > 0;) sum = sum * t * t + odd[k];
  return 2.0 * t * sum;
}

DoubleDouble clamped(DoubleDouble z) noexcept {
  if (z.high > kClamp) return {kClamp, 0.0};
  if (!(z.high > -kClamp)) return {-kClamp, 0.0};
  return z;
}

DoubleDouble half(DoubleDouble a) noexcept { return {0.5 * a.high, 0.5 * a.low}; }

// scale exp(exponent) / sqrt(2 pi), in two steps where exp alone would leave the range or lose
// digits at its lower end: a strike of 1e40 brings 1e-330 back to an ordinary number.
double scaled_density(double scale, DoubleDouble exponent) noexcept {
  if (std::fabs(exponent.high) < kSafeExponent) {
    return scale * (math::kInverseRootTwoPi * math::exp_rounded(exponent));
  }
  if (!(exponent.high > -4.0 * kSafeExponent)) return 0.0;
  const double root = math::exp_rounded(half(exponent));
  return (scale * root) * (math::kInverseRootTwoPi * root);
}

// A - B; B expm1(x) where the plain difference cancels.
double gain(const Sides& sides, DoubleDouble x) noexcept {
  if (std::fabs(x.high) > 1.0) return sides.A - sides.B;
  return sides.B * math::expm1_rounded(x);
}

// amount exp(exponent), in two steps where exp alone would leave the range.
double discounted(double amount, double exponent) noexcept {
  if (std::fabs(exponent) < kSafeExponent) return amount * std::exp(exponent);
  const double root = std::exp(0.5 * exponent);
  return (amount * root) * root;
}

// The out-of-the-money one of the pair as a call: an out-of-the-money put is mirrored,
// (A, B, d1, d2) -> (B, A, -d2, -d1).
struct AsCall {
  double d1;
  double d2;
};

AsCall as_call(const Terms& terms) noexcept {
  if (terms.x.high > 0.0) return {-terms.d2.high, -terms.d1.high};
  return {terms.d1.high, terms.d2.high};
}

}  // namespace

Sides make_sides(const VanillaOption& o, const FlatMarket& m) noexcept {
  return {discounted(m.spot, -m.dividend_yield * o.time_to_expiry),
          discounted(o.strike, -m.rate * o.time_to_expiry)};
}

DoubleDouble log_moneyness(const VanillaOption& o, const FlatMarket& m) noexcept {
  const DoubleDouble carry = math::two_sum(m.rate, -m.dividend_yield) * o.time_to_expiry;
  if (!(std::fabs(carry.high) < kLargestWidth)) return {carry.high, 0.0};
  return math::log_ratio(m.spot, o.strike) + carry;
}

Terms make_terms(const VanillaOption& o, const FlatMarket& m) noexcept {
  // sigma^2 T would underflow where w does not
  DoubleDouble w = math::square_root({o.time_to_expiry, 0.0}) * m.volatility;
  if (w.high == 0.0) return {};
  if (!(w.high < kLargestWidth)) w = {kLargestWidth, 0.0};
  return terms_at(log_moneyness(o, m), w, o.strike, math::two_product(-m.rate, o.time_to_expiry));
}

Terms terms_at(DoubleDouble x, DoubleDouble w, double strike, DoubleDouble log_discount) noexcept {
  const double rough = x.high / w.high;
  const DoubleDouble t = half(w);
  Terms terms{x, w, {}, {}, {-kClamp * kClamp, 0.0}, 0.0};
  if (std::fabs(rough) > 2.0 * kClamp + t.high) {  // nothing left to gain or lose
    const double side = x.high > 0.0 ? kClamp : -kClamp;
    terms.d1 = terms.d2 = {side, 0.0};
    return terms;
  }
  const DoubleDouble h = x / w;
  terms.d1 = clamped(h + t);
  terms.d2 = clamped(h - t);
  terms.exponent = log_discount - half(terms.d2 * terms.d2);
  terms.derivative = scaled_density(strike, terms.exponent);
  return terms;
}

double value_over_slope(const Terms& terms) noexcept {
  const double t = 0.5 * terms.w.high;
  if (t <= kSmallHalf) return mills_difference(-std::fabs(terms.x.high / terms.w.high), t);
  const AsCall d = as_call(terms);
  return math::mills_ratio(-d.d1) - math::mills_ratio(-d.d2);
}

double out_of_the_money(const Sides& sides, const Terms& terms) noexcept {
  const AsCall d = as_call(terms);
  const double G = terms.derivative;
  if (G == 0.0 && !(d.d1 > 0.0)) return 0.0;
  if (d.d1 <= 0.0 || terms.w.high <= 2.0 * kSmallHalf) return G * value_over_slope(terms);
  const double received = terms.x.high > 0.0 ? sides.B : sides.A;
  return received * math::normal_cdf(d.d1) - G * math::mills_ratio(-d.d2);
}

double log_out_of_the_money(double strike, const Terms& terms) noexcept {
  const double scaled = math::kInverseRootTwoPi * value_over_slope(terms);
  return terms.exponent.high + std::log(strike) + std::log(scaled);
}

double value(double phi, const Sides& sides, const Terms& terms) noexcept {
  const double outside = out_of_the_money(sides, terms);
  const bool in_the_money = phi * terms.x.high > 0.0;
  return in_the_money ? phi * gain(sides, terms.x) + outside : outside;
}

double certain_gain(const VanillaOption& o, const FlatMarket& m, const Sides& sides) noexcept {
  if (m.spot == 0.0 || o.strike == 0.0) return sides.A - sides.B;
  return gain(sides, log_moneyness(o, m));
}

double tail_cdf(double phi, DoubleDouble z) noexcept {
  const double density = scaled_density(1.0, -half(z * z));
  const double tail = density * math::mills_ratio(std::fabs(z.high));
  return phi * z.high > 0.0 ? 1.0 - tail : tail;
}

double exchanged(double z, double side, double G) noexcept {
  const double tail = G * math::mills_ratio(std::fabs(z));
  return z > 0.0 ? side - tail : tail;
}

}  // namespace strikeproof::black_scholes
