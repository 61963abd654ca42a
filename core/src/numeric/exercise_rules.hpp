// What the lattice, finite-difference and dividend engines share: the payoff, checks of the inputs,
// and the value where nothing is uncertain; internal to the core.
//
// A stock that pays D at t_D has the forward (S - sum of D exp(-(r - q) t_D)) exp((r - q) T)
// whatever its model: who holds exp(-q (T - t)) shares at t, more by the yield, takes in
// D exp(-q (T - t_D)) at t_D. Hence a dividend's worth today in units of the stock, by which all of
// this goes, is D exp(-(r - q) t_D), more than its price exp(-r t_D) where there is a yield.
//
// With volatility 0 the discounted gain from exercise at t is phi (X exp(-q t) - K exp(-r t)),
// where between two dividends X = S - sum of D exp(-(r - q) t_D) over those paid (at least 0) is
// constant in both models of dividends. Its one stationary point in each stretch is exp((r - q) t)
// = r K / (q X); the best of these, the dividend dates (just before), today and expiry is the
// value.
#pragma once

#include <cmath>
#include <cstddef>

#include "strikeproof/exercise.hpp"
#include "strikeproof/math/jet.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof {

/// A market whose volatility and rate may carry derivatives.
template <class T>
struct MarketOf {
  double spot;
  T rate;
  double dividend_yield;
  T volatility;
};

using VolatilityAndRate = math::Jet<2, 0>;

[[nodiscard]] inline MarketOf<double> market_of(const FlatMarket& m, double) noexcept {
  return {m.spot, m.rate, m.dividend_yield, m.volatility};
}

[[nodiscard]] inline MarketOf<VolatilityAndRate> market_of(const FlatMarket& m,
                                                           VolatilityAndRate) noexcept {
  return {m.spot, VolatilityAndRate::input(m.rate, 1), m.dividend_yield,
          VolatilityAndRate::input(m.volatility, 0)};
}

/// max(phi (spot - strike), 0), with the derivatives of the side taken.
template <class T>
[[nodiscard]] T intrinsic_value(double phi, const T& spot, double strike) noexcept {
  const T gain = phi * (spot - strike);
  return math::value_of(gain) > 0.0 ? gain : T(0.0);
}

template <class T>
[[nodiscard]] const T& larger(const T& a, const T& b) noexcept {
  return math::value_of(a) < math::value_of(b) ? b : a;
}

/// What a dividend of `amount` after `wait` takes from the spot of a stock whose forward grows at
/// `carry`, the rate less the dividend yield.
template <class T>
[[nodiscard]] T present_dividend(double amount, const T& carry, const T& wait) noexcept {
  using std::exp;
  return amount * exp(-carry * wait);
}

/// The same of all cash dividends still to be paid at t.
template <class T>
[[nodiscard]] T present_dividends(const CashDividends& dividends, double t, double expiry,
                                  const T& carry) noexcept {
  T sum(0.0);
  for (std::size_t i = 0; i < dividends.times.size(); ++i) {
    const double paid = dividends.times[i];
    if (paid > t && paid > 0.0 && paid < expiry) {
      sum += present_dividend(dividends.amounts[i], carry, T(paid - t));
    }
  }
  return sum;
}

/// kOk, or why the inputs cannot be priced.
[[nodiscard]] Status check(const ExercisableOption& option, const FlatMarket& market) noexcept;
[[nodiscard]] Status check(const CashDividends& dividends) noexcept;

/// No time, no volatility, no spot or no strike: the best moment to exercise is known.
[[nodiscard]] bool is_certain(const ExercisableOption& option, const FlatMarket& market) noexcept;
[[nodiscard]] GreeksResult certain_value(const ExercisableOption& option, const FlatMarket& market,
                                         const CashDividends& dividends = {}) noexcept;
[[nodiscard]] inline PriceResult price_of(const GreeksResult& found) noexcept {
  return {found.value.price, found.status};
}

/// theta of what the Black-Scholes equation holds for, from the other derivatives.
[[nodiscard]] inline double theta_of(const Greeks& g, const FlatMarket& m) noexcept {
  const double variance = m.volatility * m.volatility * m.spot * m.spot;
  return m.rate * g.price - (m.rate - m.dividend_yield) * m.spot * g.delta -
         0.5 * variance * g.gamma;
}

[[nodiscard]] Greeks no_greeks() noexcept;  // all NaN

}  // namespace strikeproof
