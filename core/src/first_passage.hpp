// The lognormal walk, its extremum, and the chances that barrier and touch options are made of.
//
//   X = ln(S_T / S), normal with mean m and deviation s = sigma sqrt(T); the mean is
//   m_0 = (r - q - sigma^2/2) T for what pays cash, m_1 = m_0 + s^2 for what pays the asset
//   b = ln(H / S), k a logarithm on the side of the barrier where the walk starts
//   e = +1 for a barrier below (down), -1 for one above (up): live is e (X - b) > 0
//
//   P(e (X - k) > 0)                            = N(e (m - k) / s)
//   P(barrier reached, then e (X - k) > 0)      = exp(2 m b / s^2) N(z),  z = e (2 b - k + m) / s
//
// by the reflection principle [1], [2]. The power and the distribution are never formed apart where
// one may overflow: with d = (k - m) / s,
//
//   exp(2 m b / s^2) phi(z) = phi(d) exp(-2 b (b - k) / s^2),  b (b - k) >= 0
//
// T is double for a price and a Jet for its Greeks.
//
// [1] Reiner, E. and Rubinstein, M. (1991), Breaking down the barriers, Risk 4(8), 28-35.
// [2] Karatzas, I. and Shreve, S. (1991), Brownian Motion and Stochastic Calculus, 2nd ed., 2.8.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "strikeproof/market.hpp"
#include "strikeproof/math/jet.hpp"
#include "strikeproof/math/normal.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::first_passage {

using Jet = math::Jet<4, 1>;  // by spot (twice), volatility, time, rate

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kLogOfZero = -1e5;  // beyond every price a deviation below 1000 can reach
inline constexpr double kCertain = 1e-40;   // deviations whose squares would underflow in a Jet

/// Market and time to expiry as numbers or as inputs of derivatives.
template <class T>
struct Inputs {
  T spot;
  T rate;
  T yield;
  T volatility;
  T time;
};

template <class T>
[[nodiscard]] Inputs<T> inputs(const FlatMarket& m, double time) noexcept {
  if constexpr (std::is_same_v<T, double>) {
    return {m.spot, m.rate, m.dividend_yield, m.volatility, time};
  } else {
    return {T::input(m.spot, 0), T::input(m.rate, 3), T(m.dividend_yield),
            T::input(m.volatility, 1), T::input(time, 2)};
  }
}

[[nodiscard]] inline bool is_certain(const FlatMarket& m, double time) noexcept {
  return m.spot == 0.0 || m.volatility * std::sqrt(time) < kCertain;
}

/// N(-u) / phi(u) with derivatives u M - 1 and M + u (u M - 1); u >= 0.
[[nodiscard]] inline double mills(double u) noexcept { return math::mills_ratio(u); }

template <std::size_t n, std::size_t m>
[[nodiscard]] math::Jet<n, m> mills(const math::Jet<n, m>& u) noexcept {
  const double ratio = math::mills_ratio(u.value);
  const double slope = u.value * ratio - 1.0;
  return math::compose(u, ratio, slope, ratio + u.value * slope);
}

/// exp(power) N(z), where exp(power) phi(z) = density.
template <class T>
[[nodiscard]] T tilted_tail(const T& power, const T& density, const T& z) noexcept {
  using std::exp;
  if (math::value_of(z) <= 0.0) return density * mills(-z);
  return exp(power) - density * mills(z);
}

/// ln(level / spot), with a stand-in for the logarithm of 0.
template <class T>
[[nodiscard]] T log_distance(const T& level, const T& spot) noexcept {
  using std::log;
  return math::value_of(level) > 0.0 ? log(level / spot) : T(kLogOfZero);
}

template <class T>
struct Walk {
  T mean;
  T deviation;

  /// P(e (X - k) > 0)
  [[nodiscard]] T beyond(double e, const T& k) const noexcept {
    using math::normal_cdf;
    return normal_cdf(e * ((mean - k) / deviation));
  }

  /// P(b reached, then e (X - k) > 0), e (k - b) >= 0
  [[nodiscard]] T returned(double e, const T& k, const T& b) const noexcept {
    using math::normal_pdf;
    using std::exp;
    const T variance = deviation * deviation;
    const T density = normal_pdf((k - mean) / deviation) * exp(-2.0 * (b * (b - k)) / variance);
    return tilted_tail(2.0 * (mean * b) / variance, density,
                       T(e * ((2.0 * b - k + mean) / deviation)));
  }

  /// P(b not reached, e (X - k) > 0), e (k - b) >= 0
  [[nodiscard]] T alive(double e, const T& k, const T& b) const noexcept {
    return beyond(e, k) - returned(e, k, b);
  }

  /// P(b reached)
  [[nodiscard]] T reached(double e, const T& b) const noexcept {
    return beyond(-e, b) + returned(e, b, b);
  }
};

/// Discount factors and the walk under both measures; deviation > 0, spot > 0.
template <class T>
struct Law {
  explicit Law(const Inputs<T>& in) noexcept {
    using std::exp;
    using std::sqrt;
    const T deviation = in.volatility * sqrt(in.time);
    const T half_variance = 0.5 * (deviation * deviation);
    const T carry = (in.rate - in.yield) * in.time;
    discount = exp(-(in.rate * in.time));
    asset = in.spot * exp(-(in.yield * in.time));
    for_cash = {carry - half_variance, deviation};
    for_asset = {carry + half_variance, deviation};
  }

  T discount;  // of cash at expiry
  T asset;     // present value of the asset at expiry
  Walk<T> for_cash;
  Walk<T> for_asset;
};

[[nodiscard]] inline bool in_range(const Greeks& g, bool may_be_infinite) noexcept {
  const bool firsts = std::isfinite(g.price) && std::isfinite(g.delta) && std::isfinite(g.vega) &&
                      std::isfinite(g.rho);
  const bool others = std::isfinite(g.gamma) && std::isfinite(g.theta);
  const bool numbers = !std::isnan(g.gamma) && !std::isnan(g.theta);
  return firsts && (others || (may_be_infinite && numbers));
}

[[nodiscard]] inline GreeksResult no_greeks(Status status) noexcept {
  return {{kNaN, kNaN, kNaN, kNaN, kNaN, kNaN}, status};
}

[[nodiscard]] inline PriceResult as_result(double value) noexcept {
  if (std::isfinite(value)) return {value, Status::kOk};
  return {kNaN, Status::kOverflow};
}

[[nodiscard]] inline Greeks as_greeks(const Jet& v) noexcept {
  return {v.value, v.first[0], v.second[0], v.first[1], -v.first[2], v.first[3]};
}

/// Gamma and theta may be infinite where the payoff is certain and has a kink.
[[nodiscard]] inline GreeksResult as_result(const Jet& v, bool certain) noexcept {
  const Greeks g = as_greeks(v);
  return in_range(g, certain) ? GreeksResult{g, Status::kOk} : no_greeks(Status::kOverflow);
}

}  // namespace strikeproof::first_passage
