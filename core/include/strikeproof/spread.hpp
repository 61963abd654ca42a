// European options on the difference of two assets; see src/spread.cpp.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/two_assets.hpp"

namespace strikeproof::spread {

/// Pays max(S1 - S2 - strike, 0) (call) or max(strike - S1 + S2, 0) (put) at expiry.
struct SpreadOption {
  OptionType type;
  double strike;          // any sign
  double time_to_expiry;  // >= 0, years
};

enum class Method : int {
  kQuadrature = 0,          // accurate
  kKirk = 1,                // Kirk (1995), an approximation
  kBjerksundStensland = 2,  // Bjerksund and Stensland (2014), an approximation and lower bound
};

/// Quadrature: absolute error below 1e-10 of the larger spot. The approximations need a forward of
/// asset 2 above minus the strike, else kOutOfDomain.
[[nodiscard]] PriceResult price(const SpreadOption& option, const TwoAssetMarket& market,
                                Method method = Method::kQuadrature) noexcept;

/// Derivatives of the price of the same method. kOutOfDomain at a kink where nothing is uncertain;
/// kNotConverged where the quadrature must resolve a correlation of almost -1 or 1.
[[nodiscard]] TwoAssetGreeksResult greeks(const SpreadOption& option, const TwoAssetMarket& market,
                                          Method method = Method::kQuadrature) noexcept;

}  // namespace strikeproof::spread
