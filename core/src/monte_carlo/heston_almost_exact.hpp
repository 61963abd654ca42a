// One step of Heston's model, all but exact; internal to the core.
#pragma once

#include "heston_bridge.hpp"
#include "strikeproof/monte_carlo.hpp"

namespace strikeproof::monte_carlo {

class AlmostExactStep {
 public:
  static constexpr std::size_t kNormals = 4;
  static constexpr std::size_t kUniforms = 1;

  /// volatility_of_variance > 0 and length > 0; `drift` is that of the logarithm of the forward.
  AlmostExactStep(const heston::Model& model, double length, double drift) noexcept;

  /// The first normal is the spot's.
  void advance(const Numbers& numbers, const Paths& paths, bool continuous) const noexcept;

 private:
  double decay_;       // exp(-kappa dt)
  double unit_;        // eps^2 (1 - exp(-kappa dt))/(4 kappa)
  double half_;        // half the degrees of freedom
  double leverage_;    // rho/eps
  double reversion_;   // kappa
  double complement_;  // 1 - rho^2
  double drift_;
  IntegratedVariance integral_;
};

}  // namespace strikeproof::monte_carlo
