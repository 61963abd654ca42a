// Value of 1 paid when the walk first reaches a barrier, if it does so before expiry.
//
//   nu = r - q - sigma^2/2,  b = ln(H/S),  s = sigma sqrt(T),  x = |b| / s,  d = (b - nu T) / s
//   y^2 = (nu^2 + 2 r sigma^2) T / sigma^2                       may be negative when r < 0
//   value = exp(-r T) phi(d) (M(x + y) + M(x - y)),  M(z) = N(-z) / phi(z)                [1], [2]
//
// This is Reiner and Rubinstein's (H/S)^(mu +- lambda), lambda = sqrt(mu^2 + 2 r / sigma^2), with
// the powers taken into the densities. The bracket is even in y and entire in y^2:
//
//   y^2 > 0   as above; where x < y, exp(-r T) phi(d) / phi(x - y) = exp((b nu - |b| y sigma /
//             sqrt(T)) / sigma^2), with its difference of like numbers written as a quotient
//   near 0    2 sum_k I_2k(x) y^2k,  I_n(x) = (1/n!) int_0^inf t^n exp(-x t - t^2/2) dt
//   y^2 < 0   y = i u: sqrt(2 pi) Re w((u + i x) / sqrt 2), w the complex error function
//
// [1] Reiner, E. and Rubinstein, M. (1991), Unscrambling the binary code, Risk 4(9), 75-83.
// [2] Rubinstein, M. and Reiner, E. (1991), Breaking down the barriers, Risk 4(8), 28-35.
// [3] Gautschi, W. (1967), Computational aspects of three-term recurrence relations, SIAM Rev.
// 9(1).
#pragma once

#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>

#include "first_passage.hpp"
#include "strikeproof/math/faddeeva.hpp"

namespace strikeproof::first_passage {

/// A function of two variables with its derivatives, at one point.
struct Surface {
  double value;
  double by_x, by_y;
  double by_xx, by_xy, by_yy;
};

[[nodiscard]] inline double compose(double /*x*/, double /*y*/, const Surface& f) noexcept {
  return f.value;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] math::Jet<n, m> compose(const math::Jet<n, m>& x, const math::Jet<n, m>& y,
                                      const Surface& f) noexcept {
  math::Jet<n, m> out = math::compose(x, f.value, f.by_x, f.by_xx);
  const math::Jet<n, m> along_y = math::compose(y, 0.0, f.by_y, f.by_yy);
  out += along_y;
  std::size_t pair = 0;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j <= i; ++j, ++pair) {
      out.second[pair] += f.by_xy * (x.first[i] * y.first[j] + x.first[j] * y.first[i]);
    }
  }
  return out;
}

inline constexpr std::size_t kMoments = 17;
inline constexpr double kNearZero = 0.01;  // of |y^2|: the series ends below 1e-17 at y^12

/// I_0 ... I_16 at x >= 0: forwards while that is stable, else the ratios backwards [3].
[[nodiscard]] inline std::array<double, kMoments> moments(double x) noexcept {
  std::array<double, kMoments> found{};
  found[0] = math::mills_ratio(x);
  if (x < 1.0) {
    found[1] = 1.0 - x * found[0];
    for (std::size_t n = 1; n + 1 < kMoments; ++n) {
      found[n + 1] = (found[n - 1] - x * found[n]) / static_cast<double>(n + 1);
    }
    return found;
  }
  std::array<double, kMoments> ratios{};
  double ratio = 0.0;
  for (auto n = static_cast<std::size_t>(32.0 + 250.0 / (x * x)); n >= 1; --n) {
    ratio = 1.0 / (x + static_cast<double>(n + 1) * ratio);
    if (n < kMoments) ratios[n] = ratio;
  }
  for (std::size_t n = 1; n < kMoments; ++n) found[n] = ratios[n] * found[n - 1];
  return found;
}

