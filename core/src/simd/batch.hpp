// A model's batches and single options through its vector kernels; internal to the core.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "strikeproof/result.hpp"
#include "vector_kernels.hpp"

namespace strikeproof::simd {

using Inputs = std::array<Column, kInputs>;

/// The cheapest kernel that fills every output that is wanted.
template <std::size_t outputs, std::size_t first_order>
void run_quantities(const Model& model, const Inputs& in, Rows rows,
                    const std::array<double*, outputs>& out, std::uint8_t* status,
                    Rare rare) noexcept {
  std::size_t wanted = outputs;
  while (wanted > 1 && out[wanted - 1] == nullptr) --wanted;
  const Kernel kernel = wanted == 1             ? model.price
                        : wanted <= first_order ? model.first_order
                                                : model.second_order;
  kernel({in.data(), out.data(), status, rare}, rows);
}

/// One option is a batch of one row, so that it has the bits of any batch.
class OneRow {
 public:
  explicit OneRow(const std::array<double, kInputs>& values) noexcept : values_(values) {}

  [[nodiscard]] Inputs columns() const noexcept {
    Inputs columns{};
    for (std::size_t k = 0; k < kInputs; ++k) columns[k] = {&values_[k], 1};
    return columns;
  }

  /// The first `count` outputs of the kernel.
  template <std::size_t count>
  [[nodiscard]] Status fill(Kernel kernel, Rare rare,
                            std::array<double, count>& values) const noexcept {
    const Inputs in = columns();
    std::array<double*, count> out{};
    for (std::size_t k = 0; k < count; ++k) out[k] = &values[k];
    std::uint8_t status = 0;
    kernel({in.data(), out.data(), &status, rare}, {0, 1});
    return static_cast<Status>(status);
  }

  [[nodiscard]] PriceResult one(Kernel kernel, Rare rare) const noexcept {
    std::array<double, 1> value{};
    const Status status = fill(kernel, rare, value);
    return {value[0], status};
  }

 private:
  std::array<double, kInputs> values_;
};

/// NaN or infinity among the inputs, or one of those that may not be negative.
template <std::size_t any, std::size_t positive>
[[nodiscard]] Status check_inputs(const std::array<double, any>& numbers,
                                  const std::array<double, positive>& nonnegative) noexcept {
  for (const double value : numbers) {
    if (!(value - value == 0.0)) return Status::kNonFinite;
  }
  for (const double value : nonnegative) {
    if (!(value - value == 0.0)) return Status::kNonFinite;
  }
  for (const double value : nonnegative) {
    if (value < 0.0) return Status::kOutOfDomain;
  }
  return Status::kOk;
}

}  // namespace strikeproof::simd
