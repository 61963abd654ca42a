// Options on several assets at once: baskets, and the best or worst of them; see src/basket.cpp and
// src/many_assets.cpp.
#pragma once

#include <array>
#include <cstddef>

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::basket {

inline constexpr std::size_t kMostAssets = 5;
using ByAsset = std::array<double, kMostAssets>;

/// Two to five correlated lognormal assets; only the first `count` entries are read.
struct Market {
  std::size_t count;
  ByAsset spot;                                  // > 0
  ByAsset dividend_yield;                        // per year
  ByAsset volatility;                            // > 0
  std::array<ByAsset, kMostAssets> correlation;  // positive definite, ones on the diagonal
  double rate;
};

enum class Method : int {
  kAccurate = 0,   // quadrature over all factors but one
  kLognormal = 1,  // two moments; positive weights
};

/// Pays (phi (sum w_i S_i - K))+ at expiry; weights and strike may be negative.
struct BasketOption {
  OptionType type;
  double strike;
  double time_to_expiry;  // > 0
  ByAsset weight;         // not 0
  Method method;
};

/// Pays (phi (max or min of S_i - K))+ at expiry.
struct ExtremeOption {
  OptionType type;
  bool best;              // maximum, else minimum
  double strike;          // > 0
  double time_to_expiry;  // > 0
};

struct DeltasResult {
  double price;
  ByAsset delta;  // all NaN unless status is kOk
  Status status;
};

[[nodiscard]] DeltasResult price(const BasketOption& option, const Market& market) noexcept;
[[nodiscard]] DeltasResult price(const ExtremeOption& option, const Market& market) noexcept;

/// Whether the inputs are finite and in range and the correlations make a distribution.
[[nodiscard]] Status check(const Market& market) noexcept;

}  // namespace strikeproof::basket
