// Complex error function by the trapezium and midpoint rules, corrected for their poles.
//
//   w(z) = (i z / pi) int exp(-t^2) / (z^2 - t^2) dt, step h = sqrt(pi / (n + 1))
//
// The rule whose nodes lie farther from Re z is taken; near the real line the residue at t = z is
// added, above Im z = pi / h it is below rounding. n = 11 gives double precision [1].
//
// [1] Al Azah, M. and Chandler-Wilde, S. N. (2021), Computation of the complex error function using
//     modified trapezoidal rules, SIAM J. Numer. Anal. 59(5), 2346-2367.
#include "strikeproof/math/faddeeva.hpp"

#include <cmath>
#include <numbers>

namespace strikeproof::math {

std::complex<double> faddeeva(std::complex<double> z) noexcept {
  constexpr int kNodes = 11;
  constexpr double kPi = std::numbers::pi;
  const double h = std::sqrt(kPi / (kNodes + 1));
  const std::complex<double> i(0.0, 1.0);
  const std::complex<double> square = z * z;
  const double place = z.real() / h - std::floor(z.real() / h);
  const bool trapezium = place >= 0.25 && place <= 0.75;

  std::complex<double> sum = 0.0;
  for (int k = trapezium ? 1 : 0; k <= kNodes; ++k) {
    const double t = trapezium ? k * h : (k + 0.5) * h;
    sum += std::exp(-t * t) / (square - t * t);
  }
  std::complex<double> w = (2.0 * h / kPi) * i * z * sum;
  if (trapezium) w += (h / kPi) * i / z;
  if (z.imag() < kPi / h) {
    const std::complex<double> turn = std::exp((-2.0 * kPi / h) * i * z);
    w += 2.0 * std::exp(-square) / (trapezium ? 1.0 - turn : 1.0 + turn);
  }
  return w;
}

}  // namespace strikeproof::math
