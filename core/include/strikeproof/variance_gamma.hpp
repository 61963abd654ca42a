// European options under the variance gamma model; see src/variance_gamma.cpp.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::variance_gamma {

/// ln S is a Brownian motion with drift, run by a gamma process of mean t and variance rate t.
struct Model {
  double volatility;     // >= 0, per square root of a year
  double drift;          // of the Brownian motion, per year; below 0 the left tail is the heavier
  double variance_rate;  // >= 0, years; variance_rate (drift + volatility^2/2) < 1
};

/// Spot, flat continuously compounded rates and the model.
struct Market {
  double spot;  // >= 0
  double rate;
  double dividend_yield;
  Model model;
};

/// Mean and variance of ln(S/F), F the forward.
struct Cumulants {
  double mean;
  double variance;
};
[[nodiscard]] Cumulants cumulants(const Model& model, double time) noexcept;

/// Present value, within a relative 1e-9 of itself or kNotConverged; usually 1e-12.
[[nodiscard]] PriceResult price(const VanillaOption& option, const Market& market) noexcept;

/// Price, delta and gamma. kNotConverged where the density at the strike is infinite.
[[nodiscard]] SpotGreeksResult greeks(const VanillaOption& option, const Market& market) noexcept;

}  // namespace strikeproof::variance_gamma
