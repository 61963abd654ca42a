// Moments of the variance gamma model, as numeric/fourier.hpp asks for them.
#pragma once

#include "numeric/fourier.hpp"
#include "strikeproof/variance_gamma.hpp"

namespace strikeproof::variance_gamma {

class Moments : public fourier::Whole {
 public:
  Moments(const Model& model, double time) noexcept;

  [[nodiscard]] fourier::Complex log_moment(fourier::Complex u) const noexcept;
  [[nodiscard]] fourier::Strip strip() const noexcept { return strip_; }
  [[nodiscard]] double drift() const noexcept { return drift_; }
  [[nodiscard]] double sector() const noexcept { return 0.25 * std::numbers::pi; }
  [[nodiscard]] double spread() const noexcept;

 private:
  Model model_;
  double time_;
  double drift_;
  fourier::Strip strip_;
};

}  // namespace strikeproof::variance_gamma
