// The American engine for contracts that the collocation leaves out; internal to the core.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::american::careful {

/// Limits exactly; the two boundaries of negative rates by their own collocation, to about 1e-6;
/// what is left by a binomial tree, to about 1e-4 of the spot times its volatility.
[[nodiscard]] PriceResult price(const VanillaOption& option, const FlatMarket& market) noexcept;

/// The same with derivatives; those by volatility and rate are differences of prices.
[[nodiscard]] GreeksResult greeks(const VanillaOption& option, const FlatMarket& market) noexcept;

}  // namespace strikeproof::american::careful
