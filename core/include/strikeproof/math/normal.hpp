// Normal density, distribution and Mills ratio; see src/math/normal.cpp for method and sources.
#pragma once

#include "strikeproof/math/double_double.hpp"

namespace strikeproof::math {

inline constexpr double kInverseRootTwoPi = 0.39894228040143267794;
inline constexpr double kRootTwoPi = 2.50662827463100050242;

// z^2 from which exp(-z^2/2) is below every positive double
inline constexpr double kVanishing = 1500.0;

/// N(-u) / phi(u) for u >= 0, infinity included (there 0); relative error below 5e-16.
[[nodiscard]] double mills_ratio(double u) noexcept;

/// exp(-z^2/2) / sqrt(2 pi); relative error below 1e-15 where it is a normal double.
[[nodiscard]] double normal_pdf(double z) noexcept;

/// Integral of the density up to z; relative error below 2e-15 in the lower tail.
[[nodiscard]] double normal_cdf(double z) noexcept;

/// z with normal_cdf(z) = p: -infinity at 0, +infinity at 1, NaN outside [0, 1]; relative error
/// below 1e-15 for p up to 1/2. Near 1 the spacing of p limits z: ask for -z at 1 - p there.
[[nodiscard]] double inverse_normal_cdf(double p) noexcept;

}  // namespace strikeproof::math
