// European options under Black-Scholes-Merton; see src/black_scholes.cpp for method and sources.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "strikeproof/column.hpp"
#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::black_scholes {

using strikeproof::Greeks;
using strikeproof::GreeksResult;
using strikeproof::PriceResult;

/// Price and derivatives up to the second order, in the order of their columns. Time derivatives
/// are by calendar time, as theta.
enum Quantity : std::size_t {
  kPrice,
  kDelta,
  kGamma,
  kVega,
  kTheta,
  kRho,
  kDividendRho,  // by the dividend yield
  kVanna,        // delta by volatility
  kVolga,        // vega by volatility
  kCharm,        // delta by time
  kVeta,         // vega by time
  kSpeed,        // gamma by spot
  kZomma,        // gamma by volatility
  kColor,        // gamma by time
  kQuantities
};
using Quantities = std::array<double, kQuantities>;

struct QuantitiesResult {
  Quantities value;  // all NaN unless status is kOk
  Status status;
};

/// Present value; relative error below 1e-13 for the exact inputs, tails included.
[[nodiscard]] PriceResult price(const VanillaOption& option, const FlatMarket& market) noexcept;

/// Price and its first derivatives (delta, gamma, vega, theta, rho).
[[nodiscard]] GreeksResult greeks(const VanillaOption& option, const FlatMarket& market) noexcept;

/// Every quantity. Where a payoff becomes certain at the kink some are infinite:
/// docs/conventions.md.
[[nodiscard]] QuantitiesResult quantities(const VanillaOption& option,
                                          const FlatMarket& market) noexcept;

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

/// Output columns by Quantity; null where a quantity is not wanted. The cost is that of the highest
/// one wanted: price alone, first order (up to kDividendRho), or second order.
using OutputColumns = std::array<double*, kQuantities>;

void price(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept;
void quantities(const Columns& in, Rows rows, const OutputColumns& out,
                std::uint8_t* status) noexcept;
void implied_volatility(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept;

}  // namespace strikeproof::black_scholes
