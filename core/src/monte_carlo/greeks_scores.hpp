// Steps of lognormal assets in standard form, and their scores; internal to the core.
#pragma once

#include <cstddef>
#include <vector>

#include "strikeproof/monte_carlo_greeks.hpp"

namespace strikeproof::monte_carlo {

/// Brownian steps B (variance 1, correlated) back from log spots, and u = R^-1 B.
class LognormalScores {
 public:
  /// Throws std::invalid_argument where a volatility is 0 or the correlations are singular.
  explicit LognormalScores(const FlatLognormal& model);

  [[nodiscard]] std::size_t assets() const noexcept { return model_.spot.size(); }
  [[nodiscard]] const FlatLognormal& model() const noexcept { return model_; }
  /// Drift of the log spot a year.
  [[nodiscard]] double drift(std::size_t asset) const noexcept { return drift_[asset]; }
  [[nodiscard]] double inverse(std::size_t i, std::size_t j) const noexcept {
    return inverse_[i * assets() + j];
  }

  /// B for a path between two dates; `before` and `after` hold a row per asset.
  void brownian(double length, std::size_t path, ConstPathRows before, ConstPathRows after,
                double* b) const noexcept;
  /// u = R^-1 B.
  void solve(const double* b, double* u) const noexcept;

  /// Derivative of the log density of one step, or of the first one for delta, gamma (its second
  /// derivative over the density) and theta.
  [[nodiscard]] double score(const GreekOf& of, double length, const double* b,
                             const double* u) const noexcept;

 private:
  FlatLognormal model_;
  std::vector<double> drift_;
  std::vector<double> inverse_;  // of the correlations
};

}  // namespace strikeproof::monte_carlo
