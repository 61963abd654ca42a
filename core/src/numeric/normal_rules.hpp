// Quadrature for the standard normal density; internal to the core.
#pragma once

#include <cstddef>
#include <vector>

namespace strikeproof::numeric {

struct Rule {
  std::vector<double> node, weight;
};

/// Exact for polynomials up to degree 2n - 1.
[[nodiscard]] Rule gauss_hermite(std::size_t n);

/// Nodes at multiples of `step` up to `reach` on both sides, of weight 1 in all.
[[nodiscard]] Rule trapezoids(double reach, double step);

}  // namespace strikeproof::numeric
