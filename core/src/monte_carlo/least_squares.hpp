// Least squares by orthogonal transformations, rows in blocks; internal to the core.
#pragma once

#include <cstddef>
#include <vector>

namespace strikeproof::monte_carlo {

/// Upper triangle R of a QR factorisation whose rows come in blocks.
class TriangularFactor {
 public:
  explicit TriangularFactor(std::size_t columns) : columns_(columns), r_(columns * columns, 0.0) {}

  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  [[nodiscard]] double at(std::size_t row, std::size_t column) const noexcept {
    return r_[row * columns_ + column];
  }

  /// Adds rows: column j is a[j * stride] on; they are written over.
  void fold(double* a, std::size_t stride, std::size_t rows) noexcept;
  /// Adds the rows that another factor stands for.
  void fold(const TriangularFactor& other);

 private:
  std::size_t columns_;
  std::vector<double> r_;
};

struct LeastSquares {
  std::vector<double> coefficients;  // 0 where a regressor follows from others
  std::size_t rank;
  double condition;
  double r_squared;  // the first regressor is taken as the constant
};

/// The last column on all others.
[[nodiscard]] LeastSquares solve(const TriangularFactor& factor);

}  // namespace strikeproof::monte_carlo
