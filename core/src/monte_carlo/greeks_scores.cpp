// Scores of lognormal steps [1, sections 7.3.1 and 7.3.4; 2].
//
// A step of length t moves the log spots by m_i t + sigma_i sqrt(t) B_i, m_i = r - q_i -
// sigma_i^2/2, B normal with correlations R; u = R^-1 B. Derivatives of the log density:
//
//   S_i (first step)    s = u_i / (S_i sigma_i sqrt(t))
//   twice               s^2 - s/S_i - R^-1_ii / (S_i^2 sigma_i^2 t)
//   sigma_i             (u_i B_i - 1)/sigma_i - u_i sqrt(t)
//   r                   sum_i u_i sqrt(t) / sigma_i
//   t (first step)      sum_i u_i m_i sqrt(t)/sigma_i / t + (B'u - n)/(2 t)
//
// [1] Glasserman, P. (2004), Monte Carlo Methods in Financial Engineering, Springer.
// [2] Broadie, M. and Glasserman, P. (1996), Management Science 42(2), 269-285.
#include "greeks_scores.hpp"

#include <cmath>
#include <stdexcept>

namespace strikeproof::monte_carlo {
namespace {

constexpr double kSingular = 1e-10;

/// Inverse of a positive definite matrix by Gauss and Jordan, whose pivots are those of Cholesky.
std::vector<double> inverse_of(std::vector<double> a, std::size_t n) {
  std::vector<double> inverse(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) inverse[i * n + i] = 1.0;
  for (std::size_t k = 0; k < n; ++k) {
    const double pivot = a[k * n + k];
    if (!(pivot > kSingular)) {
      throw std::invalid_argument("correlation is singular: its assets have no common density");
    }
    for (std::size_t j = 0; j < n; ++j) {
      a[k * n + j] /= pivot;
      inverse[k * n + j] /= pivot;
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double factor = a[i * n + k];
      if (i == k || factor == 0.0) continue;
      for (std::size_t j = 0; j < n; ++j) {
        a[i * n + j] -= factor * a[k * n + j];
        inverse[i * n + j] -= factor * inverse[k * n + j];
      }
    }
  }
  return inverse;
}

}  // namespace

LognormalScores::LognormalScores(const FlatLognormal& model)
    : model_(model), inverse_(inverse_of(model.correlation, model.spot.size())) {
  for (std::size_t i = 0; i < assets(); ++i) {
    const double volatility = model.volatility[i];
    if (!(volatility > 0.0)) throw std::invalid_argument("volatility is 0: there is no density");
    drift_.push_back(model.rate - model.dividend_yield[i] - 0.5 * volatility * volatility);
  }
}

void LognormalScores::brownian(double length, std::size_t path, ConstPathRows before,
                               ConstPathRows after, double* b) const noexcept {
  const double root = std::sqrt(length);
  for (std::size_t i = 0; i < assets(); ++i) {
    b[i] = (after[i][path] - before[i][path] - drift_[i] * length) / (model_.volatility[i] * root);
  }
}

void LognormalScores::solve(const double* b, double* u) const noexcept {
  for (std::size_t i = 0; i < assets(); ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < assets(); ++j) sum += inverse(i, j) * b[j];
    u[i] = sum;
  }
}

double LognormalScores::score(const GreekOf& of, double length, const double* b,
                              const double* u) const noexcept {
  const std::size_t i = of.asset;
  const double root = std::sqrt(length);
  const double volatility = model_.volatility[i];
  const double by_spot = u[i] / (model_.spot[i] * volatility * root);
  switch (of.greek) {
    case Greek::kDelta:
      return by_spot;
    case Greek::kGamma: {
      const double unit = model_.spot[i] * volatility * root;
      return by_spot * by_spot - by_spot / model_.spot[i] - inverse(i, i) / (unit * unit);
    }
    case Greek::kVega:
      return (u[i] * b[i] - 1.0) / volatility - u[i] * root;
    case Greek::kRho:
    case Greek::kTheta:
      break;
  }
  double by_rate = 0.0;
  double by_drift = 0.0;
  double square = 0.0;
  for (std::size_t j = 0; j < assets(); ++j) {
    by_rate += u[j] * root / model_.volatility[j];
    by_drift += u[j] * root / model_.volatility[j] * drift_[j];
    square += b[j] * u[j];
  }
  if (of.greek == Greek::kRho) return by_rate;
  return (by_drift + 0.5 * (square - static_cast<double>(assets()))) / length;
}

}  // namespace strikeproof::monte_carlo
