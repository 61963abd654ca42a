// What price, Greeks and implied volatility of one option have in common; internal to the core.
// Symbols as in src/black_scholes.cpp.
#pragma once

#include "strikeproof/black_scholes.hpp"
#include "strikeproof/market.hpp"
#include "strikeproof/math/double_double.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::black_scholes {

/// Present values of what is exchanged.
struct Sides {
  double A;  // the asset
  double B;  // the strike
};

struct Terms {
  math::DoubleDouble x;   // ln(A / B)
  math::DoubleDouble w;   // standard deviation of ln S_T; 0 marks a certain payoff
  math::DoubleDouble d1;  // clamped where nothing changes any more
  math::DoubleDouble d2;
  math::DoubleDouble exponent;  // ln(G / strike) without the density's constant
  double derivative;            // G, in currency of spot
};

[[nodiscard]] Sides make_sides(const VanillaOption& option, const FlatMarket& market) noexcept;

/// Terms of an option with positive spot, strike, time and volatility.
[[nodiscard]] Terms make_terms(const VanillaOption& option, const FlatMarket& market) noexcept;

/// The same for a given standard deviation w, with x and ln B - ln K known.
[[nodiscard]] Terms terms_at(math::DoubleDouble x, math::DoubleDouble w, double strike,
                             math::DoubleDouble log_discount) noexcept;

/// ln(A / B) of an option with positive spot and strike.
[[nodiscard]] math::DoubleDouble log_moneyness(const VanillaOption& option,
                                               const FlatMarket& market) noexcept;

/// Present value of the option: phi = +1 call, -1 put.
[[nodiscard]] double value(double phi, const Sides& sides, const Terms& terms) noexcept;

/// Out-of-the-money value of the pair (call if x <= 0, else put).
[[nodiscard]] double out_of_the_money(const Sides& sides, const Terms& terms) noexcept;

/// Out-of-the-money value divided by G, its slope in w; for w <= sqrt(2 |x|), or small w.
[[nodiscard]] double value_over_slope(const Terms& terms) noexcept;

/// Logarithm of the out-of-the-money value, also where the value underflows; for the same w.
[[nodiscard]] double log_out_of_the_money(double strike, const Terms& terms) noexcept;

/// A - B without cancellation.
[[nodiscard]] double certain_gain(const VanillaOption& option, const FlatMarket& market,
                                  const Sides& sides) noexcept;

/// N(phi z) with relative accuracy in the lower tail.
[[nodiscard]] double tail_cdf(double phi, math::DoubleDouble z) noexcept;

/// side N(z), for side phi(z) = G: what changes hands, on average, of A or B.
[[nodiscard]] double exchanged(double z, double side, double G) noexcept;

/// The engine for one option at a time, which knows every limit and names every failure. The
/// vector kernels answer ordinary options and hand it the others.
namespace careful {

[[nodiscard]] PriceResult price(const VanillaOption& option, const FlatMarket& market) noexcept;
/// The first `count` quantities; the others are 0, and a status speaks of the first only.
[[nodiscard]] QuantitiesResult quantities(const VanillaOption& option, const FlatMarket& market,
                                          std::size_t count) noexcept;
[[nodiscard]] PriceResult implied_volatility(double price, const VanillaOption& option,
                                             const FlatMarket& market) noexcept;

}  // namespace careful

}  // namespace strikeproof::black_scholes
