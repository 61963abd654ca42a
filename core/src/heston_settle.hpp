// The trapezoidal rule in levels of half the step each, until its sums settle; internal to the
// core.
//
// Nodes of even and of odd places are two rules of twice the step. Where the integrand is analytic
// in a strip the rule's error, relative to the size of the integrand, squares as the step is
// halved: so does what the two differ by. While too much is to be expected the next level is added.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "simd/heston_kernels.hpp"
#include "strikeproof/heston.hpp"

namespace strikeproof::heston {

// Differences between steps, of integrands of size 1, that let the error of the smaller one be
// below 2e-11. A smaller integrand's are multiplied by the root of its size: the error's law is
// relative.
inline constexpr double kLastChange = 4e-6;
// Size below which one level is not trusted: the strike is then so far from the logarithm's mean
// that the integrand may turn a whole time from node to node, and both halves be wrong alike.
inline constexpr double kLeastSize = 1e-3;
inline constexpr double kGammaShare = 0.1;  // of that: gamma converges later than the price
// ln(K/F) beyond which rounding exceeds 1e-11 of the forward: exp(k/2) times 1e-16.
inline constexpr double kFarthestStrike = 23.0;

/// Totals of price and delta, and gamma, and slopes, where `count` reaches to them; false where
/// they do not settle. `sums_of(level, sums)` gives a level's own sums and returns the size of the
/// integrand where it starts.
///
/// Price, Greeks and slopes each end at a level of their own, so that none depends on what else was
/// asked. The price ends with delta as well: a sum may agree by chance, two hardly.
template <std::size_t count, class Sums>
[[nodiscard]] bool settle(const Sums& sums_of, std::array<double, count>& found) {
  std::array<double, count> total{};
  std::array<bool, count> settled{};
  const auto all_of = [&settled](std::size_t first, std::size_t last) {
    return std::all_of(settled.begin() + first, settled.begin() + last, [](bool b) { return b; });
  };
  std::size_t done = 0;
  double allowed = 0.0;
  for (int level = 0; level < Contour::kLevels; ++level) {
    std::array<simd::PartialSum, count> sums{};
    const double size = sums_of(level, sums);
    if (level == 0) allowed = kLastChange * std::sqrt(std::min(1.0, size));
    const bool trusted = level > 0 || size > kLeastSize;
    for (std::size_t q = 0; q < count; ++q) {
      const double change = level == 0 ? sums[q].odd_excess : sums[q].all - 0.5 * total[q];
      total[q] = level == 0 ? sums[q].all : 0.5 * total[q] + sums[q].all;
      // gamma is large where the spread is small: measured by its own size, and so are slopes
      const double scale = q < simd::kSumGamma    ? 1.0
                           : q == simd::kSumGamma ? kGammaShare * (1.0 + std::abs(total[q]))
                                                  : 1.0 + std::abs(total[q]);
      settled[q] = std::abs(change) <= allowed * scale;
    }
    if (!trusted || !all_of(0, simd::kSumGamma)) continue;
    if (done == 0) {
      found[simd::kSumPrice] = total[simd::kSumPrice];
      done = simd::kSumDelta;
    }
    if constexpr (count == simd::kSumGamma) return true;
    if constexpr (count > simd::kSumGamma) {
      if (done == simd::kSumDelta && settled[simd::kSumGamma]) {
        found[simd::kSumDelta] = total[simd::kSumDelta];
        found[simd::kSumGamma] = total[simd::kSumGamma];
        done = simd::kSumSlopes;
      }
      if (done == simd::kSumSlopes && all_of(simd::kSumSlopes, count)) {
        std::copy(total.begin() + simd::kSumSlopes, total.end(), found.begin() + simd::kSumSlopes);
        return true;
      }
    }
  }
  return false;
}

}  // namespace strikeproof::heston
