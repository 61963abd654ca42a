// European digital options and options on touching a barrier, under Black-Scholes-Merton; see
// src/digital.cpp and src/touch.cpp for methods and sources.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::digital {

enum class Payoff : int {
  kCash = 0,   // `cash`
  kAsset = 1,  // the asset
  kGap = 2,    // asset less `payment_strike` for calls, the reverse for puts; may be negative
};

/// Pays at expiry when the asset is beyond the strike; one half of it exactly at the strike.
struct DigitalOption {
  Payoff payoff;
  OptionType type;
  double strike;          // >= 0, decides whether it pays
  double time_to_expiry;  // >= 0, years
  double cash;            // read for kCash only
  double payment_strike;  // read for kGap only
};

[[nodiscard]] PriceResult price(const DigitalOption& option, const FlatMarket& market) noexcept;
[[nodiscard]] GreeksResult greeks(const DigitalOption& option, const FlatMarket& market) noexcept;

enum class Touch : int {
  kOneTouch = 0,  // pays if the barrier is reached by expiry
  kNoTouch = 1,   // pays at expiry if it is not
};
enum class Side : int { kDown = 1, kUp = -1 };  // where the barrier lies as seen from spot
enum class Payment : int { kAtHit = 0, kAtExpiry = 1 };

/// Continuously watched from now to expiry. A spot at or beyond the barrier has reached it: a
/// one-touch at hit pays now, a no-touch is worth nothing.
struct TouchOption {
  Touch touch;
  Side side;
  Payment payment;        // of a one-touch
  Payoff payoff;          // kCash or kAsset
  double barrier;         // >= 0
  double time_to_expiry;  // >= 0, years
  double cash;            // read for kCash only
};

[[nodiscard]] PriceResult price(const TouchOption& option, const FlatMarket& market) noexcept;
[[nodiscard]] GreeksResult greeks(const TouchOption& option, const FlatMarket& market) noexcept;

}  // namespace strikeproof::digital
