// European options under Black-Scholes-Merton.
//
//   A = S exp(-q T), B = K exp(-r T)     present values of what is exchanged
//   x = ln(A / B), w = sigma sqrt(T), h = x / w, t = w / 2, d1 = h + t, d2 = h - t
//   call = A N(d1) - B N(d2),  put = B N(-d2) - A N(-d1)                               [1]
//   G = A phi(d1) = B phi(d2)            derivative of the price in w
//   Y(z) = N(z) / phi(z)                 Mills ratio of the lower tail
//
// An out-of-the-money price is written so that nothing cancels, as in [2]:
//
//   price = G (Y(d1) - Y(d2)),  h = -|x| / w,  d1 <= 0
//         = 2 G sum_k a_{2k+1}(h) t^{2k+1}   for t <= 1/4, all terms positive
//
// where a_n(z) = (1/n!) int_0^inf s^n exp(z s - s^2/2) ds are the Taylor coefficients of Y, with
// (n + 1) a_{n+1} = z a_n + a_{n-1}. For z far below zero they are the recurrence's minimal
// solution, found from the ratios a_n / a_{n-1} run backwards [3]; near zero forwards. An
// in-the-money price is its intrinsic value B expm1(x) plus the out-of-the-money one.
//
// x, w, h, d1, d2 and the exponent of G are sums of two doubles, because the exponent magnifies
// their relative errors by up to 1400 where prices reach 1e-300.
//
// This is the careful engine: one option at a time, every limit, every failure. Ordinary options
// are answered by the vector kernels (src/simd), which hand it the others.
//
// [1] Black, F. and Scholes, M. (1973), J. Political Economy 81(3), 637-654; Merton, R. C. (1973),
//     Bell J. Econ. 4(1), 141-183.
// [2] Jaeckel, P. (2015), Let's Be Rational, Wilmott 2015(75), 40-53.
// [3] Gautschi, W. (1967), Computational aspects of three-term recurrence relations, SIAM Rev.
// 9(1).
// [4] Haug, E. G. (2007), The Complete Guide to Option Pricing Formulas, 2nd ed., McGraw-Hill.
#include "strikeproof/black_scholes.hpp"

#include <cmath>
#include <limits>

#include "strikeproof/black_scholes_terms.hpp"

