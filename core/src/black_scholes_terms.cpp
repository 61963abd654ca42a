// Building blocks of the Black-Scholes engine; symbols and sources in black_scholes.cpp.
#include "strikeproof/black_scholes_terms.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace strikeproof::black_scholes {
namespace {

using math::DoubleDouble;

constexpr double kClamp = 50.0;        // N(-50) is below every positive double
constexpr double kSmallHalf = 0.25;    // t up to which the series is used
constexpr double kForwardFrom = -3.0;  // h from which the recurrence is run forwards
constexpr std::size_t kOddTerms = 9;   // terms of the series: (1/16)^9 / 17!! < 1e-18
constexpr int kBackwardStart = 72;     // ratio from which the recurrence is run backwards

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

}  // namespace

DoubleDouble log_moneyness(const VanillaOption& o, const FlatMarket& m) noexcept {
  return math::log_ratio(m.spot, o.strike) +
         math::two_sum(m.rate, -m.dividend_yield) * o.time_to_expiry;
}

Terms make_terms(const VanillaOption& o, const FlatMarket& m) noexcept {
  const DoubleDouble variance = math::two_product(m.volatility, m.volatility) * o.time_to_expiry;
  if (!(variance.high > 0.0)) return {};
  const DoubleDouble w = math::square_root(variance);
  return terms_at(log_moneyness(o, m), w, o.strike, math::two_product(-m.rate, o.time_to_expiry));
}

Terms terms_at(DoubleDouble x, DoubleDouble w, double strike, DoubleDouble log_discount) noexcept {
  const double rough = x.high / w.high;
  const DoubleDouble t = half(w);
  Terms terms{x, w, {}, {}, 0.0};
  if (std::fabs(rough) > 2.0 * kClamp + t.high) {  // nothing left to gain or lose
    const double side = x.high > 0.0 ? kClamp : -kClamp;
    terms.d1 = terms.d2 = {side, 0.0};
    return terms;
  }
  const DoubleDouble h = x / w;
  terms.d1 = clamped(h + t);
  terms.d2 = clamped(h - t);
  const DoubleDouble exponent = log_discount - half(terms.d2 * terms.d2);
  terms.derivative = strike * (math::kInverseRootTwoPi * math::exp_rounded(exponent));
  return terms;
}

double out_of_the_money(double B, const Terms& terms) noexcept {
  // mirror an out-of-the-money put into a call: (A, B, d1, d2) -> (B, A, -d2, -d1)
  const bool put = terms.x.high > 0.0;
  const double d1 = put ? -terms.d2.high : terms.d1.high;
  const double d2 = put ? -terms.d1.high : terms.d2.high;
  const double t = 0.5 * terms.w.high;
  const double G = terms.derivative;
  if (G == 0.0 && !(d1 > 0.0)) return 0.0;
  if (t <= kSmallHalf) return G * mills_difference(-std::fabs(terms.x.high / terms.w.high), t);
  if (d1 <= 0.0) return G * (math::mills_ratio(-d1) - math::mills_ratio(-d2));
  const double received = put ? B : B * std::exp(terms.x.high) * (1.0 + terms.x.low);
  return received * math::normal_cdf(d1) - G * math::mills_ratio(-d2);
}

double value(double phi, double B, const Terms& terms) noexcept {
  const double outside = out_of_the_money(B, terms);
  const bool in_the_money = phi * terms.x.high > 0.0;
  return in_the_money ? phi * B * math::expm1_rounded(terms.x) + outside : outside;
}

DoubleDouble certain_gain(const VanillaOption& o, const FlatMarket& m, double B) noexcept {
  if (m.spot == 0.0) return {-B, 0.0};
  if (o.strike == 0.0) return {m.spot * std::exp(-m.dividend_yield * o.time_to_expiry), 0.0};
  return {B * math::expm1_rounded(log_moneyness(o, m)), 0.0};
}

double scaled_cdf(double phi, DoubleDouble z, double scale) noexcept {
  const double side = phi * z.high;
  const DoubleDouble exponent = DoubleDouble{scale, 0.0} - half(z * z);
  const double tail =
      math::kInverseRootTwoPi * math::exp_rounded(exponent) * math::mills_ratio(std::fabs(side));
  return side > 0.0 ? std::exp(scale) - tail : tail;
}

}  // namespace strikeproof::black_scholes