/// M(x + y) + M(x - y) as a function of x and of y^2, near y = 0.
[[nodiscard]] inline Surface near_zero(double x, double y_square) noexcept {
  const std::array<double, kMoments> I = moments(x);
  Surface f{};
  double power = 2.0;  // 2 y^(2k)
  double lower = 0.0;  // 2 y^(2k-2)
  double lowest = 0.0;
  for (std::size_t k = 0; 2 * k + 2 < kMoments; ++k) {
    const std::size_t n = 2 * k;
    const auto times = static_cast<double>(k);
    const auto next = static_cast<double>(n + 1);
    f.value += power * I[n];
    f.by_x -= power * next * I[n + 1];
    f.by_xx += power * next * (next + 1.0) * I[n + 2];
    f.by_y += times * lower * I[n];
    f.by_xy -= times * lower * next * I[n + 1];
    f.by_yy += times * (times - 1.0) * lowest * I[n];
    lowest = lower;
    lower = power;
    power *= y_square;
  }
  return f;
}

/// sqrt(2 pi) Re w((u + i x) / sqrt 2) as a function of x and u.
[[nodiscard]] inline Surface oscillating(double x, double u) noexcept {
  constexpr double kRootHalf = 0.5 * std::numbers::sqrt2;
  constexpr double kRootPi = 1.0 / std::numbers::inv_sqrtpi;
  const std::complex<double> z(u * kRootHalf, x * kRootHalf);
  const std::complex<double> w = math::faddeeva(z);
  const std::complex<double> slope =
      -2.0 * z * w + std::complex<double>(0.0, 2.0 * std::numbers::inv_sqrtpi);
  const std::complex<double> curvature = -2.0 * (w + z * slope);
  const double half = 0.5 * math::kRootTwoPi;
  return {math::kRootTwoPi * w.real(), -kRootPi * slope.imag(),  kRootPi * slope.real(),
          -half * curvature.real(),    -half * curvature.imag(), half * curvature.real()};
}

/// exp(-r T) phi(d) (M(x + y) + M(x - y)), y^2 > 0.
template <class T>
[[nodiscard]] T by_tails(const Inputs<T>& in, const T& b, const T& density, const T& y_square,
                         const T& x) noexcept {
  using std::exp;
  using std::sqrt;
  const T y = sqrt(y_square);
  const T far = density * mills(T(x + y));
  if (math::value_of(x) >= math::value_of(y)) return far + density * mills(T(x - y));
  const T variance = in.volatility * in.volatility;
  const T nu = in.rate - in.yield - 0.5 * variance;
  const T pull = y * in.volatility / sqrt(in.time);  // |nu| with the discounting in it
  const double side = math::value_of(b) < 0.0 ? -1.0 : 1.0;
  const T distance = side * b;
  const T towards = side * nu;
  const T power = math::value_of(towards) > 0.0 ? -2.0 * (in.rate * distance) / (towards + pull)
                                                : distance * ((towards - pull) / variance);
  return far + exp(power) - density * mills(T(y - x));
}

/// The value; spot, time and volatility > 0, b not 0.
template <class T>
[[nodiscard]] T hitting_discount(const Inputs<T>& in, const T& b) noexcept {
  using math::normal_pdf;
  using std::exp;
  using std::sqrt;
  const T variance = in.volatility * in.volatility;
  const T nu = in.rate - in.yield - 0.5 * variance;
  const T deviation = in.volatility * sqrt(in.time);
  const double side = math::value_of(b) < 0.0 ? -1.0 : 1.0;
  const T x = side * b / deviation;
  const T density = exp(-(in.rate * in.time)) * normal_pdf((b - nu * in.time) / deviation);
  const T y_square = (nu * nu / variance + 2.0 * in.rate) * in.time;
  const double size = math::value_of(y_square);
  if (size > kNearZero) return by_tails(in, b, density, y_square, x);
  if (size >= -kNearZero) {
    return density * compose(x, y_square, near_zero(math::value_of(x), size));
  }
  const T u = sqrt(-y_square);
  return density * compose(x, u, oscillating(math::value_of(x), math::value_of(u)));
}

}  // namespace strikeproof::first_passage
