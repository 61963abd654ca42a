// Contract terms of options that may be exercised before expiry, and cash dividends.
#pragma once

#include <span>

#include "strikeproof/market.hpp"

namespace strikeproof {

enum class Exercise : int { kEuropean = 0, kAmerican = 1, kBermudan = 2 };

/// Times in years from today, not descending.
using Times = std::span<const double>;

/// Vanilla option with its rights of exercise. A Bermudan one may be exercised at each of `times`
/// up to expiry, and at expiry; times after expiry mean nothing.
struct ExercisableOption {
  OptionType type;
  double strike;          // >= 0, currency of spot
  double time_to_expiry;  // >= 0, years
  Exercise exercise;
  Times times;  // >= 0, read for Bermudan options only
};

/// Known dividends in cash, of the size `amounts[i]` at `times[i]`. One at time 0 or before it is
/// taken as paid, one at expiry or after it comes too late to move the payoff.
struct CashDividends {
  Times times;
  std::span<const double> amounts;  // >= 0, currency of spot
};

/// What cash dividends do to the stock.
enum class DividendModel : int {
  kSpot = 0,  // it falls from S to max(S - amount, 0) at each; between them it has the volatility
  kEscrowed = 1,  // spot less the present value (at rate - yield) of those to come has it
};

}  // namespace strikeproof
