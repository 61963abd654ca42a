// What is asked of every answer, and what bounds it: absence of arbitrage, with room for the
// engines' own promised errors.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "draw.hpp"
#include "strikeproof/market.hpp"
#include "strikeproof/status.hpp"
#include "strikeproof/two_assets.hpp"

namespace strikeproof::fuzz {

inline constexpr double kNoBound = std::numeric_limits<double>::max();

/// Contracts whose bound is 5 % above the true one: approximations and coarse grids.
inline constexpr double kRough = 1.05;

/// The numbers that a failure's message prints.
void begin_trial(const Draw& draw);

/// Prints engine, rule and the numbers drawn, and aborts.
[[noreturn]] void fail(const char* engine, const char* rule, double value, double bound);

/// A number comes with kOk and only with it; it is within [0, upper].
void check(const char* engine, Status status, double value, double upper);

void check_entry(const char* engine, Status status, double entry);

/// Every entry is NaN after a failure, and none is NaN after kOk.
template <class Values>
void check_all(const char* engine, Status status, const Values& values) {
  static_assert(sizeof(Values) % sizeof(double) == 0);
  std::array<double, sizeof(Values) / sizeof(double)> entries;
  std::copy_n(reinterpret_cast<const double*>(&values), entries.size(), entries.begin());
  for (const double entry : entries) check_entry(engine, status, entry);
}

/// Price and Greeks of one contract.
template <class Result>
void check_greeks(const char* engine, const Result& result) {
  check_all(engine, result.status, result.value);
}

[[nodiscard]] double largest_discount(double rate, double time);

/// What no option that pays at most the asset, or the strike, is worth more than, whenever it pays.
[[nodiscard]] double at_any_time(OptionType type, double strike, double time,
                                 const FlatMarket& market);

[[nodiscard]] double at_expiry(OptionType type, double strike, double time, double spot,
                               double rate, double dividend_yield);

[[nodiscard]] double european_bound(const VanillaOption& option, const FlatMarket& market);

}  // namespace strikeproof::fuzz
