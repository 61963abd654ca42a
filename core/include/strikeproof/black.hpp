// European options on a forward (Black 1976): Black-Scholes-Merton whose dividend yield is the
// rate. See src/black.cpp; Greeks are by the forward, which stays where it is as time passes.
#pragma once

#include "strikeproof/black_scholes.hpp"

namespace strikeproof::black {

/// What the option is written on.
struct ForwardMarket {
  double forward;     // >= 0
  double rate;        // per year, for discounting
  double volatility;  // >= 0, per square root of a year
};

using black_scholes::OutputColumns;
using black_scholes::QuantitiesResult;

[[nodiscard]] PriceResult price(const VanillaOption& option, const ForwardMarket& market) noexcept;

/// Every quantity of black_scholes; kDividendRho, which has no meaning here, is 0.
[[nodiscard]] QuantitiesResult quantities(const VanillaOption& option,
                                          const ForwardMarket& market) noexcept;

/// Volatility at which the option has the given price; market.volatility is not read.
[[nodiscard]] PriceResult implied_volatility(double price, const VanillaOption& option,
                                             const ForwardMarket& market) noexcept;

/// Inputs of a batch; option_sign is +1 for calls and -1 for puts.
struct Columns {
  Column option_sign;
  Column forward;
  Column strike;
  Column time_to_expiry;
  Column rate;
  Column volatility;  // the price for implied_volatility
};

void price(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept;
void quantities(const Columns& in, Rows rows, const OutputColumns& out,
                std::uint8_t* status) noexcept;
void implied_volatility(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept;

}  // namespace strikeproof::black
