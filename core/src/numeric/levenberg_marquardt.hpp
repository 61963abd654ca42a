// Nonlinear least squares by Levenberg and Marquardt's method.
//
//   minimise |f(x)|^2,   step p = -D^-1 V (S^2 + mu)^-1 S U' f,   J D^-1 = U S V'
//
// D: largest norms that the columns of the Jacobian J have had, so that units do not matter [1].
// J is reduced to its triangle by Householder's reflections and that to singular values by Jacobi's
// rotations [2], which are accurate for badly conditioned problems; the step for any damping mu,
// the covariance and the condition number then cost nothing. mu follows the ratio of the reduction
// to the one that the linear model promises [3].
//
// An own one, because the libraries of C++ that have this method (Ceres, Eigen, GSL) are heavier
// than the whole core, and Python's hold the interpreter in every residual: docs/DEPENDENCIES.md
// has what they cost.
//
// [1] More, J. (1978), The Levenberg-Marquardt algorithm: implementation and theory, Lecture Notes
//     in Mathematics 630, 105-116.
// [2] Demmel, J. and Veselic, K. (1992), Jacobi's method is more accurate than QR, SIAM J. Matrix
//     Anal. Appl. 13(4), 1204-1245.
// [3] Nielsen, H. (1999), Damping parameter in Marquardt's method, report IMM-REP-1999-05, DTU.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace strikeproof::numeric {

enum class StopReason {
  kGradient,     // the residuals are orthogonal to what parameters can change
  kStep,         // steps are below the parameters' tolerance
  kReduction,    // neither the step nor the linear model would reduce the sum any more
  kEvaluations,  // as many as allowed, without reaching any of the above
  kUnusable,     // no residuals at the start
  kStalled,      // only tiny steps are left though the linear model wants longer ones: the
                 // residuals jump or end there, and this need not be a minimum
};

struct LeastSquaresSettings {
  int most_evaluations = 200;
  double gradient_tolerance = 1e-12;   // cosine between residuals and any column
  double step_tolerance = 1e-12;       // of the scaled parameters
  double reduction_tolerance = 1e-18;  // of the sum of squares
  double first_damping = 1e-3;
};

struct LeastSquaresResult {
  std::vector<double> parameters;
  std::vector<double> residuals;
  double sum_of_squares = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> inverse_normal;  // (J'J)^-1 by rows; infinite where J has not full rank
  double condition_number = std::numeric_limits<double>::infinity();  // columns scaled to length 1
  int evaluations = 0;
  StopReason stop = StopReason::kUnusable;
};

/// Jacobian of m rows and n columns and its decomposition.
class ScaledJacobian {
 public:
  ScaledJacobian(std::span<const double> jacobian, std::span<const double> residuals,
                 std::vector<double>& scale)
      : n_(scale.size()), v_(n_ * n_, 0.0), projected_(n_, 0.0), singular_(n_, 0.0) {
    const std::size_t m = residuals.size();
    columns_.resize(n_ * m);  // by columns
    std::vector<double> f(residuals.begin(), residuals.end());
    for (std::size_t j = 0; j < n_; ++j) {
      double square = 0.0;
      for (std::size_t i = 0; i < m; ++i) {
        const double entry = jacobian[i * n_ + j];
        columns_[j * m + i] = entry;
        square += entry * entry;
      }
      scale[j] = std::max(scale[j], std::sqrt(square));
      if (scale[j] > 0.0) {
        for (std::size_t i = 0; i < m; ++i) columns_[j * m + i] /= scale[j];
      }
      v_[j * n_ + j] = 1.0;
    }
    scale_ = scale;
    const std::size_t rows = reduce(m, f);
    rotate(m, rows);
    for (std::size_t j = 0; j < n_; ++j) {
      double square = 0.0;
      for (std::size_t i = 0; i < rows; ++i) {
        square += columns_[j * m + i] * columns_[j * m + i];
        projected_[j] += columns_[j * m + i] * f[i];
      }
      singular_[j] = std::sqrt(square);
    }
  }

