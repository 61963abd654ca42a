// European options on the larger or the smaller of two assets; see src/rainbow.cpp.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/two_assets.hpp"

namespace strikeproof::rainbow {

enum class Extreme : int { kMaximum = 1, kMinimum = -1 };

/// Pays max(X - strike, 0) (call) or max(strike - X, 0) (put) at expiry, X the larger or the
/// smaller of the two assets.
struct RainbowOption {
  OptionType type;
  Extreme extreme;
  double strike;          // >= 0
  double time_to_expiry;  // >= 0, years
};

/// Absolute error below 1e-14 times the sum of spots and strike.
[[nodiscard]] PriceResult price(const RainbowOption& option, const TwoAssetMarket& market) noexcept;

/// kOutOfDomain where payoff or exchange has a kink and nothing is uncertain.
[[nodiscard]] TwoAssetGreeksResult greeks(const RainbowOption& option,
                                          const TwoAssetMarket& market) noexcept;

/// Best of both assets and an amount of cash: max(S1, S2, cash) at expiry.
[[nodiscard]] PriceResult best_of_cash_price(double cash, double time_to_expiry,
                                             const TwoAssetMarket& market) noexcept;

[[nodiscard]] TwoAssetGreeksResult best_of_cash_greeks(double cash, double time_to_expiry,
                                                       const TwoAssetMarket& market) noexcept;

}  // namespace strikeproof::rainbow
