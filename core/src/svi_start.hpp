// A first SVI smile for the calibration, by De Marco and Martini's quasi-explicit method.
//
// With m and sigma held, w = a + p (z + y)/2 + q (z - y)/2, y = (k - m)/sigma, z = sqrt(y^2 + 1),
// is linear in a, p = b sigma (1 + rho) and q = b sigma (1 - rho); the constraints of [1] are a box
// in these three, of which p, q <= 2 sigma is Lee's bound of the wings. The least squares in the
// box are the best of the minima on its faces that lie in it. m and sigma: the best of a grid, then
// of finer ones around the best.
//
// [1] De Marco, S. and Martini, C. (2009), Quasi-explicit calibration of Gatheral's SVI model,
//     Zeliade white paper.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include "strikeproof/svi_calibration.hpp"

namespace strikeproof::svi {

class QuasiExplicit {
 public:
  QuasiExplicit(std::span<const Quote> quotes, double time) : quotes_(quotes), time_(time) {}

  [[nodiscard]] Raw start() const {
    constexpr int kHalf = 4;  // of the steps of a grid
    constexpr int kZooms = 4;
    const auto [first, last] = std::minmax_element(
        quotes_.begin(), quotes_.end(),
        [](const Quote& a, const Quote& b) { return a.log_moneyness < b.log_moneyness; });
    const double width = std::max(last->log_moneyness - first->log_moneyness, 0.05);
    double m = 0.5 * (first->log_moneyness + last->log_moneyness);
    double log_sigma = std::log(0.3 * width);
    double m_step = 0.25 * width;
    double sigma_step = 0.7;
    Inner best = solve(m, std::exp(log_sigma));
    for (int zoom = 0; zoom < kZooms; ++zoom) {
      const double m_center = m;
      const double sigma_center = log_sigma;
      for (int i = -kHalf; i <= kHalf; ++i) {
        for (int j = -kHalf; j <= kHalf; ++j) {
          const double m_trial = m_center + i * m_step;
          const double sigma_trial = sigma_center + j * sigma_step;
          const Inner trial = solve(m_trial, std::exp(sigma_trial));
          if (!(trial.sum < best.sum)) continue;
          best = trial;
          m = m_trial;
          log_sigma = sigma_trial;
        }
      }
      m_step *= 0.3;
      sigma_step *= 0.3;
    }
    return raw(best.x, m, std::exp(log_sigma));
  }

 private:
  using Vector = std::array<double, 3>;

  struct Inner {
    Vector x{};  // a, p, q
    double sum = std::numeric_limits<double>::infinity();
  };

  struct Normal {
    std::array<Vector, 3> matrix{};
    Vector right{};
    double square = 0.0;

    [[nodiscard]] double sum(const Vector& x) const {
      double found = square;
      for (std::size_t i = 0; i < 3; ++i) {
        found -= 2.0 * right[i] * x[i];
        for (std::size_t j = 0; j < 3; ++j) found += matrix[i][j] * x[i] * x[j];
      }
      return found;
    }
  };

  static Raw raw(const Vector& x, double m, double sigma) {
    const double sum = x[1] + x[2];
    const double rho = sum > 0.0 ? (x[1] - x[2]) / sum : 0.0;
    return {x[0], 0.5 * sum / sigma, rho, m, sigma};
  }

  [[nodiscard]] Normal normal(double m, double sigma) const {
    Normal found;
    for (const Quote& quote : quotes_) {
      const double y = (quote.log_moneyness - m) / sigma;
      const double z = std::hypot(y, 1.0);
      const double w = quote.volatility * quote.volatility * time_;
      const double weight = quote.weight / (2.0 * quote.volatility * time_);
      const Vector row{weight, 0.5 * weight * (z + y), 0.5 * weight * (z - y)};
      for (std::size_t i = 0; i < 3; ++i) {
        found.right[i] += row[i] * weight * w;
        for (std::size_t j = 0; j < 3; ++j) found.matrix[i][j] += row[i] * row[j];
      }
      found.square += weight * w * weight * w;
    }
    return found;
  }

  [[nodiscard]] Inner solve(double m, double sigma) const {
    double most = 0.0;
    for (const Quote& quote : quotes_) {
      most = std::max(most, quote.volatility * quote.volatility * time_);
    }
    const Vector upper{most, 2.0 * sigma, 2.0 * sigma};
    const Normal least = normal(m, sigma);
    Inner best;
    constexpr int kFaces = 27;  // each of the three at its lower end, at its upper end or free
    for (int face = 0; face < kFaces; ++face) {
      const std::array<int, 3> where{face % 3, face / 3 % 3, face / 9};
      Vector x{};
      for (std::size_t i = 0; i < 3; ++i) x[i] = where[i] == 1 ? upper[i] : 0.0;
      if (!free_minimum(least, where, x)) continue;
      bool inside = true;
      for (std::size_t i = 0; i < 3; ++i) inside = inside && x[i] >= 0.0 && x[i] <= upper[i];
      const double sum = inside ? least.sum(x) : best.sum;
      if (sum < best.sum) best = {x, sum};
    }
    return best;
  }

  /// Minimum over the free ones of x, by elimination; false where they are not determined.
  static bool free_minimum(const Normal& least, const std::array<int, 3>& where, Vector& x) {
    std::array<Vector, 3> a = least.matrix;
    Vector right = least.right;
    for (std::size_t i = 0; i < 3; ++i) {
      if (where[i] == 2) continue;
      for (std::size_t j = 0; j < 3; ++j) right[j] -= least.matrix[j][i] * x[i];
    }
    for (std::size_t i = 0; i < 3; ++i) {
      if (where[i] != 2) continue;
      if (!(a[i][i] > 1e-13 * least.matrix[i][i])) return false;
      for (std::size_t j = i + 1; j < 3; ++j) {
        if (where[j] != 2) continue;
        const double share = a[j][i] / a[i][i];
        for (std::size_t l = i; l < 3; ++l) a[j][l] -= share * a[i][l];
        right[j] -= share * right[i];
      }
    }
    for (std::size_t i = 3; i-- > 0;) {
      if (where[i] != 2) continue;
      double sum = right[i];
      for (std::size_t j = i + 1; j < 3; ++j) {
        if (where[j] == 2) sum -= a[i][j] * x[j];
      }
      x[i] = sum / a[i][i];
    }
    return true;
  }

  std::span<const Quote> quotes_;
  double time_;
};

}  // namespace strikeproof::svi
