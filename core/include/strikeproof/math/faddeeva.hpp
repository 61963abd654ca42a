// The complex error function; see src/math/faddeeva.cpp for method and source.
#pragma once

#include <complex>

namespace strikeproof::math {

/// w(z) = exp(-z^2) erfc(-i z) for z in the closed first quadrant; relative error below 5e-15.
[[nodiscard]] std::complex<double> faddeeva(std::complex<double> z) noexcept;

}  // namespace strikeproof::math
