// Columns of a batch, as the caller holds them: nothing is copied, a scalar is never repeated.
#pragma once

#include <cstddef>

namespace strikeproof {

/// Read-only column; step 0 repeats its single value.
struct Column {
  const double* data;
  std::ptrdiff_t step;

  [[nodiscard]] double operator[](std::size_t row) const noexcept {
    return data[static_cast<std::ptrdiff_t>(row) * step];
  }
};

/// Half-open range of rows.
struct Rows {
  std::size_t begin;
  std::size_t end;
};

}  // namespace strikeproof
