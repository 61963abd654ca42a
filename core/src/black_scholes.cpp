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

// Price and Greeks of an option whose payoff is certain: no time, no volatility, or one side of
// the exchange worth nothing. At the kink, A == B, the derivatives are the limits from sigma > 0.
Greeks certain(double phi, const VanillaOption& o, const FlatMarket& m) noexcept {
  const double T = o.time_to_expiry;
  const double asset_discount = std::exp(-m.dividend_yield * T);
  const Sides sides = make_sides(o, m);
  const auto [A, B] = sides;
  const double gain = certain_gain(o, m, sides);
  const bool kink = gain == 0.0 && B > 0.0;
  const double exercised = kink ? 0.5 : (phi * gain > 0.0 || (B == 0.0 && phi > 0.0) ? 1.0 : 0.0);
  const double drift = phi * (m.dividend_yield * A - m.rate * B);
  Greeks g{};
  g.price = phi * gain > 0.0 ? phi * gain : 0.0;
  g.delta = phi * asset_discount * exercised;
  g.gamma = kink ? kInfinity : 0.0;
  g.vega = kink ? A * std::sqrt(T) * math::kInverseRootTwoPi : 0.0;
  g.theta = kink && T == 0.0 && m.volatility > 0.0 ? -kInfinity
            : exercised == 0.0                     ? 0.0
                                                   : exercised * drift;
  g.rho = phi * T * B * exercised;
  return g;
}

bool is_certain(const VanillaOption& o, const FlatMarket& m) noexcept {
  return m.spot == 0.0 || o.strike == 0.0 || o.time_to_expiry == 0.0 || m.volatility == 0.0;
}

constexpr Greeks kNoGreeks{kNaN, kNaN, kNaN, kNaN, kNaN, kNaN};

// Whether every number is one; at the kink of a certain payoff gamma is infinite, at expiry theta.
bool in_range(const Greeks& g, bool certain, bool expired) noexcept {
  const bool finite = std::isfinite(g.price) && std::isfinite(g.delta) && std::isfinite(g.vega) &&
                      std::isfinite(g.rho);
  const bool curved = std::isfinite(g.gamma) || (certain && g.gamma == kInfinity);
  const bool decays = std::isfinite(g.theta) || (expired && g.theta == -kInfinity);
  return finite && curved && decays;
}

Greeks smooth(double phi, const VanillaOption& o, const FlatMarket& m,
              const Terms& terms) noexcept {
  const double T = o.time_to_expiry;
  const Sides sides = make_sides(o, m);
  const double root = std::sqrt(T);
  const double G = terms.derivative;
  const double asset = exchanged(phi * terms.d1.high, sides.A, G);
  const double cash = exchanged(phi * terms.d2.high, sides.B, G);
  Greeks g{};
  g.price = value(phi, sides, terms);
  g.delta = phi * std::exp(-m.dividend_yield * T) * tail_cdf(phi, terms.d1);
  g.gamma = G / m.spot / (m.spot * terms.w.high);
  g.vega = G * root;
  g.theta = -G * m.volatility / (2.0 * root) + phi * (m.dividend_yield * asset - m.rate * cash);
  g.rho = phi * T * cash;
  return g;
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
    result = certain(phi, option, market).price;
  }
  if (!std::isfinite(result)) return {kNaN, Status::kOverflow};
  return {result, Status::kOk};
}

GreeksResult careful::greeks(const VanillaOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return {kNoGreeks, status};
  const auto phi = static_cast<double>(option.type);
  const Terms terms = is_certain(option, market) ? Terms{} : make_terms(option, market);
  const bool uncertain = terms.w.high > 0.0;
  const Greeks g = uncertain ? smooth(phi, option, market, terms) : certain(phi, option, market);
  if (!in_range(g, !uncertain, option.time_to_expiry == 0.0)) return {kNoGreeks, Status::kOverflow};
  return {g, Status::kOk};
}

}  // namespace strikeproof::black_scholes
