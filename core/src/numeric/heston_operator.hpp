// Heston's operator on a grid in spot and variance, split by direction; internal to the core.
// Method and sources: src/heston_finite_difference.cpp.
//
//   A0 u = rho sigma s v u_sv
//   A1 u = v s^2/2 u_ss + (r - q) s u_s - r/2 u
//   A2 u = sigma^2 v/2 u_vv + kappa (theta - v) u_v - r/2 u
//
// Values lie by variance, then spot: node (i, j) at j * spots() + i. The first and the last spot
// are given; all variances are solved for.
#pragma once

#include <cstddef>
#include <vector>

#include "numeric/spot_grid.hpp"
#include "strikeproof/heston.hpp"

namespace strikeproof::numeric {

using Field = std::vector<double>;

class HestonOperator {
 public:
  HestonOperator(const Grid& spot, const Grid& variance, const heston::Market& market);

  [[nodiscard]] std::size_t spots() const noexcept { return spots_; }
  [[nodiscard]] std::size_t variances() const noexcept { return variances_; }

  /// The three parts of the operator at the inner spots.
  void apply(const Field& u, Field& mixed, Field& by_spot, Field& by_variance) noexcept;

  /// Prepares the solutions of 1 - scale A1 and 1 - scale A2.
  void factor(double scale) noexcept;
  /// x = (1 - scale A1)^-1 x, with x given at the first and the last spot.
  void solve_spot(Field& x) const noexcept;
  /// x = (1 - scale A2)^-1 x at the inner spots.
  void solve_variance(Field& x) const noexcept;

 private:
  struct Three {
    double lower, middle, upper;
  };

  void set_spot(const Grid& spot);
  void set_variance(const Grid& variance, const heston::Market& market);
  template <std::size_t lines>
  void factor_lines(double scale, std::size_t first) noexcept;
  template <std::size_t lines>
  void solve_lines(double* x, std::size_t first) const noexcept;

  std::size_t spots_, variances_;
  double drift_, half_rate_;
  double scale_ = 0.0;  // of the factors
  Grid variance_;
  // s^2/2 d2/ds2 and s d/ds at each spot, by neighbour
  Field bend_lower_, bend_middle_, bend_upper_;
  Field tilt_lower_, tilt_middle_, tilt_upper_;
  std::vector<Three> along_;   // A2 at each variance
  double beyond_ = 0.0;        // of A2 at variance 0, on the third variance
  std::vector<Three> across_;  // rho sigma v d/dv at each variance
  Field tilted_;               // s u_s
  // factors: x_i = y_i + up x_{i+1}, y_i = inverse r_i + low y_{i-1}
  Field spot_low_, spot_inverse_, spot_up_;
  std::vector<Three> variance_factor_;  // low, inverse, up
  double eliminated_ = 0.0;             // what of the second row the first takes
};

}  // namespace strikeproof::numeric
