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
  explicit MarketAverages(const finite_difference::CurveMarket& market)
      : market_(market),
        flat_rate_(is_flat(market.rate.rate())),
        flat_yield_(is_flat(market.dividend_yield.rate())),
        flat_volatility_(is_flat(market.volatility.square())) {}

  [[nodiscard]] T rate_over(double t, double later) const {
    return seeded(plain_rate_over(t, later), 1, T{});
  }
  [[nodiscard]] double yield_over(double t, double later) const {
    return flat_yield_ ? market_.dividend_yield.forward_rate(0.0)
                       : market_.dividend_yield.average_rate(t, later);
  }

  /// The operators of two times commute, so that nothing is lost by averages over a step.
  void set(double t, double later, const Axis& axis, Operator<T>& generator) {
    const double volatility = volatility_over(t, later);
    const double rate = plain_rate_over(t, later);
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

  /// By the equation, of today's rates and volatility.
  [[nodiscard]] double theta(double value, double spot, double delta, double gamma) const {
    const double rate = market_.rate.forward_rate(0.0);
    const double drift = rate - market_.dividend_yield.forward_rate(0.0);
    const double volatility = market_.volatility.instantaneous(0.0);
    return rate * value - drift * spot * delta -
           0.5 * volatility * volatility * spot * spot * gamma;
  }

 private:
  // An average of what is constant would differ by rounding from step to step.
  [[nodiscard]] static bool is_flat(const term_structure::Integral& curve) noexcept {
    return curve.pieces().size() == 1 && curve.pieces().front().slope == 0.0;
  }
  [[nodiscard]] double plain_rate_over(double t, double later) const {
    return flat_rate_ ? market_.rate.forward_rate(0.0) : market_.rate.average_rate(t, later);
  }
  [[nodiscard]] double volatility_over(double t, double later) const {
    return flat_volatility_ ? market_.volatility.instantaneous(0.0)
                            : market_.volatility.volatility(t, later);
  }

  const finite_difference::CurveMarket& market_;
  bool flat_rate_, flat_yield_, flat_volatility_;
  double volatility_ = -1.0, rate_ = 0.0, yield_ = 0.0;  // those of the operator
};

}  // namespace strikeproof::numeric
