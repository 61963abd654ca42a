// Value of a continuously watched barrier option as a formula in numbers or jets; src/barrier.cpp
// has the mathematics. The barrier is a T of its own: a continuity correction moves it with the
// volatility and the time.
#pragma once

#include <cmath>

#include "hitting_discount.hpp"
#include "strikeproof/barrier.hpp"
#include "strikeproof/black_scholes.hpp"

namespace strikeproof::barrier {

namespace fp = first_passage;

/// Asset leg less cash leg under the two measures.
template <class T>
struct Claims {
  fp::Law<T> law;
  T strike_value;  // K exp(-r T)
  T k;             // ln(K / S)
  T b;             // ln(H / S)
  double e;

  [[nodiscard]] T claim(const T& asset_chance, const T& cash_chance) const noexcept {
    return law.asset * asset_chance - strike_value * cash_chance;
  }
  [[nodiscard]] T beyond(double side, const T& level) const noexcept {
    return claim(law.for_asset.beyond(side, level), law.for_cash.beyond(side, level));
  }
  [[nodiscard]] T returned(const T& level) const noexcept {
    return claim(law.for_asset.returned(e, level, b), law.for_cash.returned(e, level, b));
  }
  [[nodiscard]] T alive(const T& level) const noexcept {
    return beyond(e, level) - returned(level);
  }

  /// The vanilla payoff if the barrier was not reached. `away`: exercise lies away from it.
  [[nodiscard]] T out(bool away, bool strike_is_live) const noexcept {
    if (away) return e * alive(strike_is_live ? k : b);
    return strike_is_live ? e * (alive(k) - alive(b)) : T(0.0);
  }

  /// The vanilla payoff if it was.
  [[nodiscard]] T in(bool away, bool strike_is_live) const noexcept {
    if (away && strike_is_live) return e * returned(k);
    if (away) return e * (returned(b) + beyond(e, k) - beyond(e, b));
    if (strike_is_live) return -e * (beyond(-e, b) + returned(b) - returned(k));
    return -e * beyond(-e, k);
  }
};

template <class T>
[[nodiscard]] T vanilla(const BarrierOption& o, const FlatMarket& m) noexcept {
  const VanillaOption plain{o.type, o.strike, o.time_to_expiry};
  if constexpr (std::is_same_v<T, double>) {
    return black_scholes::price(plain, m).value;
  } else {
    const Greeks g = black_scholes::greeks(plain, m).value;
    T out(g.price);
    out.first = {g.delta, g.vega, -g.theta, g.rho};
    out.second = {g.gamma};
    return out;
  }
}

/// Chance that the forward's path reaches the barrier: 0, 1, or one half where it ends there.
[[nodiscard]] inline double certain_chance(const BarrierOption& o, const FlatMarket& m,
                                           double barrier) noexcept {
  const double carry = (m.rate - m.dividend_yield) * o.time_to_expiry;
  const double end = static_cast<double>(o.side) * (m.spot * std::exp(carry) - barrier);
  return end < 0.0 ? 1.0 : end == 0.0 ? 0.5 : 0.0;
}

/// The barrier has been reached, or the forward's path reaches it with the given chance.
template <class T>
[[nodiscard]] T certain(const BarrierOption& o, const FlatMarket& m, const fp::Inputs<T>& in,
                        const T& barrier, bool reached, double chance) noexcept {
  using std::exp;
  const fp::Law<T> law(in);
  const bool out = o.knock == Knock::kOut;
  const double exercised = out ? 1.0 - chance : chance;
  T sum = exercised > 0.0 ? T(exercised * vanilla<T>(o, m)) : T(0.0);
  if (!out) return sum + (1.0 - chance) * o.rebate * law.discount;
  if (o.payment == RebatePayment::kAtExpiry) return sum + chance * o.rebate * law.discount;
  if (reached) return sum + o.rebate;
  if (chance == 0.0) return sum;
  const T b = fp::log_distance(barrier, in.spot);
  return sum + chance * o.rebate * exp(-(in.rate * b) / (in.rate - in.yield));
}

template <class T>
[[nodiscard]] T rebate_value(const BarrierOption& o, const fp::Inputs<T>& in,
                             const Claims<T>& claims) noexcept {
  const fp::Walk<T>& walk = claims.law.for_cash;
  if (o.knock == Knock::kIn) return claims.law.discount * walk.alive(claims.e, claims.b, claims.b);
  if (o.payment == RebatePayment::kAtHit) return fp::hitting_discount(in, claims.b);
  return claims.law.discount * walk.reached(claims.e, claims.b);
}

template <class T>
[[nodiscard]] T uncertain(const BarrierOption& o, const fp::Inputs<T>& in,
                          const T& barrier) noexcept {
  const auto e = static_cast<double>(o.side);
  const fp::Law<T> law(in);
  const Claims<T> claims{law, o.strike * law.discount, fp::log_distance(T(o.strike), in.spot),
                         fp::log_distance(barrier, in.spot), e};
  const bool away = static_cast<double>(o.type) == e;
  const bool strike_is_live = e * (o.strike - math::value_of(barrier)) > 0.0;
  T sum =
      o.knock == Knock::kOut ? claims.out(away, strike_is_live) : claims.in(away, strike_is_live);
  if (o.rebate > 0.0) sum += o.rebate * rebate_value(o, in, claims);
  return sum;
}

[[nodiscard]] inline bool reached_already(const BarrierOption& o, const FlatMarket& m,
                                          double barrier) noexcept {
  return static_cast<double>(o.side) * (m.spot - barrier) <= 0.0;
}

template <class T>
[[nodiscard]] T value(const BarrierOption& o, const FlatMarket& m, const fp::Inputs<T>& in,
                      const T& barrier) noexcept {
  const double level = math::value_of(barrier);
  if (reached_already(o, m, level)) return certain(o, m, in, barrier, true, 1.0);
  if (fp::is_certain(m, o.time_to_expiry)) {
    return certain(o, m, in, barrier, false, certain_chance(o, m, level));
  }
  return uncertain(o, in, barrier);
}

/// Whether the value jumps at these inputs, so that it has no Greeks.
[[nodiscard]] inline bool at_jump(const BarrierOption& o, const FlatMarket& m,
                                  double barrier) noexcept {
  return !reached_already(o, m, barrier) && fp::is_certain(m, o.time_to_expiry) &&
         certain_chance(o, m, barrier) == 0.5;
}

/// What the price cannot leave: 0 below; above, the vanilla option and its rebate paid when that
/// is worth most.
[[nodiscard]] inline double within_bounds(double value, const BarrierOption& o,
                                          const FlatMarket& m) noexcept {
  if (value <= 0.0) return 0.0;
  const double most = std::fmax(1.0, std::exp(-m.rate * o.time_to_expiry));
  const double bound = vanilla<double>(o, m) + o.rebate * most;
  return value > bound ? bound : value;
}

[[nodiscard]] Status checked(const BarrierOption& option, const FlatMarket& market) noexcept;

}  // namespace strikeproof::barrier
