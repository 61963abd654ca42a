// The rotation of a basket's factors: ln S = mean + V e, V = C Q with an orthogonal Q.
//
// Given e_2 ... e_n the basket must rise in e_1, so that it meets the strike once: w_k V_k1 > 0 for
// every k [1]. Among such directions q the one along which the basket moves most is nearest to its
// gradient g = C' value:
//
//   least |q - g|^2 with s_k (C q)_k >= least load, s_k the sign of w_k:  C q = A (value + mu)
//
// with s_k mu_k >= 0, and mu_k = 0 where the load is above the least: an asset that moves against
// the rest is weighed more until it moves with it, a little. (With loads of 0 the crossing of the
// strike would run to infinity within the plane, and the integrand not be analytic there.) With
// five assets there are 32 choices of those; one is right.
//
// The second direction is what is left of g. All the others are then at right angles to the
// gradient: the plane of the first two holds the kink of the payoff, and what its integral gives is
// smooth in the others.
//
// [1] Choi, J. (2018), Sum of all Black-Scholes-Merton models, J. Futures Markets 38(6), 627-644.
#include "basket_factors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace strikeproof::basket {
namespace {

constexpr double kLeastLoad = 0.05;  // of an asset's deviation

double dot(std::size_t n, const ByAsset& a, const ByAsset& b) noexcept {
  double sum = 0.0;
  for (std::size_t k = 0; k < n; ++k) sum += a[k] * b[k];
  return sum;
}

ByAsset times(std::size_t n, const Matrix& a, const ByAsset& x) noexcept {
  ByAsset y{};
  for (std::size_t k = 0; k < n; ++k) y[k] = dot(n, a[k], x);
  return y;
}

// mu of the assets in `still`, so that their (A (value + mu)) are `least`.
ByAsset balanced(std::size_t n, const Matrix& a, const ByAsset& load, const ByAsset& least,
                 unsigned still) noexcept {
  std::array<std::size_t, kMostAssets> place{};
  std::size_t size = 0;
  for (std::size_t k = 0; k < n; ++k) {
    if ((still >> k & 1U) != 0) place[size++] = k;
  }
  Matrix part{};
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) part[i][j] = a[place[i]][place[j]];
  }
  Matrix c{};
  ByAsset mu{};
  if (!cholesky(size, part, c)) return mu;
  ByAsset half{};
  for (std::size_t i = 0; i < size; ++i) {
    half[i] = (least[place[i]] - load[place[i]] - dot(i, c[i], half)) / c[i][i];
  }
  for (std::size_t i = size; i-- > 0;) {
    double sum = half[i];
    for (std::size_t k = i + 1; k < size; ++k) sum -= c[k][i] * mu[place[k]];
    mu[place[i]] = sum / c[i][i];
  }
  return mu;
}

// Weights value + mu of the first direction. Rounding may refuse the right choice by a hair: the
// choice that breaks the conditions least is taken.
ByAsset weighed(std::size_t n, const Matrix& a, const ByAsset& value) noexcept {
  const ByAsset load = times(n, a, value);
  const double length = std::sqrt(dot(n, value, load));
  ByAsset floor{};
  for (std::size_t k = 0; k < n; ++k) {
    floor[k] = std::copysign(kLeastLoad * std::sqrt(a[k][k]) * length, value[k]);
  }
  ByAsset best = value;
  double least = std::numeric_limits<double>::infinity();
  for (unsigned still = 0; still < (1U << n); ++still) {
    const ByAsset mu = balanced(n, a, load, floor, still);
    ByAsset found = value;
    for (std::size_t k = 0; k < n; ++k) found[k] += mu[k];
    const ByAsset moved = times(n, a, found);
    double broken = 0.0;
    for (std::size_t k = 0; k < n; ++k) {
      const double sign = std::copysign(1.0, value[k]);
      const bool is_still = (still >> k & 1U) != 0;
      broken = std::max(broken, is_still ? -sign * mu[k] * a[k][k] : sign * (floor[k] - moved[k]));
    }
    if (broken < least) {
      least = broken;
      best = found;
    }
    if (!(least > 0.0)) break;
  }
  return best;
}

// C' x.
ByAsset back(std::size_t n, const Matrix& c, const ByAsset& x) noexcept {
  ByAsset y{};
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = j; k < n; ++k) y[j] += c[k][j] * x[k];
  }
  return y;
}

// `x` without its parts along the first `known` directions, of length 1; returns what its length
// was, relative to before.
double clean(std::size_t n, const Matrix& directions, std::size_t known, ByAsset& x) noexcept {
  const double before = std::sqrt(dot(n, x, x));
  for (int pass = 0; pass < 2; ++pass) {
    for (std::size_t i = 0; i < known; ++i) {
      const double along = dot(n, directions[i], x);
      for (std::size_t k = 0; k < n; ++k) x[k] -= along * directions[i][k];
    }
  }
  const double left = std::sqrt(dot(n, x, x));
  for (std::size_t k = 0; k < n; ++k) x[k] /= left;
  return left / before;
}

}  // namespace

bool cholesky(std::size_t n, const Matrix& a, Matrix& c) noexcept {
  c = {};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= c[i][k] * c[j][k];
      if (i == j) {
        if (!(sum > 1e-14 * a[i][i])) return false;
        c[i][i] = std::sqrt(sum);
      } else {
        c[i][j] = sum / c[j][j];
      }
    }
  }
  return true;
}

Matrix rotated_factors(std::size_t n, const Matrix& a, const Matrix& c,
                       const ByAsset& value) noexcept {
  Matrix directions{};
  directions[0] = back(n, c, weighed(n, a, value));
  clean(n, directions, 0, directions[0]);
  std::size_t known = 1;
  ByAsset gradient = back(n, c, value);
  if (clean(n, directions, known, gradient) > 1e-6) directions[known++] = gradient;
  for (; known < n; ++known) {
    // of the assets' own directions, the one in which most of the basket is left
    double most = -1.0;
    for (std::size_t k = 0; k < n; ++k) {
      ByAsset own = c[k];
      const double left =
          clean(n, directions, known, own) * std::sqrt(a[k][k] * std::fabs(value[k]));
      if (left > most) {
        most = left;
        directions[known] = own;
      }
    }
  }
  Matrix v{};
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t j = 0; j < n; ++j) v[k][j] = dot(n, c[k], directions[j]);
    // what stands still must not fall by rounding
    if (v[k][0] * value[k] < 0.0) v[k][0] = 0.0;
  }
  return v;
}

}  // namespace strikeproof::basket
