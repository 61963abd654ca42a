// Streams of random numbers of early exercise, after those of numbers.hpp; internal to the core.
#pragma once

#include <cstdint>

namespace strikeproof::monte_carlo {

inline constexpr std::uint16_t kTrainingStream = 16;
inline constexpr std::uint16_t kDualStream = 17;
inline constexpr std::uint16_t kInnerStream = 18;

}  // namespace strikeproof::monte_carlo
