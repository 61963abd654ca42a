// Contract terms and market state that the vanilla engines share.
#pragma once

namespace strikeproof {

enum class OptionType : int { kCall = 1, kPut = -1 };

/// European vanilla option.
struct VanillaOption {
  OptionType type;
  double strike;          // >= 0, currency of spot
  double time_to_expiry;  // >= 0, years
};

/// One spot, flat continuously compounded rates, one volatility.
struct FlatMarket {
  double spot;            // >= 0
  double rate;            // per year
  double dividend_yield;  // per year
  double volatility;      // >= 0, per square root of a year
};

}  // namespace strikeproof
