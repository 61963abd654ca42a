// Asian options under Black-Scholes-Merton; see src/asian.cpp and src/asian_average.cpp.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::asian {

enum class Average : int { kArithmetic = 0, kGeometric = 1 };

enum class Strike : int {
  kFixed = 0,    // call (average - strike)+
  kAverage = 1,  // call (S_T - average)+
};

enum class Method : int {
  kAccurate = 0,   // density of the average by recursive quadrature
  kLognormal = 1,  // two moments: Levy, Turnbull and Wakeman
  kCurran = 2,     // lower bound given the geometric average
};

struct AsianOption {
  Average average;
  Strike kind;
  OptionType type;
  double strike;           // >= 0; not read where the average is the strike
  double time_to_expiry;   // >= 0, years
  double fixings;          // left: at T/n, 2T/n, ..., T; 0: continuous
  double past_fixings;     // taken so far; for continuous averages the time so far, years
  double running_average;  // of the past fixings; not read where there are none
  Method method;           // of arithmetic averages
};

[[nodiscard]] PriceResult price(const AsianOption& option, const FlatMarket& market) noexcept;

/// Greeks; vega, theta and rho of arithmetic averages by Richardson's differences of the price.
[[nodiscard]] GreeksResult greeks(const AsianOption& option, const FlatMarket& market) noexcept;

}  // namespace strikeproof::asian
