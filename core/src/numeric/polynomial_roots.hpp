// Real roots of polynomials, isolated rather than searched for.
//
// On [0, 1] a polynomial is a sum of Bernstein's polynomials; the number of its roots there is that
// of the sign changes of its coefficients, or less by an even number (Descartes' rule in this basis
// [1]). No change: no root; one: exactly one, closed in by bisection; more: the interval is halved
// by de Casteljau's construction. Coefficients are sums of two doubles, some 31 digits, so that
// signs are right wherever the roots are not equal to about 15.
//
// [1] Eigenwillig, A. (2008), Real root isolation for exact and approximate polynomials using
//     Descartes' rule of signs, doctoral thesis, Universitaet des Saarlandes.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "strikeproof/math/double_double.hpp"

namespace strikeproof::numeric {

using math::DoubleDouble;
using Polynomial = std::vector<DoubleDouble>;  // coefficients, ascending powers

[[nodiscard]] inline Polynomial operator+(const Polynomial& a, const Polynomial& b) {
  Polynomial sum(std::max(a.size(), b.size()), DoubleDouble{0.0, 0.0});
  for (std::size_t i = 0; i < a.size(); ++i) sum[i] = a[i];
  for (std::size_t i = 0; i < b.size(); ++i) sum[i] = sum[i] + b[i];
  return sum;
}

[[nodiscard]] inline Polynomial operator*(const Polynomial& a, const Polynomial& b) {
  Polynomial product(a.size() + b.size() - 1, DoubleDouble{0.0, 0.0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) product[i + j] = product[i + j] + a[i] * b[j];
  }
  return product;
}

[[nodiscard]] inline Polynomial operator*(DoubleDouble factor, Polynomial p) {
  for (DoubleDouble& c : p) c = c * factor;
  return p;
}

[[nodiscard]] inline DoubleDouble value(const Polynomial& p, double x) {
  DoubleDouble sum{0.0, 0.0};
  for (std::size_t i = p.size(); i-- > 0;) sum = sum * x + p[i];
  return sum;
}

namespace detail {

inline int sign(DoubleDouble x) noexcept { return (x.high > 0.0) - (x.high < 0.0); }

inline int changes(const Polynomial& bernstein) noexcept {
  int count = 0;
  int before = 0;
  for (const DoubleDouble& c : bernstein) {
    const int now = sign(c);
    if (now == 0) continue;
    if (before != 0 && now != before) ++count;
    before = now;
  }
  return count;
}

inline Polynomial to_bernstein(const Polynomial& p) {
  const std::size_t n = p.size() - 1;
  const auto binomial = [](std::size_t top, std::size_t below) {
    double found = 1.0;
    for (std::size_t i = 1; i <= below; ++i) {
      found = found * static_cast<double>(top - below + i) / static_cast<double>(i);
    }
    return DoubleDouble{std::round(found), 0.0};
  };
  Polynomial found(n + 1, DoubleDouble{0.0, 0.0});
  for (std::size_t j = 0; j <= n; ++j) {
    for (std::size_t i = 0; i <= j; ++i) {
      found[j] = found[j] + p[i] * (binomial(j, i) / binomial(n, i));
    }
  }
  return found;
}

/// Root of p in [low, high] where it changes sign once.
inline double bisect(const Polynomial& p, double low, double high, int sign_low) {
  constexpr int kSteps = 200;  // to the last digit of a root of 1e-40
  for (int step = 0; step < kSteps; ++step) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    (sign(value(p, middle)) == sign_low ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

inline void isolate(const Polynomial& p, Polynomial bernstein, double low, double high,
                    std::vector<double>& roots) {
  constexpr double kNarrow = 1e-15;
  const int count = changes(bernstein);
  if (count == 0) return;
  if (high - low <= kNarrow * std::max(std::abs(low), 1e-3)) {
    roots.push_back(0.5 * (low + high));  // roots that are equal to rounding
    return;
  }
  if (count == 1 && sign(bernstein.front()) != 0 && sign(bernstein.back()) != 0) {
    roots.push_back(bisect(p, low, high, sign(bernstein.front())));
    return;
  }
  const std::size_t n = bernstein.size() - 1;
  Polynomial left(n + 1, DoubleDouble{0.0, 0.0});
  for (std::size_t level = 0; level <= n; ++level) {
    left[level] = bernstein[0];
    for (std::size_t i = 0; i + level < n; ++i) {
      bernstein[i] = (bernstein[i] + bernstein[i + 1]) * 0.5;
    }
  }
  const double middle = 0.5 * (low + high);
  if (sign(left.back()) == 0) roots.push_back(middle);
  isolate(p, left, low, middle, roots);
  isolate(p, std::move(bernstein), middle, high, roots);
}

}  // namespace detail

/// Roots of p in [0, 1], ascending. Roots closer than rounding may be given once.
[[nodiscard]] inline std::vector<double> roots_in_unit_interval(const Polynomial& p) {
  std::vector<double> roots;
  if (p.empty()) return roots;
  const Polynomial bernstein = detail::to_bernstein(p);
  if (detail::sign(bernstein.back()) == 0) roots.push_back(1.0);
  detail::isolate(p, bernstein, 0.0, 1.0, roots);
  std::sort(roots.begin(), roots.end());
  return roots;
}

/// Positive roots of p, ascending, without 0.
[[nodiscard]] inline std::vector<double> positive_roots(const Polynomial& p) {
  std::vector<double> found = roots_in_unit_interval(p);
  const Polynomial reversed(p.rbegin(), p.rend());
  std::vector<double> inverse = roots_in_unit_interval(reversed);
  for (const double root : inverse) {
    if (root > 0.0) found.push_back(1.0 / root);
  }
  std::erase_if(found, [](double root) { return !(root > 0.0); });
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace strikeproof::numeric
