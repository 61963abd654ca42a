// Gauss-Legendre rules of any size, made at compile time.
//
//   integral of f over [-1, 1] = sum of w_i (f(x_i) + f(-x_i)),   exact to degree 2n - 1
//
// x_i are the positive zeros of the Legendre polynomial P_n, w_i = 2 / ((1 - x^2) P_n'(x)^2)
// [1, eq. 25.4.29]; Newton from Tricomi's guess cos(pi (4i - 1)/(4n + 2)) [1, eq. 22.16.6].
//
// [1] Abramowitz, M. and Stegun, I. (1964), Handbook of Mathematical Functions.
#pragma once

#include <array>
#include <cstddef>

namespace strikeproof::math {

/// Positive half of a rule with an even number of points.
template <std::size_t points>
struct GaussLegendre {
  static_assert(points % 2 == 0);
  std::array<double, points / 2> node{};
  std::array<double, points / 2> weight{};
};

namespace detail {

// wider than double where the compiler has it, so that nodes and weights round once
using Wide = long double;

constexpr Wide cosine(Wide angle) {  // 0 <= angle <= pi / 2
  Wide term = 1;
  Wide sum = 1;
  for (int k = 1; k < 20; ++k) {
    term *= -angle * angle / static_cast<Wide>((2 * k - 1) * (2 * k));
    sum += term;
  }
  return sum;
}

struct Legendre {
  Wide value;
  Wide slope;
};

constexpr Legendre legendre(std::size_t n, Wide x) {
  Wide before = 1;
  Wide here = x;
  for (std::size_t k = 2; k <= n; ++k) {
    const auto order = static_cast<Wide>(k);
    const Wide next = ((2 * order - 1) * x * here - (order - 1) * before) / order;
    before = here;
    here = next;
  }
  return {here, static_cast<Wide>(n) * (before - x * here) / (1 - x * x)};
}

}  // namespace detail

template <std::size_t points>
[[nodiscard]] constexpr GaussLegendre<points> gauss_legendre() {
  constexpr detail::Wide kPi = 3.14159265358979323846264338327950288L;
  GaussLegendre<points> rule;
  for (std::size_t i = 0; i < points / 2; ++i) {
    detail::Wide x = detail::cosine(kPi * static_cast<detail::Wide>(4 * i + 3) /
                                    static_cast<detail::Wide>(4 * points + 2));
    for (int step = 0; step < 6; ++step) {
      const detail::Legendre p = detail::legendre(points, x);
      x -= p.value / p.slope;
    }
    const detail::Wide slope = detail::legendre(points, x).slope;
    rule.node[i] = static_cast<double>(x);
    rule.weight[i] = static_cast<double>(2 / ((1 - x * x) * slope * slope));
  }
  return rule;
}

}  // namespace strikeproof::math