  /// Largest entry of the gradient by scaled parameters.
  [[nodiscard]] double gradient() const {
    double largest = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
      double entry = 0.0;
      for (std::size_t j = 0; j < n_; ++j) entry += v_[j * n_ + i] * projected_[j];
      largest = std::max(largest, std::abs(entry));
    }
    return largest;
  }

  struct Step {
    std::vector<double> move;
    double length = 0.0;     // of the scaled parameters
    double reduction = 0.0;  // of the sum of squares, by the linear model
  };

  [[nodiscard]] Step step(double damping) const {
    Step found{std::vector<double>(n_, 0.0)};
    for (std::size_t j = 0; j < n_; ++j) {
      const double share = projected_[j] / (singular_[j] * singular_[j] + damping);
      found.reduction += share * (projected_[j] + damping * share);
      found.length += share * share;
      for (std::size_t i = 0; i < n_; ++i) found.move[i] -= share * v_[j * n_ + i];
    }
    for (std::size_t i = 0; i < n_; ++i) {
      if (scale_[i] > 0.0) found.move[i] /= scale_[i];
    }
    found.length = std::sqrt(found.length);
    return found;
  }

  [[nodiscard]] double condition_number() const {
    const auto [low, high] = std::minmax_element(singular_.begin(), singular_.end());
    return *low > 0.0 ? *high / *low : std::numeric_limits<double>::infinity();
  }

  /// (J'J)^-1 by rows.
  [[nodiscard]] std::vector<double> inverse_normal() const {
    std::vector<double> found(n_ * n_, 0.0);
    for (std::size_t a = 0; a < n_; ++a) {
      for (std::size_t b = 0; b < n_; ++b) {
        double sum = 0.0;
        for (std::size_t j = 0; j < n_; ++j) {
          sum += v_[j * n_ + a] * v_[j * n_ + b] / (singular_[j] * singular_[j]);
        }
        found[a * n_ + b] = sum / (scale_[a] * scale_[b]);
      }
    }
    return found;
  }

 private:
  /// Householder's reflections: leaves the triangle in columns_ and Q'f in f; rows of the triangle.
  std::size_t reduce(std::size_t m, std::vector<double>& f) {
    if (m <= n_) return m;
    for (std::size_t k = 0; k < n_; ++k) {
      double* const pivot = &columns_[k * m];
      double square = 0.0;
      for (std::size_t i = k; i < m; ++i) square += pivot[i] * pivot[i];
      if (square == 0.0) continue;
      const double diagonal = -std::copysign(std::sqrt(square), pivot[k]);
      const double head = pivot[k] - diagonal;
      const double half = diagonal * head;  // minus half of the squared norm of the reflector
      pivot[k] = head;
      const auto reflect = [&](double* column) {
        double product = 0.0;
        for (std::size_t i = k; i < m; ++i) product += pivot[i] * column[i];
        for (std::size_t i = k; i < m; ++i) column[i] += product / half * pivot[i];
      };
      for (std::size_t j = k + 1; j < n_; ++j) reflect(&columns_[j * m]);
      reflect(f.data());
      pivot[k] = diagonal;
      std::fill(pivot + k + 1, pivot + m, 0.0);
    }
    return n_;
  }

  /// Jacobi's rotations of pairs of columns until all are orthogonal; v_ collects them.
  void rotate(std::size_t m, std::size_t rows) {
    constexpr int kSweeps = 30;
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      bool orthogonal = true;
      for (std::size_t a = 0; a + 1 < n_; ++a) {
        for (std::size_t b = a + 1; b < n_; ++b) {
          orthogonal = !rotate_pair(&columns_[a * m], &columns_[b * m], rows, a, b) && orthogonal;
        }
      }
      if (orthogonal) return;
    }
  }

  bool rotate_pair(double* left, double* right, std::size_t rows, std::size_t a, std::size_t b) {
    double aa = 0.0;
    double bb = 0.0;
    double ab = 0.0;
    for (std::size_t i = 0; i < rows; ++i) {
      aa += left[i] * left[i];
      bb += right[i] * right[i];
      ab += left[i] * right[i];
    }
    if (!(std::abs(ab) > 1e-15 * std::sqrt(aa * bb))) return false;
    const double slope = (bb - aa) / (2.0 * ab);
    const double tangent = std::copysign(1.0, slope) / (std::abs(slope) + std::hypot(1.0, slope));
    const double cosine = 1.0 / std::hypot(1.0, tangent);
    const double sine = cosine * tangent;
    const auto turn = [&](double* x, double* y, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        const double kept = x[i];
        x[i] = cosine * kept - sine * y[i];
        y[i] = sine * kept + cosine * y[i];
      }
    };
    turn(left, right, rows);
    turn(&v_[a * n_], &v_[b * n_], n_);
    return true;
  }

  std::size_t n_;
  std::vector<double> columns_;
  std::vector<double> v_;          // singular vectors one after another
  std::vector<double> projected_;  // S U' f
  std::vector<double> singular_;
  std::vector<double> scale_;
};

