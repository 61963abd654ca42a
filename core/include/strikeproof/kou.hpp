// European options under Kou's double exponential jumps; see src/kou.cpp.
#pragma once

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::kou {

/// ln S has a constant volatility and jumps: upward or downward ones, each exponential.
struct Model {
  double volatility;          // >= 0, per square root of a year
  double intensity;           // >= 0, jumps a year
  double upward_probability;  // within [0, 1], of a jump
  double upward_decay;        // > 1; 1/upward_decay is the mean of an upward jump
  double downward_decay;      // > 0; 1/downward_decay is the mean size of a downward one
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

/// Price, delta and gamma.
[[nodiscard]] SpotGreeksResult greeks(const VanillaOption& option, const Market& market) noexcept;

}  // namespace strikeproof::kou
