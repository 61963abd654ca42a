// Moments of Kou's model, as numeric/fourier.hpp asks for them.
#pragma once

#include "numeric/fourier.hpp"
#include "strikeproof/kou.hpp"

namespace strikeproof::kou {

/// ln E[exp(u X)] of the whole distribution.
[[nodiscard]] fourier::Complex log_moment(const Model& model, double time,
                                          fourier::Complex u) noexcept;

/// The paths with jumps: what the fewest of them add to a price is then as accurate as the rest.
class Moments {
 public:
  Moments(const Model& model, double time) noexcept;

  [[nodiscard]] fourier::Complex log_moment(fourier::Complex u) const noexcept;
  [[nodiscard]] fourier::Strip strip() const noexcept;
  [[nodiscard]] double drift() const noexcept { return drift_; }
  [[nodiscard]] double sector() const noexcept { return 0.25 * std::numbers::pi; }
  [[nodiscard]] double spread() const noexcept;
  [[nodiscard]] double mass() const noexcept;
  [[nodiscard]] double mean() const noexcept;
  [[nodiscard]] fourier::Values known(double k) const noexcept;

 private:
  Model model_;
  double time_;
  double drift_;  // of the logarithm between jumps, times time
};

}  // namespace strikeproof::kou