/// Minimum of the sum of squares near `start`.
///
/// `residuals(x, f, J)` fills the f.size() residuals at x and, unless J is empty, their derivatives
/// by rows; false where x has none: the step is then shortened.
template <class Residuals>
LeastSquaresResult levenberg_marquardt(Residuals&& residuals, std::span<const double> start,
                                       std::size_t count, const LeastSquaresSettings& settings) {
  const std::size_t n = start.size();
  LeastSquaresResult found;
  found.parameters.assign(start.begin(), start.end());
  found.residuals.assign(count, 0.0);
  std::vector<double> jacobian(count * n);
  std::vector<double> trial_jacobian(count * n);
  std::vector<double> trial(n);
  std::vector<double> trial_residuals(count);
  std::vector<double> scale(n, 0.0);
  const auto square = [](std::span<const double> values) {
    double sum = 0.0;
    for (const double value : values) sum += value * value;
    return sum;
  };
  found.evaluations = 1;
  if (!residuals(std::span<const double>(found.parameters), std::span<double>(found.residuals),
                 std::span<double>(jacobian))) {
    return found;
  }
  found.sum_of_squares = square(found.residuals);
  constexpr double kRounding = 8.0 * std::numeric_limits<double>::epsilon();
  double damping = settings.first_damping;
  double growth = 2.0;
  found.stop = StopReason::kEvaluations;
  ScaledJacobian linear(jacobian, found.residuals, scale);
  while (found.evaluations < settings.most_evaluations) {
    const double norm = std::sqrt(found.sum_of_squares);
    if (linear.gradient() <= settings.gradient_tolerance * norm) {
      found.stop = StopReason::kGradient;
      break;
    }
    const ScaledJacobian::Step step = linear.step(damping);
    double size = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      trial[i] = found.parameters[i] + step.move[i];
      size += scale[i] * scale[i] * found.parameters[i] * found.parameters[i];
    }
    const double magnitude = std::sqrt(size) + settings.step_tolerance;
    // only damping keeps the step short: shorter ones than kSpoilt may be refused by rounding alone
    constexpr double kUndamped = 1e-10;
    constexpr double kSpoilt = 1e-8;
    constexpr double kPromise = 1e-5;  // worth having; less is what a curved valley leaves
    const auto stalled = [&] {
      const ScaledJacobian::Step wanted = linear.step(std::min(damping, kUndamped));
      return wanted.length > kSpoilt * magnitude &&
             wanted.reduction > kPromise * found.sum_of_squares;
    };
    if (step.length <= settings.step_tolerance * magnitude) {
      found.stop = stalled() ? StopReason::kStalled : StopReason::kStep;
      break;
    }
    ++found.evaluations;
    const bool usable =
        residuals(std::span<const double>(trial), std::span<double>(trial_residuals),
                  std::span<double>(trial_jacobian));
    const double sum = usable ? square(trial_residuals) : std::numeric_limits<double>::infinity();
    const double gained = found.sum_of_squares - sum;
    const double least = std::max(settings.reduction_tolerance, kRounding) * found.sum_of_squares;
    // where the linear model promises less than the sum's rounding, it is trusted a last time
    constexpr double kNoise = 1e-10;
    const bool settled =
        step.reduction <= least && std::abs(gained) <= kNoise * found.sum_of_squares;
    if (settled) {
      found.stop = stalled() ? StopReason::kStalled : StopReason::kReduction;
    }
    if (gained > 0.0 || settled) {
      const double ratio = gained / step.reduction;
      const double shrink = 2.0 * ratio - 1.0;
      damping *= std::clamp(1.0 - shrink * shrink * shrink, 1.0 / 3.0, 2.0);
      growth = 2.0;
      std::swap(found.parameters, trial);
      std::swap(found.residuals, trial_residuals);
      std::swap(jacobian, trial_jacobian);
      found.sum_of_squares = sum;
      linear = ScaledJacobian(jacobian, found.residuals, scale);
    } else {
      damping *= growth;
      growth *= 2.0;
    }
    if (settled) break;
  }
  scale.assign(n, 0.0);  // the statistics are those of the last Jacobian alone
  linear = ScaledJacobian(jacobian, found.residuals, scale);
  found.inverse_normal = linear.inverse_normal();
  found.condition_number = linear.condition_number();
  return found;
}

}  // namespace strikeproof::numeric
