// Moments of Kou's model, as numeric/fourier.hpp asks for them.
#pragma once

#include "numeric/fourier.hpp"
#include "strikeproof/kou.hpp"

namespace strikeproof::kou {

class Moments {
 public:
  Moments(const Model& model, double time) noexcept : model_(model), time_(time) {}

  [[nodiscard]] fourier::Complex log_moment(fourier::Complex u) const noexcept;
  [[nodiscard]] fourier::Strip strip() const noexcept;
  [[nodiscard]] double drift() const noexcept;
  [[nodiscard]] double sector() const noexcept { return 0.25 * std::numbers::pi; }
  [[nodiscard]] double spread() const noexcept;

 private:
  Model model_;
  double time_;
};

}  // namespace strikeproof::kou
