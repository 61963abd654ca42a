// Nodes in spot or its logarithm, and interpolation between them; internal to the core.
//
// The sinh grid: xi(S) = sum over foci of asinh((S - B_k) / alpha_k), nodes uniform in xi. One
// focus gives S = B + alpha sinh(xi), which is [1, ch. 5]; with several the densities 1 / sqrt(
// alpha^2 + (S - B)^2) add up, where [1] adds their squares under the root: the sum has its
// integral in closed form, so that halving the spacing keeps every node.
//
// Points that must be nodes (strike, barriers) become so by a monotone cubic [2] from the uniform
// variable to xi.
//
// [1] Tavella, D. and Randall, C. (2000), Pricing Financial Instruments: The Finite Difference
//     Method, Wiley.
// [2] Fritsch, F. and Butland, J. (1984), A method for constructing local monotone piecewise cubic
//     interpolants, SIAM J. Sci. Stat. Comput. 5(2), 300-304.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace strikeproof::numeric {

using Grid = std::vector<double>;

/// Nodes as the equation sees them and as spots.
struct Axis {
  Grid x;  // spot, or its logarithm
  Grid spot;
  bool logarithmic;

  [[nodiscard]] std::size_t size() const noexcept { return x.size(); }
  [[nodiscard]] double coordinate(double s) const noexcept { return logarithmic ? std::log(s) : s; }
  /// The cell of a node reaches half way to its neighbours.
  [[nodiscard]] double cell_low(std::size_t i) const noexcept {
    return 0.5 * (x[i == 0 ? 0 : i - 1] + x[i]);
  }
  [[nodiscard]] double cell_top(std::size_t i) const noexcept {
    return 0.5 * (x[i] + x[std::min(i + 1, x.size() - 1)]);
  }
};

struct Focus {
  double point;
  double width;  // about the width over which spacing stays as it is at the point
};

struct AxisPlan {
  double low, top;  // in spot; low > 0 where logarithmic
  bool logarithmic;
  std::vector<Focus> foci;       // of a grid in spot
  std::vector<double> on_nodes;  // in spot, the most important first
  int cells;                     // of the coarsest grid of a family
  int refinement;                // each of its cells is cut in so many
};

[[nodiscard]] Axis make_axis(const AxisPlan& plan);

/// Nodes of a grid dense at `foci`, those of `on_nodes` among them; plain numbers, any coordinate.
[[nodiscard]] Grid stretched_grid(const AxisPlan& plan);

/// Cubic through four nodes around x: weights of value, slope and curvature.
struct Stencil {
  std::size_t first;
  std::array<double, 4> value, slope, curvature;
};

/// From the nodes `begin` to `end - 1`, at least four.
[[nodiscard]] inline Stencil stencil_at(const Grid& grid, double x, std::size_t begin,
                                        std::size_t end) noexcept {
  const auto above = std::upper_bound(grid.begin(), grid.end(), x) - grid.begin();
  Stencil s{};
  s.first = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(
      above - 2, static_cast<std::ptrdiff_t>(begin), static_cast<std::ptrdiff_t>(end) - 4));
  for (std::size_t k = 0; k < 4; ++k) {
    double scale = 1.0;
    std::array<double, 3> away{};
    for (std::size_t j = 0, n = 0; j < 4; ++j) {
      if (j == k) continue;
      away[n++] = x - grid[s.first + j];
      scale /= grid[s.first + k] - grid[s.first + j];
    }
    s.value[k] = scale * away[0] * away[1] * away[2];
    s.slope[k] = scale * (away[0] * away[1] + away[0] * away[2] + away[1] * away[2]);
    s.curvature[k] = 2.0 * scale * (away[0] + away[1] + away[2]);
  }
  return s;
}

[[nodiscard]] inline Stencil stencil_at(const Grid& grid, double x) noexcept {
  return stencil_at(grid, x, 0, grid.size());
}

template <class T>
[[nodiscard]] T weighted(const std::vector<T>& values, std::size_t first,
                         const std::array<double, 4>& weights) noexcept {
  T sum(0.0);
  for (std::size_t k = 0; k < 4; ++k) sum += weights[k] * values[first + k];
  return sum;
}

}  // namespace strikeproof::numeric
