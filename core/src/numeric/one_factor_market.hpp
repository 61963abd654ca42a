// Rates and volatility averaged over a step of time, and the Black-Scholes operator of them;
// internal to the core. Method and sources: src/finite_difference.cpp.
#pragma once

#include "numeric/exercise_rules.hpp"
#include "numeric/spot_grid.hpp"
#include "numeric/time_stepper.hpp"
#include "strikeproof/finite_difference.hpp"

namespace strikeproof::numeric {

/// An input that carries derivatives where T does.
[[nodiscard]] inline double seeded(double value, std::size_t, double) noexcept { return value; }
[[nodiscard]] inline VolatilityAndRate seeded(double value, std::size_t index,
                                              VolatilityAndRate) noexcept {
  return VolatilityAndRate::input(value, index);
}

template <class T>
class MarketAverages {
 public:
  explicit MarketAverages(const finite_difference::CurveMarket& market) : market_(market) {}

  [[nodiscard]] T rate_over(double t, double later) const {
    return seeded(market_.rate.average_rate(t, later), 1, T{});
  }
  [[nodiscard]] double yield_over(double t, double later) const {
    return market_.dividend_yield.average_rate(t, later);
  }

  /// The operators of two times commute, so that nothing is lost by averages over a step.
  void set(double t, double later, const Axis& axis, Operator<T>& generator) {
    const double volatility = market_.volatility.volatility(t, later);
    const double rate = market_.rate.average_rate(t, later);
    const double yield = yield_over(t, later);
    if (volatility == volatility_ && rate == rate_ && yield == yield_) return;
    volatility_ = volatility;
    rate_ = rate;
    yield_ = yield;
    const T sigma = seeded(volatility, 0, T{}), r = seeded(rate, 1, T{});
    const T half_variance = 0.5 * sigma * sigma, drift = r - yield;
    for (std::size_t i = 1; i + 1 < axis.size(); ++i) {
      if (axis.logarithmic) {
        generator.set(axis.x, i, half_variance, drift - half_variance, r);
      } else {
        const double s = axis.spot[i];
        generator.set(axis.x, i, half_variance * (s * s), drift * s, r);
      }
    }
  }

 private:
  const finite_difference::CurveMarket& market_;
  double volatility_ = -1.0, rate_ = 0.0, yield_ = 0.0;  // those of the operator
};

}  // namespace strikeproof::numeric
