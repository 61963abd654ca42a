// Lookback options under Black-Scholes-Merton; see src/lookback.cpp.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::lookback {

/// Which extremum a payoff looks at follows from its kind: the holder gets the best of the path.
enum class Strike : int {
  kFixed = 0,     // call (maximum - strike)+, put (strike - minimum)+
  kFloating = 1,  // call S_T - minimum, put maximum - S_T
};

struct LookbackOption {
  Strike kind;
  OptionType type;
  double strike;          // >= 0; not read where it floats
  double time_to_expiry;  // >= 0, years
  double extremum;        // of the path so far, spot included: maximum for fixed calls and floating
                          // puts (>= spot), else minimum (<= spot, > 0)
  double fixings;       // 0: watched continuously; else equally spaced ones left, approximated [3]
  double window_end;    // floating strike: watched until that time, years, 0 until expiry
  double window_start;  // fixed strike: watched from this time on, years, 0 for all the time;
                        // extremum is not read where it is above 0
};

[[nodiscard]] PriceResult price(const LookbackOption& option, const FlatMarket& market) noexcept;
[[nodiscard]] GreeksResult greeks(const LookbackOption& option, const FlatMarket& market) noexcept;

}  // namespace strikeproof::lookback
