// Quantiles of Student's t distribution; see src/math/student.cpp.
#pragma once

namespace strikeproof::math {

/// t > 0 with P(|T| < t) = level, 0 < level < 1, for a whole number of degrees of freedom >= 1 or
/// infinity.
[[nodiscard]] double student_two_sided(double level, double degrees_of_freedom) noexcept;

}  // namespace strikeproof::math
