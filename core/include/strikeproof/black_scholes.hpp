// European options under Black-Scholes-Merton; see src/black_scholes.cpp for method and sources.
#pragma once

#include <cstdint>

#include "strikeproof/column.hpp"
#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::black_scholes {

using strikeproof::Greeks;
using strikeproof::GreeksResult;
using strikeproof::PriceResult;

/// Present value; relative error below 1e-13 for the exact inputs, tails included.
[[nodiscard]] PriceResult price(const VanillaOption& option, const FlatMarket& market) noexcept;

/// Price and its first derivatives (delta, gamma, vega, theta, rho).
[[nodiscard]] GreeksResult greeks(const VanillaOption& option, const FlatMarket& market) noexcept;

/// Volatility at which the option has the given price; market.volatility is not read.
[[nodiscard]] PriceResult implied_volatility(double price, const VanillaOption& option,
                                             const FlatMarket& market) noexcept;

/// Inputs of a batch; option_sign is +1 for calls and -1 for puts.
struct Columns {
  Column option_sign;
  Column spot;
  Column strike;
  Column time_to_expiry;
  Column rate;
  Column dividend_yield;
  Column volatility;  // the price for implied_volatility
};

/// Output columns of a batch of Greeks.
struct GreeksColumns {
  double* price;
  double* delta;
  double* gamma;
  double* vega;
  double* theta;
  double* rho;
};

void price(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept;
void greeks(const Columns& in, Rows rows, const GreeksColumns& out, std::uint8_t* status) noexcept;
void implied_volatility(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept;

}  // namespace strikeproof::black_scholes
