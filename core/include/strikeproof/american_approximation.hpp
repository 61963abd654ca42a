// Named approximations to American options; see src/american_approximation.cpp for formulas and
// sources.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::american_approximation {

enum class Method : int {
  kBaroneAdesiWhaley = 0,   // quadratic approximation, 1987
  kBjerksundStensland = 1,  // two flat boundaries, 2002
  kJuZhong = 2,             // corrected quadratic approximation, 1999
  kQdPlus = 3,              // Li 2010: the same with a better exercise boundary
};

/// Approximate value, never below intrinsic or European value. The European value where early
/// exercise never pays; kOutOfDomain where the exercise region has two boundaries (put with
/// dividend_yield < rate <= 0, call with rate < dividend_yield <= 0), which no method here knows.
[[nodiscard]] PriceResult price(const VanillaOption& option, const FlatMarket& market,
                                Method method) noexcept;

/// The same with the exact derivatives of the approximation.
[[nodiscard]] GreeksResult greeks(const VanillaOption& option, const FlatMarket& market,
                                  Method method) noexcept;

}  // namespace strikeproof::american_approximation
