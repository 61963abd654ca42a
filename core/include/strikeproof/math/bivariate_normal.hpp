// Bivariate normal distribution and its derivatives; see src/math/bivariate_normal.cpp for method
// and sources.
//
//   Phi2(x, y, rho) = P(X <= x, Y <= y),   X, Y standard normal with correlation rho
//   d Phi2/dx   = phi(x) N((y - rho x)/sqrt(1 - rho^2))
//   d Phi2/drho = phi2(x, y, rho), the density   (Plackett 1954, Biometrika 41, 351-360)
#pragma once

#include <cstddef>

#include "strikeproof/math/jet.hpp"

namespace strikeproof::math {

/// P(X <= x, Y <= y); absolute error below 1e-15, NaN where rho is outside [-1, 1]. Infinite x or y
/// and rho = -1 and 1 give the limit.
[[nodiscard]] double bivariate_normal_cdf(double x, double y, double rho) noexcept;

/// Density at (x, y); at rho = -1 and 1 it is zero, or infinite on the line that carries all mass.
[[nodiscard]] double bivariate_normal_pdf(double x, double y, double rho) noexcept;

/// Phi2 with its derivatives by x, y and rho.
struct BivariateDerivatives {
  double value;
  double x, y, rho;
  double xx, xy, yy, xrho, yrho, rhorho;
};

[[nodiscard]] BivariateDerivatives bivariate_normal_derivatives(double x, double y,
                                                                double rho) noexcept;

template <std::size_t n, std::size_t m>
[[nodiscard]] Jet<n, m> bivariate_normal_cdf(const Jet<n, m>& x, const Jet<n, m>& y,
                                             const Jet<n, m>& rho) noexcept {
  const BivariateDerivatives d = bivariate_normal_derivatives(x.value, y.value, rho.value);
  Jet<n, m> out(d.value);
  for (std::size_t i = 0; i < n; ++i) {
    out.first[i] = d.x * x.first[i] + d.y * y.first[i] + d.rho * rho.first[i];
  }
  std::size_t pair = 0;
  for (std::size_t i = 0; i < m; ++i) {
    const double by_x = d.xx * x.first[i] + d.xy * y.first[i] + d.xrho * rho.first[i];
    const double by_y = d.xy * x.first[i] + d.yy * y.first[i] + d.yrho * rho.first[i];
    const double by_rho = d.xrho * x.first[i] + d.yrho * y.first[i] + d.rhorho * rho.first[i];
    for (std::size_t j = 0; j <= i; ++j, ++pair) {
      out.second[pair] = by_x * x.first[j] + by_y * y.first[j] + by_rho * rho.first[j] +
                         d.x * x.second[pair] + d.y * y.second[pair] + d.rho * rho.second[pair];
    }
  }
  return out;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] Jet<n, m> bivariate_normal_cdf(const Jet<n, m>& x, const Jet<n, m>& y,
                                             double rho) noexcept {
  return bivariate_normal_cdf(x, y, Jet<n, m>(rho));
}

}  // namespace strikeproof::math