namespace strikeproof::black_scholes {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Status checked(const VanillaOption& o, const FlatMarket& m) noexcept {
  const double sum =
      o.strike + o.time_to_expiry + m.spot + m.rate + m.dividend_yield + m.volatility;
  if (!std::isfinite(sum)) {
    const bool finite = std::isfinite(o.strike) && std::isfinite(o.time_to_expiry) &&
                        std::isfinite(m.spot) && std::isfinite(m.rate) &&
                        std::isfinite(m.dividend_yield) && std::isfinite(m.volatility);
    if (!finite) return Status::kNonFinite;
  }
  const bool inside =
      o.strike >= 0.0 && o.time_to_expiry >= 0.0 && m.spot >= 0.0 && m.volatility >= 0.0;
  return inside ? Status::kOk : Status::kOutOfDomain;
}

// +inf, -inf or 0 by the sign of a coefficient.
double infinite(double coefficient) noexcept {
  return coefficient > 0.0 ? kInfinity : coefficient < 0.0 ? -kInfinity : 0.0;
}

bool is_kink(double gain, double B) noexcept { return gain == 0.0 && B > 0.0; }

// Second order at the kink, A == B: the limits of smooth's formulas from sigma > 0, where d1 = -d2
// = w/2, G = A phi(0) and gamma = +inf. Terms in (r - q)/w win over those in w/T.
void put_kink(const VanillaOption& o, const FlatMarket& m, double A, Quantities& v) noexcept {
  const double T = o.time_to_expiry;
  const bool expired = T == 0.0;
  const double carry = m.rate - m.dividend_yield;
  const double half_carry = 0.5 * (m.rate + m.dividend_yield);
  const double density = A * math::kInverseRootTwoPi;
  v[kVanna] = 0.5 * density * std::sqrt(T) / m.spot;
  v[kVolga] = 0.0;
  v[kCharm] = carry == 0.0 ? m.dividend_yield * v[kDelta] : infinite(-carry);
  if (expired && m.volatility > 0.0) {
    const double drift = 0.5 * carry / m.volatility + 0.25 * m.volatility;
    v[kCharm] = drift == 0.0 ? m.dividend_yield * v[kDelta] : infinite(-drift);
  }
  v[kVeta] = expired ? -kInfinity : density * (half_carry * std::sqrt(T) - 0.5 / std::sqrt(T));
  v[kSpeed] = -kInfinity;
  v[kZomma] = -kInfinity;
  v[kColor] = expired ? kInfinity : infinite(half_carry + 0.5 / T);
}

// All quantities of an option whose payoff is certain: no time, no volatility, or one side of the
// exchange worth nothing. At the kink, A == B, the derivatives are the limits from sigma > 0.
Quantities certain(double phi, const VanillaOption& o, const FlatMarket& m) noexcept {
  const double T = o.time_to_expiry;
  const double asset_discount = std::exp(-m.dividend_yield * T);
  const Sides sides = make_sides(o, m);
  const auto [A, B] = sides;
  const double gain = certain_gain(o, m, sides);
  const bool kink = is_kink(gain, B);
  const double exercised = kink ? 0.5 : (phi * gain > 0.0 || (B == 0.0 && phi > 0.0) ? 1.0 : 0.0);
  const double drift = phi * (m.dividend_yield * A - m.rate * B);
  Quantities v{};
  v[kPrice] = phi * gain > 0.0 ? phi * gain : 0.0;
  v[kDelta] = phi * asset_discount * exercised;
  v[kGamma] = kink ? kInfinity : 0.0;
  v[kVega] = kink ? A * std::sqrt(T) * math::kInverseRootTwoPi : 0.0;
  v[kTheta] = kink && T == 0.0 && m.volatility > 0.0 ? -kInfinity
              : exercised == 0.0                     ? 0.0
                                                     : exercised * drift;
  v[kRho] = phi * T * B * exercised;
  v[kDividendRho] = -phi * T * A * exercised;
  v[kCharm] = m.dividend_yield * v[kDelta];
  if (kink) put_kink(o, m, A, v);
  return v;
}

bool is_certain(const VanillaOption& o, const FlatMarket& m) noexcept {
  return m.spot == 0.0 || o.strike == 0.0 || o.time_to_expiry == 0.0 || m.volatility == 0.0;
}

Quantities no_quantities() noexcept {
  Quantities none{};
  none.fill(kNaN);
  return none;
}

// Whether the first `count` are numbers; only a certain payoff may have infinite derivatives, and
// never an infinite price, delta, vega or rho.
bool in_range(const Quantities& v, std::size_t count, bool certain) noexcept {
  for (std::size_t k = 0; k < count; ++k) {
    const bool may_be_infinite = certain && (k == kGamma || k == kTheta || k > kDividendRho);
    if (std::isfinite(v[k]) || (may_be_infinite && !std::isnan(v[k]))) continue;
    return false;
  }
  return true;
}

// Derivatives of second order from those of first order [4, ch. 2].
void put_second_order(const VanillaOption& o, const FlatMarket& m, const Terms& terms,
                      Quantities& v) noexcept {
  const double d1 = terms.d1.high;
  const double d2 = terms.d2.high;
  const double density = terms.derivative / m.spot;
  const double half_inverse_time = 0.5 / o.time_to_expiry;
  const double product = d1 * d2;
  const double drift = (m.rate - m.dividend_yield) / terms.w.high;
  const double common = m.dividend_yield + drift * d1;
  v[kVanna] = -density * d2 / m.volatility;
  v[kVolga] = v[kVega] * product / m.volatility;
  v[kCharm] = m.dividend_yield * v[kDelta] - density * (drift - d2 * half_inverse_time);
  v[kVeta] = v[kVega] * (common - (1.0 + product) * half_inverse_time);
  v[kSpeed] = -v[kGamma] / m.spot * (d1 / terms.w.high + 1.0);
  v[kZomma] = v[kGamma] * (product - 1.0) / m.volatility;
  v[kColor] = v[kGamma] * (common + (1.0 - product) * half_inverse_time);
}

Quantities smooth(double phi, const VanillaOption& o, const FlatMarket& m,
                  const Terms& terms) noexcept {
  const double T = o.time_to_expiry;
  const Sides sides = make_sides(o, m);
  const double root = std::sqrt(T);
  const double G = terms.derivative;
  const double asset = exchanged(phi * terms.d1.high, sides.A, G);
  const double cash = exchanged(phi * terms.d2.high, sides.B, G);
  Quantities v{};
  v[kPrice] = value(phi, sides, terms);
  v[kDelta] = phi * std::exp(-m.dividend_yield * T) * tail_cdf(phi, terms.d1);
  v[kGamma] = G / m.spot / (m.spot * terms.w.high);
  v[kVega] = G * root;
  v[kTheta] = -G * m.volatility / (2.0 * root) + phi * (m.dividend_yield * asset - m.rate * cash);
  v[kRho] = phi * T * cash;
  v[kDividendRho] = -phi * T * asset;
  return v;
}

}  // namespace

PriceResult careful::price(const VanillaOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return {kNaN, status};
  const auto phi = static_cast<double>(option.type);
  double result = 0.0;
  const Terms terms = is_certain(option, market) ? Terms{} : make_terms(option, market);
  if (terms.w.high > 0.0) {
    result = value(phi, make_sides(option, market), terms);
  } else {
    result = certain(phi, option, market)[kPrice];
  }
  if (!std::isfinite(result)) return {kNaN, Status::kOverflow};
  return {result, Status::kOk};
}

QuantitiesResult careful::quantities(const VanillaOption& option, const FlatMarket& market,
                                     std::size_t count) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return {no_quantities(), status};
  const auto phi = static_cast<double>(option.type);
  const Terms terms = is_certain(option, market) ? Terms{} : make_terms(option, market);
  const bool uncertain = terms.w.high > 0.0;
  Quantities v = uncertain ? smooth(phi, option, market, terms) : certain(phi, option, market);
  if (uncertain && count > kDividendRho + 1) put_second_order(option, market, terms, v);
  if (!in_range(v, count, !uncertain)) return {no_quantities(), Status::kOverflow};
  return {v, Status::kOk};
}

}  // namespace strikeproof::black_scholes
