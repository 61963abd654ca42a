// Normal distribution of up to five correlated variables; see src/math/multivariate_normal.cpp.
#pragma once

#include <array>
#include <cstddef>

namespace strikeproof::math {

inline constexpr std::size_t kMostVariables = 5;
using Limits = std::array<double, kMostVariables>;
using Correlations = std::array<Limits, kMostVariables>;

/// P(X_i <= upper_i for all i < count), 1 <= count <= 5; positive definite correlations. Absolute
/// error below 1e-9 where no correlation given the others exceeds 0.99 in size.
[[nodiscard]] double multivariate_normal_cdf(std::size_t count, const Limits& upper,
                                             const Correlations& correlation) noexcept;

}  // namespace strikeproof::math
