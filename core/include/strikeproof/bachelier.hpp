// European options on a normally distributed forward (Bachelier 1900); see src/bachelier.cpp.
#pragma once

#include <array>
#include <cstdint>

#include "strikeproof/column.hpp"
#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::bachelier {

/// The forward and the strike may be negative.
struct Market {
  double forward;
  double rate;        // per year, for discounting
  double volatility;  // >= 0, currency per square root of a year
};

[[nodiscard]] PriceResult price(const VanillaOption& option, const Market& market) noexcept;

/// Delta and gamma by the forward, which stays where it is as time passes.
[[nodiscard]] GreeksResult greeks(const VanillaOption& option, const Market& market) noexcept;

/// Volatility at which the option has the given price; market.volatility is not read.
[[nodiscard]] PriceResult implied_volatility(double price, const VanillaOption& option,
                                             const Market& market) noexcept;

/// Inputs of a batch; option_sign is +1 for calls and -1 for puts.
struct Columns {
  Column option_sign;
  Column forward;
  Column strike;
  Column time_to_expiry;
  Column rate;
  Column volatility;  // the price for implied_volatility
};

/// price, delta, gamma, vega, theta, rho; null where one is not wanted.
using OutputColumns = std::array<double*, 6>;

void price(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept;
void greeks(const Columns& in, Rows rows, const OutputColumns& out, std::uint8_t* status) noexcept;
void implied_volatility(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept;

}  // namespace strikeproof::bachelier
