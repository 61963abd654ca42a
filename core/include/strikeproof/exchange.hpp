// European option to exchange one asset for another; see src/exchange.cpp.
#pragma once

#include "strikeproof/two_assets.hpp"

namespace strikeproof::exchange {

/// Pays max(quantity1 S1 - quantity2 S2, 0) at expiry: receives asset 1, delivers asset 2.
struct ExchangeOption {
  double quantity1;       // >= 0
  double quantity2;       // >= 0
  double time_to_expiry;  // >= 0, years
};

/// Relative error below 1e-13 for the exact inputs.
[[nodiscard]] PriceResult price(const ExchangeOption& option,
                                const TwoAssetMarket& market) noexcept;

/// kOutOfDomain at the kink: nothing uncertain and both sides worth the same, where no derivative
/// exists.
[[nodiscard]] TwoAssetGreeksResult greeks(const ExchangeOption& option,
                                          const TwoAssetMarket& market) noexcept;

}  // namespace strikeproof::exchange
