// American options that are exercised between two boundaries; internal to the core.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::american::two_boundaries {

/// Whether the option is of this kind: both rates negative, and the one earned on the payoff's
/// negative leg the lower. For a put: dividend_yield < rate < 0.
[[nodiscard]] bool applies(const VanillaOption& option, const FlatMarket& market) noexcept;

/// Value with delta and gamma, the European value and the early premium as one; errors are below
/// 1e-6 for a spot of 100. Positive spot, strike, time and volatility.
[[nodiscard]] GreeksResult value(const VanillaOption& option, const FlatMarket& market) noexcept;

}  // namespace strikeproof::american::two_boundaries
