// Where the compiler has no vector types every row is rare: the careful engine answers it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vector_kernels.hpp"

namespace strikeproof::simd {

template <std::size_t count>
void one_by_one(const Job& job, Rows rows) noexcept {
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    double inputs[kInputs];
    double values[kOutputs];
    for (std::size_t k = 0; k < kInputs; ++k) inputs[k] = job.inputs[k][row];
    const std::uint8_t status = job.rare(inputs, values, count);
    if (job.status != nullptr) job.status[row] = status;
    for (std::size_t k = 0; k < count; ++k) {
      if (job.outputs[k] != nullptr) job.outputs[k][row] = values[k];
    }
  }
}

}  // namespace strikeproof::simd
