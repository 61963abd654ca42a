// Grid in spot and interpolation on it; internal to the core.
//
//   S_i = K + alpha sinh(xi_i),   xi uniform, S_0 = 0, S_last = top [1]
//
// dense at K, where spacing is about alpha d(xi), and of constant ratio far from it.
//
// [1] Tavella, D. and Randall, C. (2000), Pricing Financial Instruments: The Finite Difference
//     Method, Wiley, ch. 5.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace strikeproof::numeric {

using Grid = std::vector<double>;

[[nodiscard]] inline Grid sinh_grid(double centre, double alpha, double top, int points) {
  const double low = std::asinh(-centre / alpha);
  const double high = std::asinh((top - centre) / alpha);
  Grid grid(static_cast<std::size_t>(points));
  for (int i = 0; i < points; ++i) {
    const double part = static_cast<double>(i) / (points - 1);
    grid[static_cast<std::size_t>(i)] = centre + alpha * std::sinh(low + part * (high - low));
  }
  grid.front() = 0.0;
  grid.back() = top;
  return grid;
}

/// Cubic through four nodes around x: weights of value, slope and curvature.
struct Stencil {
  std::size_t first;
  std::array<double, 4> value, slope, curvature;
};

[[nodiscard]] inline Stencil stencil_at(const Grid& grid, double x) noexcept {
  const auto above = std::upper_bound(grid.begin(), grid.end(), x) - grid.begin();
  const auto last = static_cast<std::ptrdiff_t>(grid.size()) - 4;
  Stencil s{};
  s.first = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(above - 2, 0, last));
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

template <class T>
[[nodiscard]] T weighted(const std::vector<T>& values, std::size_t first,
                         const std::array<double, 4>& weights) noexcept {
  T sum(0.0);
  for (std::size_t k = 0; k < 4; ++k) sum += weights[k] * values[first + k];
  return sum;
}

}  // namespace strikeproof::numeric
