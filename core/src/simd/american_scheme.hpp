// Nodes, quadrature and interpolation of the American engine, for one accuracy; internal to the
// core.
#pragma once

#include <cstddef>
#include <vector>

namespace strikeproof::simd {

/// Negative rates up to this size are taken as 0: the second boundary of exercise, at r / q of the
/// strike, is then out of any spot's reach.
inline constexpr double kNoRate = 1e-12;

struct AmericanSizes {
  std::size_t nodes;         // of the boundary beside x = 0, where it is known
  std::size_t points;        // of each node's integral
  std::size_t price_points;  // of the price's integral
  std::size_t most_steps;    // of the iteration
  double last_change;        // of ln B, weighted by x: a smaller step is the last
  double believed_change;    // a larger last one makes the boundary one not to be believed
};

/// Constants of the collocation, the same for every option: times are x^2 with x relative to the
/// square root of the expiry.
struct AmericanScheme {
  AmericanSizes sizes;
  std::vector<double> x;  // by node, in (0, 1], the last is 1

  /// Quadrature over the angle whose sine is sqrt((t - u) / t) and whose cosine is sqrt(u / t).
  struct Quadrature {
    std::vector<double> sine, inverse_sine, cosine, weight;  // by point; weight without a factor t
    std::vector<double> interpolation;  // by node, point and node: of H at x_i cosine_k
  };
  Quadrature boundary;
  Quadrature price;  // as if by the last node alone

  const AmericanScheme* coarse;     // whose boundary is the first guess; null: an approximation is
  std::vector<double> from_coarse;  // by node and coarse node: of H
};

[[nodiscard]] AmericanScheme make_american_scheme(const AmericanSizes& sizes,
                                                  const AmericanScheme* coarse);

}  // namespace strikeproof::simd
