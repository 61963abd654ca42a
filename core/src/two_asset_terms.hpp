// What the formulas on two assets share: inputs as numbers or jets, limits of d1 and d2, domain.
#pragma once

#include <cmath>
#include <limits>

#include "strikeproof/math/jet.hpp"
#include "strikeproof/math/normal.hpp"
#include "strikeproof/two_assets.hpp"

namespace strikeproof::two_assets {

/// Derivatives by spot1, spot2 (second order too), volatility1, volatility2, correlation, time and
/// rate, in this order.
using Derivatives = math::Jet<7, 2>;

/// Inputs of a formula, T = double for prices and T = Derivatives for Greeks.
template <class T>
struct Terms {
  T spot1, spot2;
  T forward1, forward2;      // present value of receiving the asset at expiry
  T deviation1, deviation2;  // volatility times root of time
  T correlation;
  T discount;
  bool kink = false;  // both sides of an exchange worth the same, and nothing uncertain
};

template <class T>
[[nodiscard]] T square_root(const T& f) noexcept {
  using std::sqrt;
  if (math::value_of(f) == 0.0) return T(0.0);  // its infinite slope meets a zero everywhere here
  return sqrt(f);
}

template <class T>
[[nodiscard]] Terms<T> terms_of(const TwoAssetMarket& m, const T& spot1, const T& spot2,
                                const T& volatility1, const T& volatility2, const T& correlation,
                                const T& time, const T& rate) noexcept {
  using std::exp;
  const T root = square_root(time);
  return {spot1,
          spot2,
          spot1 * exp(-m.dividend_yield1 * time),
          spot2 * exp(-m.dividend_yield2 * time),
          volatility1 * root,
          volatility2 * root,
          correlation,
          exp(-rate * time)};
}

[[nodiscard]] inline Terms<double> terms(const TwoAssetMarket& m, double time) noexcept {
  return terms_of<double>(m, m.spot1, m.spot2, m.volatility1, m.volatility2, m.correlation, time,
                          m.rate);
}

[[nodiscard]] inline Terms<Derivatives> terms_with_derivatives(const TwoAssetMarket& m,
                                                               double time) noexcept {
  const auto in = [](double value, std::size_t index) { return Derivatives::input(value, index); };
  return terms_of<Derivatives>(m, in(m.spot1, 0), in(m.spot2, 1), in(m.volatility1, 2),
                               in(m.volatility2, 3), in(m.correlation, 4), in(time, 5),
                               in(m.rate, 6));
}

/// Standard deviation of ln(asset 1/asset 2), as (w1 - w2)^2 + 2 (1 - rho) w1 w2 that cannot be <
/// 0.
template <class T>
[[nodiscard]] T ratio_deviation(const T& w1, const T& w2, const T& rho) noexcept {
  const T gap = w1 - w2;
  return square_root<T>(gap * gap + 2.0 * (1.0 - rho) * w1 * w2);
}

/// d1 and d2 of exchanging b for a.
template <class T>
struct Moneyness {
  T plus, minus;
};

// Stands for infinity, whose products with a zero slope would not be zero: N(-100) and phi(100)
// are zero in double precision.
inline constexpr double kFar = 100.0;

/// ln(a/b)/w +- w/2; the infinite limits are constants. `kink` is set where there is no limit.
template <class T>
[[nodiscard]] Moneyness<T> moneyness(const T& a, const T& b, const T& w, bool& kink) noexcept {
  using std::log;
  const double x = math::value_of(a);
  const double y = math::value_of(b);
  if (math::value_of(w) > 0.0 && x > 0.0 && y > 0.0) {
    const T middle = (log(a) - log(b)) / w;
    return {middle + 0.5 * w, middle - 0.5 * w};
  }
  if (x == y) kink = true;
  const T limit(x >= y ? kFar : -kFar);
  return {limit, limit};
}

/// phi (a N(phi d1) - b N(phi d2)), the right to exchange b for a (phi = 1) or a for b.
template <class T>
[[nodiscard]] T exchange_value(double phi, const T& a, const T& b, const T& w,
                               bool& kink) noexcept {
  using math::normal_cdf;
  const Moneyness<T> d = moneyness(a, b, w, kink);
  return phi * (a * normal_cdf(phi * d.plus) - b * normal_cdf(phi * d.minus));
}

/// kOk where market, time and the terms that may have any sign are finite and in range.
[[nodiscard]] inline Status check(const TwoAssetMarket& m, double time, double strike) noexcept {
  for (const double x : {m.spot1, m.spot2, m.rate, m.dividend_yield1, m.dividend_yield2,
                         m.volatility1, m.volatility2, m.correlation, time, strike}) {
    if (!std::isfinite(x)) return Status::kNonFinite;
  }
  const bool in_range = m.spot1 >= 0.0 && m.spot2 >= 0.0 && m.volatility1 >= 0.0 &&
                        m.volatility2 >= 0.0 && std::fabs(m.correlation) <= 1.0 && time >= 0.0;
  return in_range ? Status::kOk : Status::kOutOfDomain;
}

[[nodiscard]] inline PriceResult failed(Status status) noexcept {
  return {std::numeric_limits<double>::quiet_NaN(), status};
}

[[nodiscard]] inline TwoAssetGreeksResult failed_greeks(Status status) noexcept {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  return {{kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan}, status};
}

[[nodiscard]] inline PriceResult answer(double price) noexcept {
  if (!std::isfinite(price)) return failed(Status::kOverflow);
  return {price > 0.0 ? price : 0.0, Status::kOk};  // rounding below zero
}

[[nodiscard]] inline TwoAssetGreeksResult answer(const Derivatives& v, bool kink) noexcept {
  if (kink) return failed_greeks(Status::kOutOfDomain);
  const PriceResult price = answer(v.value);
  if (price.status != Status::kOk) return failed_greeks(price.status);
  const TwoAssetGreeks found{price.value, v.first[0],  v.first[1], v.by(0, 0),
                             v.by(1, 1),  v.by(0, 1),  v.first[2], v.first[3],
                             v.first[4],  -v.first[5], v.first[6]};
  if (!is_finite(found)) return failed_greeks(Status::kOverflow);
  return {found, Status::kOk};
}

}  // namespace strikeproof::two_assets
