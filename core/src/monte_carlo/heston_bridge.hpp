// The integral of Heston's variance over a step, given the variance at both ends; internal to the
// core.
#pragma once

#include "strikeproof/heston.hpp"

namespace strikeproof::monte_carlo {

struct MeanAndVariance {
  double mean;
  double variance;
};

/// z I_{order + 1}(z) / I_order(z), order >= -1, z >= 0.
[[nodiscard]] double bessel_quotient(double order, double z) noexcept;

class IntegratedVariance {
 public:
  /// volatility_of_variance > 0 and length > 0, years.
  IntegratedVariance(const heston::Model& model, double length) noexcept;

  /// Its first two moments between two variances >= 0.
  [[nodiscard]] MeanAndVariance given(double before, double after) const noexcept;

 private:
  double order_;
  double scale_;  // of the argument of Bessel's functions
  MeanAndVariance by_ends_;
  MeanAndVariance constant_;
  MeanAndVariance each_;  // of a term of the random sum
};

}  // namespace strikeproof::monte_carlo
