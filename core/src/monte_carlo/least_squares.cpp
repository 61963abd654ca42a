// Least squares by Householder's reflections [1], block after block [2]: the condition of the
// problem is that of the regressors, not its square as with normal equations. The triangle that
// remains is factorised once more with its columns scaled and pivoted [3]; what is left of a column
// at 1e-9 of its length is rounding, and its coefficient is 0.
//
// [1] Golub, G. and Van Loan, C. (2013), Matrix Computations, 4th ed., section 5.2.
// [2] Demmel, J., Grigori, L., Hoemmen, M. and Langou, J. (2012), SIAM J. Sci. Comput. 34(1),
//     A206-A239.
// [3] Businger, P. and Golub, G. (1965), Numerische Mathematik 7, 269-276.
#include "least_squares.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace strikeproof::monte_carlo {
namespace {

constexpr double kRounding = 1e-9;

double dot(const double* a, const double* b, std::size_t count) noexcept {
  constexpr std::size_t kLanes = 4;
  std::array<double, kLanes> sums{};
  const std::size_t whole = count / kLanes * kLanes;
  for (std::size_t k = 0; k < whole; k += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += a[k + lane] * b[k + lane];
  }
  for (std::size_t k = whole; k < count; ++k) sums[0] += a[k] * b[k];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/// Columns of the regressors' triangle, scaled to length 1, and the right side.
struct Scaled {
  std::size_t size;
  std::vector<double> columns;  // by columns
  std::vector<double> length;
  std::vector<double> right;
};

Scaled scaled(const TriangularFactor& factor) {
  const std::size_t n = factor.columns() - 1;
  Scaled made{n, std::vector<double>(n * n), std::vector<double>(n), std::vector<double>(n)};
  for (std::size_t j = 0; j < n; ++j) {
    double* const column = made.columns.data() + j * n;
    for (std::size_t i = 0; i <= j; ++i) column[i] = factor.at(i, j);
    made.length[j] = std::sqrt(dot(column, column, n));
    if (made.length[j] > 0.0) {
      for (std::size_t i = 0; i <= j; ++i) column[i] /= made.length[j];
    }
    made.right[j] = factor.at(j, n);
  }
  return made;
}

/// Reflects the rows from `step` on so that column `at` is 0 below them.
void reflect(Scaled& s, std::size_t step, std::size_t at, const std::vector<std::size_t>& order) {
  const std::size_t n = s.size;
  const std::size_t rows = n - step;
  double* const pivot = s.columns.data() + at * n + step;
  const double norm = std::sqrt(dot(pivot, pivot, rows));
  std::vector<double> v(pivot, pivot + rows);
  const double diagonal = v[0] > 0.0 ? -norm : norm;
  v[0] -= diagonal;
  const double scale = 2.0 / dot(v.data(), v.data(), rows);
  const auto apply = [&](double* column) {
    const double factor = scale * dot(v.data(), column, rows);
    for (std::size_t i = 0; i < rows; ++i) column[i] -= factor * v[i];
  };
  for (std::size_t k = step + 1; k < n; ++k) apply(s.columns.data() + order[k] * n + step);
  apply(s.right.data() + step);
  std::fill_n(pivot, rows, 0.0);
  pivot[0] = diagonal;
}

}  // namespace

void TriangularFactor::fold(double* a, std::size_t stride, std::size_t rows) noexcept {
  for (std::size_t j = 0; j < columns_; ++j) {
    double* const own = a + j * stride;
    const double square = dot(own, own, rows);
    if (square == 0.0) continue;
    double* const r = r_.data() + j * columns_;
    const double head = r[j];
    const double norm = std::sqrt(head * head + square);
    const double v = head > 0.0 ? head + norm : head - norm;
    const double scale = 2.0 / (v * v + square);
    r[j] = head > 0.0 ? -norm : norm;
    for (std::size_t k = j + 1; k < columns_; ++k) {
      double* const other = a + k * stride;
      const double factor = scale * (v * r[k] + dot(own, other, rows));
      r[k] -= factor * v;
      for (std::size_t i = 0; i < rows; ++i) other[i] -= factor * own[i];
    }
  }
}

void TriangularFactor::fold(const TriangularFactor& other) {
  std::vector<double> rows(columns_ * columns_);
  for (std::size_t i = 0; i < columns_; ++i) {
    for (std::size_t j = 0; j < columns_; ++j) rows[j * columns_ + i] = other.at(i, j);
  }
  fold(rows.data(), columns_, columns_);
}

LeastSquares solve(const TriangularFactor& factor) {
  Scaled s = scaled(factor);
  const std::size_t n = s.size;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  LeastSquares found{std::vector<double>(n, 0.0), 0, 1.0, 0.0};
  const auto column = [&](std::size_t k) { return s.columns.data() + order[k] * n; };
  for (std::size_t step = 0; step < n; ++step) {
    std::size_t longest = step;
    double most = 0.0;
    for (std::size_t k = step; k < n; ++k) {
      const double square = dot(column(k) + step, column(k) + step, n - step);
      if (square > most) {
        most = square;
        longest = k;
      }
    }
    if (!(most > kRounding * kRounding)) break;
    std::swap(order[step], order[longest]);
    reflect(s, step, order[step], order);
    found.rank = step + 1;
    found.condition = std::abs(column(0)[0] / column(step)[step]);
  }
  for (std::size_t k = found.rank; k-- > 0;) {
    double sum = s.right[k];
    for (std::size_t m = k + 1; m < found.rank; ++m) {
      sum -= column(m)[k] * found.coefficients[order[m]];
    }
    found.coefficients[order[k]] = sum / column(k)[k];
  }
  for (std::size_t j = 0; j < n; ++j) {
    if (s.length[j] > 0.0) found.coefficients[j] /= s.length[j];
  }
  double total = 0.0;  // squares about the mean
  for (std::size_t i = 1; i <= n; ++i) total += factor.at(i, n) * factor.at(i, n);
  double left = factor.at(n, n) * factor.at(n, n);
  for (std::size_t k = found.rank; k < n; ++k) left += s.right[k] * s.right[k];
  found.r_squared = total > 0.0 ? 1.0 - left / total : 1.0;
  return found;
}

}  // namespace strikeproof::monte_carlo
