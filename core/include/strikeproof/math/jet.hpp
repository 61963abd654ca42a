// Exact derivatives of a formula, carried along with its value (forward differentiation [1]).
//
// A Jet holds f, its first derivatives by `firsts` inputs, and its second derivatives by the first
// `seconds` of them. A formula written for a type T gives its price with T = double and its price
// and Greeks with T = Jet, so that no Greek has a formula of its own to get wrong.
//
//   (f g)_i = f_i g + f g_i,   (f g)_ij = f_ij g + f_i g_j + f_j g_i + f g_ij
//   phi(f)_i = phi' f_i,       phi(f)_ij = phi'' f_i f_j + phi' f_ij
//
// [1] Griewank, A. and Walther, A. (2008), Evaluating Derivatives, 2nd ed., SIAM, ch. 3 and 13.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "strikeproof/math/normal.hpp"

namespace strikeproof::math {

template <std::size_t firsts, std::size_t seconds>
struct Jet {
  static_assert(seconds <= firsts);
  static constexpr std::size_t kPairs = seconds * (seconds + 1) / 2;

  double value = 0.0;
  std::array<double, firsts> first{};
  std::array<double, kPairs> second{};  // (0,0) (1,0) (1,1) (2,0) ...

  constexpr Jet() = default;
  constexpr Jet(double constant) : value(constant) {}  // NOLINT: a constant is a Jet

  /// The input number `index`, whose derivative by itself is 1.
  [[nodiscard]] static constexpr Jet input(double value, std::size_t index) {
    Jet jet(value);
    jet.first[index] = 1.0;
    return jet;
  }

  [[nodiscard]] constexpr double by(std::size_t i, std::size_t j) const {
    return i < j ? second[j * (j + 1) / 2 + i] : second[i * (i + 1) / 2 + j];
  }
};

/// phi(f) from phi and its first two derivatives at f.value.
template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> compose(const Jet<n, m>& f, double phi, double slope,
                                          double curvature) {
  Jet<n, m> out(phi);
  for (std::size_t i = 0; i < n; ++i) out.first[i] = slope * f.first[i];
  std::size_t pair = 0;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j <= i; ++j, ++pair) {
      out.second[pair] = curvature * f.first[i] * f.first[j] + slope * f.second[pair];
    }
  }
  return out;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator-(Jet<n, m> f) {
  return compose(f, -f.value, -1.0, 0.0);
}

template <std::size_t n, std::size_t m>
constexpr Jet<n, m>& operator+=(Jet<n, m>& f, const Jet<n, m>& g) {
  f.value += g.value;
  for (std::size_t i = 0; i < n; ++i) f.first[i] += g.first[i];
  for (std::size_t i = 0; i < f.second.size(); ++i) f.second[i] += g.second[i];
  return f;
}

template <std::size_t n, std::size_t m>
constexpr Jet<n, m>& operator-=(Jet<n, m>& f, const Jet<n, m>& g) {
  f.value -= g.value;
  for (std::size_t i = 0; i < n; ++i) f.first[i] -= g.first[i];
  for (std::size_t i = 0; i < f.second.size(); ++i) f.second[i] -= g.second[i];
  return f;
}

template <std::size_t n, std::size_t m>
constexpr Jet<n, m>& operator*=(Jet<n, m>& f, const Jet<n, m>& g) {
  std::size_t pair = 0;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j <= i; ++j, ++pair) {
      f.second[pair] = f.second[pair] * g.value + f.first[i] * g.first[j] +
                       f.first[j] * g.first[i] + f.value * g.second[pair];
    }
  }
  for (std::size_t i = 0; i < n; ++i) f.first[i] = f.first[i] * g.value + f.value * g.first[i];
  f.value *= g.value;
  return f;
}

template <std::size_t n, std::size_t m>
constexpr Jet<n, m>& operator/=(Jet<n, m>& f, const Jet<n, m>& g) {
  const double inverse = 1.0 / g.value;
  const double quotient = f.value / g.value;
  f *= compose(g, inverse, -inverse * inverse, 2.0 * inverse * inverse * inverse);
  f.value = quotient;
  return f;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator+(Jet<n, m> f, const Jet<n, m>& g) {
  return f += g;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator+(Jet<n, m> f, double g) {
  return f += Jet<n, m>(g);
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator+(double f, const Jet<n, m>& g) {
  return Jet<n, m>(f) + g;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator-(Jet<n, m> f, const Jet<n, m>& g) {
  return f -= g;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator-(Jet<n, m> f, double g) {
  return f -= Jet<n, m>(g);
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator-(double f, const Jet<n, m>& g) {
  return Jet<n, m>(f) - g;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator*(Jet<n, m> f, const Jet<n, m>& g) {
  return f *= g;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator*(Jet<n, m> f, double g) {
  return f *= Jet<n, m>(g);
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator*(double f, const Jet<n, m>& g) {
  return Jet<n, m>(f) * g;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator/(Jet<n, m> f, const Jet<n, m>& g) {
  return f /= g;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator/(Jet<n, m> f, double g) {
  return f /= Jet<n, m>(g);
}

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr Jet<n, m> operator/(double f, const Jet<n, m>& g) {
  return Jet<n, m>(f) / g;
}

template <std::size_t n, std::size_t m>
[[nodiscard]] Jet<n, m> exp(const Jet<n, m>& f) {
  const double e = std::exp(f.value);
  return compose(f, e, e, e);
}

template <std::size_t n, std::size_t m>
[[nodiscard]] Jet<n, m> expm1(const Jet<n, m>& f) {
  const double e = std::exp(f.value);
  return compose(f, std::expm1(f.value), e, e);
}

template <std::size_t n, std::size_t m>
[[nodiscard]] Jet<n, m> log(const Jet<n, m>& f) {
  const double inverse = 1.0 / f.value;
  return compose(f, std::log(f.value), inverse, -inverse * inverse);
}

template <std::size_t n, std::size_t m>
[[nodiscard]] Jet<n, m> sqrt(const Jet<n, m>& f) {
  const double root = std::sqrt(f.value);
  return compose(f, root, 0.5 / root, -0.25 / (root * f.value));
}

/// f to a constant power, f > 0.
template <std::size_t n, std::size_t m>
[[nodiscard]] Jet<n, m> pow(const Jet<n, m>& f, double power) {
  const double p = std::pow(f.value, power);
  return compose(f, p, power * p / f.value, power * (power - 1.0) * p / (f.value * f.value));
}

template <std::size_t n, std::size_t m>
[[nodiscard]] Jet<n, m> pow(const Jet<n, m>& f, const Jet<n, m>& power) {
  return exp(power * log(f));
}

template <std::size_t n, std::size_t m>
[[nodiscard]] Jet<n, m> normal_cdf(const Jet<n, m>& f) {
  const double density = normal_pdf(f.value);
  return compose(f, normal_cdf(f.value), density, -f.value * density);
}

template <std::size_t n, std::size_t m>
[[nodiscard]] Jet<n, m> normal_pdf(const Jet<n, m>& f) {
  const double z = f.value;
  const double density = normal_pdf(z);
  return compose(f, density, -z * density, (z * z - 1.0) * density);
}

/// Value without derivatives, for branches of a formula.
[[nodiscard]] constexpr double value_of(double f) { return f; }

template <std::size_t n, std::size_t m>
[[nodiscard]] constexpr double value_of(const Jet<n, m>& f) {
  return f.value;
}

}  // namespace strikeproof::math
