// Normal distribution of several variables, one integral after another.
//
//   P_n(b; R) = int_{-inf}^{b_1} phi(z) P_{n-1}(b'(z); R') dz,
//   b'_i = (b_i - r_1i z) / sqrt(1 - r_1i^2),
//   R'_ij = (r_ij - r_1i r_1j) / sqrt((1 - r_1i^2)(1 - r_1j^2))                                 [1]
//
// down to P_2, which is exact [2]. The integrand is analytic: Gauss-Legendre rules on three panels.
// The variable with the smallest limit goes first, where the integral is shortest.
//
// [1] Schervish, M. J. (1984), Multivariate normal probabilities with error bound, Applied
//     Statistics 33(1), 81-94.
// [2] bivariate_normal.cpp
#include "strikeproof/math/multivariate_normal.hpp"

#include <algorithm>
#include <cmath>

#include "strikeproof/math/bivariate_normal.hpp"
#include "strikeproof/math/gauss_legendre.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::math {
namespace {

constexpr double kReach = 9.0;  // the density beyond is below 1e-18
constexpr int kPanels = 3;

// What is left of the correlations when the first variable is known.
struct Conditional {
  Limits slope{};   // r_1i / sqrt(1 - r_1i^2)
  Limits spread{};  // 1 / sqrt(1 - r_1i^2)
  Correlations correlation{};
};

Conditional given_first(std::size_t count, const Correlations& r) noexcept {
  Conditional c;
  for (std::size_t i = 1; i < count; ++i) {
    c.spread[i - 1] = 1.0 / std::sqrt(1.0 - r[0][i] * r[0][i]);
    c.slope[i - 1] = r[0][i] * c.spread[i - 1];
  }
  for (std::size_t i = 1; i < count; ++i) {
    for (std::size_t j = 1; j < count; ++j) {
      const double rest = (r[i][j] - r[0][i] * r[0][j]) * c.spread[i - 1] * c.spread[j - 1];
      c.correlation[i - 1][j - 1] = i == j ? 1.0 : std::clamp(rest, -1.0, 1.0);
    }
  }
  return c;
}

double nested(std::size_t count, const Limits& upper, const Correlations& r) noexcept {
  if (count == 1) return normal_cdf(upper[0]);
  if (count == 2) return bivariate_normal_cdf(upper[0], upper[1], r[0][1]);
  constexpr auto kRule = gauss_legendre<16>();
  const Conditional c = given_first(count, r);
  const double high = std::min(upper[0], kReach);
  const double width = (high + kReach) / kPanels;
  if (!(width > 0.0)) return 0.0;
  double sum = 0.0;
  for (int panel = 0; panel < kPanels; ++panel) {
    const double middle = -kReach + (panel + 0.5) * width;
    for (std::size_t k = 0; k < kRule.node.size(); ++k) {
      for (const double side : {-1.0, 1.0}) {
        const double z = middle + 0.5 * width * side * kRule.node[k];
        Limits own{};
        for (std::size_t i = 0; i + 1 < count; ++i) {
          own[i] = upper[i + 1] * c.spread[i] - z * c.slope[i];
        }
        const double weight = 0.5 * width * kRule.weight[k] * normal_pdf(z);
        if (weight > 1e-18) sum += weight * nested(count - 1, own, c.correlation);
      }
    }
  }
  return sum;
}

}  // namespace

double multivariate_normal_cdf(std::size_t count, const Limits& upper,
                               const Correlations& correlation) noexcept {
  const auto first = static_cast<std::size_t>(
      std::min_element(upper.begin(), upper.begin() + static_cast<std::ptrdiff_t>(count)) -
      upper.begin());
  Limits limits = upper;
  Correlations r = correlation;
  std::swap(limits[0], limits[first]);
  std::swap(r[0], r[first]);
  for (auto& row : r) std::swap(row[0], row[first]);
  return std::clamp(nested(count, limits, r), 0.0, 1.0);
}

}  // namespace strikeproof::math
