// Why a result is not a number: one list for all engines.
#pragma once

#include <cstdint>

namespace strikeproof {

enum class Status : std::uint8_t {
  kOk = 0,
  kNonFinite = 1,       // an input is NaN or infinite
  kOutOfDomain = 2,     // an input is outside its range
  kBelowIntrinsic = 3,  // no volatility gives so low a price
  kAboveMaximum = 4,    // no volatility gives so high a price
  kNoTimeValue = 5,     // the price is its intrinsic value to rounding: volatility is lost
  kNotConverged = 6,    // an iteration ended without the accuracy it promises
  kOverflow = 7,        // the result is beyond the range of a double
};

}  // namespace strikeproof
