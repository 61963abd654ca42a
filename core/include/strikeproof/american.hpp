// American options under Black-Scholes-Merton; see src/simd/american_kernel.hpp for the method.
#pragma once

#include <array>
#include <cstdint>

#include "strikeproof/black_scholes.hpp"
#include "strikeproof/column.hpp"
#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::american {

/// How closely the exercise boundary is found; errors are for a spot of 100 and usual markets.
enum class Accuracy : int {
  kFast = 0,           // 2e-4
  kAccurate = 1,       // 1e-6
  kHighPrecision = 2,  // 1e-9
};

[[nodiscard]] PriceResult price(const VanillaOption& option, const FlatMarket& market,
                                Accuracy accuracy) noexcept;

/// Price and derivatives: those by the spot from the boundary, theta from the differential
/// equation, vega and rho carried through the boundary's iteration. Where exercise is due they are
/// those of the intrinsic value.
[[nodiscard]] GreeksResult greeks(const VanillaOption& option, const FlatMarket& market,
                                  Accuracy accuracy) noexcept;

/// Volatility at which the option has the given price; market.volatility is not read.
[[nodiscard]] PriceResult implied_volatility(double price, const VanillaOption& option,
                                             const FlatMarket& market, Accuracy accuracy) noexcept;

/// Spot at which exercise becomes due with time_to_expiry left: at or below it for puts, at or
/// above it for calls; 0 and infinity where it never does. market.spot is not read.
[[nodiscard]] PriceResult exercise_boundary(const VanillaOption& option, const FlatMarket& market,
                                            Accuracy accuracy) noexcept;

using Columns = black_scholes::Columns;

/// price, delta, gamma, vega, theta, rho; null where one is not wanted.
using OutputColumns = std::array<double*, 6>;

void price(const Columns& in, Rows rows, Accuracy accuracy, double* out,
           std::uint8_t* status) noexcept;
void greeks(const Columns& in, Rows rows, Accuracy accuracy, const OutputColumns& out,
            std::uint8_t* status) noexcept;
void implied_volatility(const Columns& in, Rows rows, Accuracy accuracy, double* out,
                        std::uint8_t* status) noexcept;
void exercise_boundary(const Columns& in, Rows rows, Accuracy accuracy, double* out,
                       std::uint8_t* status) noexcept;

}  // namespace strikeproof::american
