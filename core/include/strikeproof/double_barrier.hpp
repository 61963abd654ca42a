// Double-barrier options under Black-Scholes-Merton; see src/double_barrier.cpp for method and
// sources.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::double_barrier {

enum class Payoff : int { kVanilla = 0, kCash = 1 };
enum class Condition : int {
  kNotReached = 0,  // knock-out, double no-touch
  kReached = 1,     // knock-in, double one-touch
};

/// Pays at expiry if neither barrier is reached, or if one is; else its rebate, at expiry too.
/// Watched from now to expiry; a spot not between the barriers has reached one.
struct DoubleBarrierOption {
  Payoff payoff;
  Condition condition;
  OptionType type;        // read for kVanilla only
  double strike;          // >= 0, read for kVanilla only
  double lower_barrier;   // >= 0
  double upper_barrier;   // > lower_barrier
  double time_to_expiry;  // >= 0, years
  double cash;            // read for kCash only
  double rebate;          // >= 0
};

/// Which series sums the value; tests compare them.
enum class Series : int { kFaster = 0, kImages = 1, kFourier = 2 };

/// Absolute error below 1e-13 of spot + strike + cash + rebate.
[[nodiscard]] PriceResult price(const DoubleBarrierOption& option, const FlatMarket& market,
                                Series series = Series::kFaster) noexcept;
[[nodiscard]] GreeksResult greeks(const DoubleBarrierOption& option, const FlatMarket& market,
                                  Series series = Series::kFaster) noexcept;

}  // namespace strikeproof::double_barrier
