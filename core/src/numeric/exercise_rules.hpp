// What the lattice, finite-difference and dividend engines share: the payoff, checks of the inputs,
// and the value where nothing is uncertain; internal to the core.
//
// With volatility 0 the discounted gain from exercise at t, phi (S exp(-q t) - K exp(-r t)), has one
// stationary point, exp((r - q) t) = r K / (q S); the best of it, today and expiry is the value.
#pragma once

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

/// kOk, or why the inputs cannot be priced.
[[nodiscard]] Status check(const ExercisableOption& option, const FlatMarket& market) noexcept;
[[nodiscard]] Status check(const CashDividends& dividends) noexcept;

/// No time, no volatility, no spot or no strike: the best moment to exercise is known.
[[nodiscard]] bool is_certain(const ExercisableOption& option, const FlatMarket& market) noexcept;
[[nodiscard]] GreeksResult certain_value(const ExercisableOption& option,
                                         const FlatMarket& market) noexcept;

/// theta of what the Black-Scholes equation holds for, from the other derivatives.
[[nodiscard]] inline double theta_of(const Greeks& g, const FlatMarket& m) noexcept {
  const double variance = m.volatility * m.volatility * m.spot * m.spot;
  return m.rate * g.price - (m.rate - m.dividend_yield) * m.spot * g.delta -
         0.5 * variance * g.gamma;
}

[[nodiscard]] Greeks no_greeks() noexcept;  // all NaN

}  // namespace strikeproof
