// One contract of every engine from a row of a desk's options, with what it is worth: benchmarks
// time these calls, and the instruction counts count them.
#pragma once

#include <array>

#include "desk.hpp"
#include "strikeproof/american_approximation.hpp"
#include "strikeproof/asian.hpp"
#include "strikeproof/barrier.hpp"
#include "strikeproof/basket.hpp"
#include "strikeproof/bates.hpp"
#include "strikeproof/digital.hpp"
#include "strikeproof/dividends.hpp"
#include "strikeproof/double_barrier.hpp"
#include "strikeproof/exchange.hpp"
#include "strikeproof/finite_difference.hpp"
#include "strikeproof/kou.hpp"
#include "strikeproof/lattice.hpp"
#include "strikeproof/lookback.hpp"
#include "strikeproof/rainbow.hpp"
#include "strikeproof/spread.hpp"
#include "strikeproof/variance_gamma.hpp"

namespace strikeproof::benchmarks {

using Options = RandomOptions;

[[nodiscard]] inline OptionType type_of(const Options& o, std::size_t i) {
  return o.sign[i] > 0.0 ? OptionType::kCall : OptionType::kPut;
}

[[nodiscard]] inline FlatMarket market_of(const Options& o, std::size_t i) {
  return {o.spot[i], o.rate[i], o.yield[i], o.volatility[i]};
}

[[nodiscard]] inline VanillaOption vanilla_of(const Options& o, std::size_t i) {
  return {type_of(o, i), o.strike[i], o.time[i]};
}

[[nodiscard]] inline ExercisableOption american_of(const Options& o, std::size_t i) {
  return {type_of(o, i), o.strike[i], o.time[i], Exercise::kAmerican, {}};
}

[[nodiscard]] inline TwoAssetMarket pair_of(const Options& o, std::size_t i) {
  return {o.spot[i], 1.1 * o.spot[i], o.rate[i], o.yield[i], 0.02, o.volatility[i], 0.3, 0.4};
}

// --- barriers ---

[[nodiscard]] inline barrier::BarrierOption barrier_of(const Options& o, std::size_t i) {
  const bool down = o.sign[i] > 0.0;
  return {barrier::Knock::kOut,
          down ? barrier::Side::kDown : barrier::Side::kUp,
          type_of(o, i),
          o.strike[i],
          (down ? 0.85 : 1.2) * o.spot[i],
          o.time[i],
          1.0,
          barrier::RebatePayment::kAtHit};
}

[[nodiscard]] inline double barrier_price(const Options& o, std::size_t i) {
  return barrier::price(barrier_of(o, i), market_of(o, i)).value;
}

[[nodiscard]] inline double barrier_gamma(const Options& o, std::size_t i) {
  return barrier::greeks(barrier_of(o, i), market_of(o, i)).value.gamma;
}

[[nodiscard]] inline double barrier_at_fixings(const Options& o, std::size_t i) {
  const barrier::Watching watching{12.0, barrier::Method::kQuadrature};
  return barrier::price(barrier_of(o, i), watching, market_of(o, i)).value;
}

[[nodiscard]] inline double partial_barrier(const Options& o, std::size_t i) {
  barrier::BarrierOption option = barrier_of(o, i);
  option.rebate = 0.0;
  const barrier::Part part{barrier::Watched::kUntil, 0.5 * o.time[i]};
  return barrier::price(option, part, market_of(o, i)).value;
}

[[nodiscard]] inline double_barrier::DoubleBarrierOption double_barrier_of(const Options& o,
                                                                           std::size_t i) {
  return {double_barrier::Payoff::kVanilla,
          double_barrier::Condition::kNotReached,
          type_of(o, i),
          o.strike[i],
          0.7 * o.spot[i],
          1.4 * o.spot[i],
          o.time[i],
          0.0,
          0.0};
}

[[nodiscard]] inline double double_barrier_price(const Options& o, std::size_t i) {
  return double_barrier::price(double_barrier_of(o, i), market_of(o, i)).value;
}

[[nodiscard]] inline double double_barrier_gamma(const Options& o, std::size_t i) {
  return double_barrier::greeks(double_barrier_of(o, i), market_of(o, i)).value.gamma;
}

// --- digitals, averages, extrema ---

[[nodiscard]] inline double digital_price(const Options& o, std::size_t i) {
  const digital::DigitalOption option{
      digital::Payoff::kCash, type_of(o, i), o.strike[i], o.time[i], 1.0, 0.0};
  return digital::price(option, market_of(o, i)).value;
}

[[nodiscard]] inline double touch_price(const Options& o, std::size_t i) {
  const digital::TouchOption option{digital::Touch::kOneTouch,
                                    digital::Side::kUp,
                                    digital::Payment::kAtHit,
                                    digital::Payoff::kCash,
                                    1.2 * o.spot[i],
                                    o.time[i],
                                    1.0};
  return digital::price(option, market_of(o, i)).value;
}

template <asian::Average average, asian::Method method>
[[nodiscard]] double asian_price(const Options& o, std::size_t i) {
  const asian::AsianOption option{
      average, asian::Strike::kFixed, type_of(o, i), o.strike[i], o.time[i], 12.0, 0.0, 0.0,
      method};
  return asian::price(option, market_of(o, i)).value;
}

[[nodiscard]] inline lookback::LookbackOption lookback_of(const Options& o, std::size_t i) {
  return {lookback::Strike::kFloating, type_of(o, i), 0.0, o.time[i], o.spot[i], 0.0, 0.0, 0.0};
}

[[nodiscard]] inline double lookback_price(const Options& o, std::size_t i) {
  return lookback::price(lookback_of(o, i), market_of(o, i)).value;
}

[[nodiscard]] inline double lookback_gamma(const Options& o, std::size_t i) {
  return lookback::greeks(lookback_of(o, i), market_of(o, i)).value.gamma;
}

// --- several assets ---

[[nodiscard]] inline double exchange_price(const Options& o, std::size_t i) {
  return exchange::price({1.0, 0.9, o.time[i]}, pair_of(o, i)).value;
}

[[nodiscard]] inline double rainbow_price(const Options& o, std::size_t i) {
  const rainbow::RainbowOption option{type_of(o, i), rainbow::Extreme::kMaximum, o.strike[i],
                                      o.time[i]};
  return rainbow::price(option, pair_of(o, i)).value;
}

template <spread::Method method>
[[nodiscard]] double spread_price(const Options& o, std::size_t i) {
  const spread::SpreadOption option{type_of(o, i), 0.05 * o.spot[i], o.time[i]};
  return spread::price(option, pair_of(o, i), method).value;
}

template <basket::Method method>
[[nodiscard]] double basket_price(const Options& o, std::size_t i) {
  const double spot = o.spot[i];
  const double volatility = o.volatility[i];
  const basket::Market market{3,
                              {spot, 0.9 * spot, 1.1 * spot},
                              {o.yield[i], 0.0, 0.01},
                              {volatility, 0.3, 0.2},
                              {{{1.0, 0.5, 0.3}, {0.5, 1.0, 0.4}, {0.3, 0.4, 1.0}}},
                              o.rate[i]};
  const basket::BasketOption option{type_of(o, i), spot, o.time[i], {0.4, 0.3, 0.3}, method};
  return basket::price(option, market).price;
}

// --- trees, grids, approximations ---

template <lattice::Tree tree, int steps>
[[nodiscard]] double lattice_price(const Options& o, std::size_t i) {
  return lattice::price(american_of(o, i), market_of(o, i), {tree, steps, false}).value;
}

[[nodiscard]] inline double finite_difference_price(const Options& o, std::size_t i) {
  return finite_difference::price(american_of(o, i), {}, market_of(o, i), {100, 50, false}).value;
}

[[nodiscard]] inline double finite_difference_gamma(const Options& o, std::size_t i) {
  return finite_difference::greeks(american_of(o, i), {}, market_of(o, i), {100, 50, false})
      .value.gamma;
}

template <Exercise exercise, dividends::Method method>
[[nodiscard]] double dividends_price(const Options& o, std::size_t i) {
  const std::array<double, 2> times{0.3 * o.time[i], 0.8 * o.time[i]};
  const std::array<double, 2> amounts{0.02 * o.spot[i], 0.02 * o.spot[i]};
  FlatMarket market = market_of(o, i);
  market.dividend_yield = 0.0;
  const ExercisableOption option{type_of(o, i), o.strike[i], o.time[i], exercise, {}};
  return dividends::price(option, {times, amounts}, DividendModel::kSpot, market,
                          {method, {100, 50, false}})
      .value;
}

template <american_approximation::Method method>
[[nodiscard]] double american_approximation_price(const Options& o, std::size_t i) {
  return american_approximation::price({type_of(o, i), o.strike[i], o.time[i]}, market_of(o, i),
                                       method)
      .value;
}

// --- jumps ---

inline constexpr bates::Jumps kJumps{0.5, -0.08, 0.15};

[[nodiscard]] inline double merton_price(const Options& o, std::size_t i) {
  return bates::merton_value(vanilla_of(o, i),
                             {o.spot[i], o.rate[i], o.yield[i], o.volatility[i], kJumps})
      .value.price;
}

[[nodiscard]] inline double kou_price(const Options& o, std::size_t i) {
  return kou::price(vanilla_of(o, i),
                    {o.spot[i], o.rate[i], o.yield[i], {o.volatility[i], 1.0, 0.4, 15.0, 10.0}})
      .value;
}

[[nodiscard]] inline double variance_gamma_price(const Options& o, std::size_t i) {
  return variance_gamma::price(vanilla_of(o, i),
                               {o.spot[i], o.rate[i], o.yield[i], {o.volatility[i], -0.1, 0.2}})
      .value;
}

}  // namespace strikeproof::benchmarks
