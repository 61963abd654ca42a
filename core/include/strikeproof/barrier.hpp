// Single-barrier options under Black-Scholes-Merton; see src/barrier.cpp (continuous watching) and
// src/discrete_barrier.cpp (watched at fixings) for methods and sources.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::barrier {

enum class Knock : int { kOut = 0, kIn = 1 };
enum class Side : int { kDown = 1, kUp = -1 };  // where the barrier lies as seen from spot
enum class RebatePayment : int { kAtHit = 0, kAtExpiry = 1 };

/// Watched from now to expiry. A spot at or beyond the barrier has reached it: a knock-in is then
/// the vanilla option, a knock-out its rebate.
struct BarrierOption {
  Knock knock;
  Side side;
  OptionType type;
  double strike;          // >= 0
  double barrier;         // >= 0
  double time_to_expiry;  // >= 0, years
  double rebate;          // >= 0; a knock-in pays it at expiry if the barrier was not reached
  RebatePayment payment;  // of a knock-out's rebate
};

/// Present value; absolute error below 1e-13 of spot + strike + rebate.
[[nodiscard]] PriceResult price(const BarrierOption& option, const FlatMarket& market) noexcept;
[[nodiscard]] GreeksResult greeks(const BarrierOption& option, const FlatMarket& market) noexcept;

enum class Method : int {
  kQuadrature = 0,            // recursive quadrature, accurate
  kBroadieGlassermanKou = 1,  // continuity correction, an approximation
};

/// Watched at `fixings` equal steps, the last one at expiry and none now, so that a spot beyond
/// the barrier has not reached it yet. "At hit" is at the fixing.
struct Watching {
  double fixings;  // 1, 2, ... kMaxFixings
  Method method;
};
inline constexpr double kMaxFixings = 10000.0;

[[nodiscard]] PriceResult price(const BarrierOption& option, const Watching& watching,
                                const FlatMarket& market) noexcept;
[[nodiscard]] GreeksResult greeks(const BarrierOption& option, const Watching& watching,
                                  const FlatMarket& market) noexcept;

enum class Watched : int {
  kUntil = 0,         // from now until `time`
  kFromCrossing = 1,  // from `time` to expiry; only meeting the barrier counts, from either side
  kFromBeyond = 2,    // from `time` to expiry; being beyond it at `time` counts too
};

/// The part of its life in which a barrier option without rebate is watched.
struct Part {
  Watched watched;
  double time;  // 0 ... time_to_expiry, years
};

/// kNotConverged where drift over variance is so large that the formula loses its digits.
[[nodiscard]] PriceResult price(const BarrierOption& option, const Part& part,
                                const FlatMarket& market) noexcept;
[[nodiscard]] GreeksResult greeks(const BarrierOption& option, const Part& part,
                                  const FlatMarket& market) noexcept;

}  // namespace strikeproof::barrier
