// Engines by rows whose contracts end in lists: dates, dividends.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "engine.hpp"
#include "strikeproof/exercise.hpp"

namespace strikeproof::bindings {

/// One contract: the fixed inputs, then the values of its lists, one column each.
template <std::size_t inputs, std::size_t outputs>
using ScheduledRow = Status (*)(const std::array<double, inputs>& in, std::span<const double> lists,
                                std::array<double, outputs>& out) noexcept;

/// `row` over all rows, as run_rows; one row at a time, because a row may take milliseconds.
template <std::size_t inputs, std::size_t outputs, ScheduledRow<inputs, outputs> row>
void run_scheduled(const Inputs& in, const Outputs& out, const StatusOutput& status,
                   unsigned threads) {
  if (in.size() < inputs) throw nb::value_error("wrong number of input columns");
  const std::size_t count = status.shape(0);
  std::vector<Column> from;
  for (const Input& input : in) from.push_back(as_column(input, count));
  const auto to = output_columns<outputs>(out, count);
  std::uint8_t* const flags = status.data();
  run_batch(count, threads, 1, [&](Rows rows) {
    std::vector<double> lists(from.size() - inputs);
    for (std::size_t k = rows.begin; k < rows.end; ++k) {
      std::array<double, inputs> values{};
      std::array<double, outputs> results{};
      for (std::size_t i = 0; i < inputs; ++i) values[i] = from[i][k];
      for (std::size_t i = 0; i < lists.size(); ++i) lists[i] = from[inputs + i][k];
      flags[k] = static_cast<std::uint8_t>(row(values, lists, results));
      for (std::size_t i = 0; i < outputs; ++i) {
        if (to[i] != nullptr) to[i][k] = results[i];
      }
    }
  });
}

/// Times and amounts, each half of the values.
[[nodiscard]] inline CashDividends dividends_of(std::span<const double> values) noexcept {
  const std::size_t count = values.size() / 2;
  return {values.first(count), values.subspan(count)};
}

/// A setting that counts something; -1, which no engine takes, where it is not such a number.
[[nodiscard]] inline int whole(double value) noexcept {
  return value >= 0.0 && value <= 1e6 && value == std::floor(value) ? static_cast<int>(value) : -1;
}

/// The seven inputs of every vanilla engine come first.
[[nodiscard]] inline ExercisableOption option_of(const double* in, Exercise exercise,
                                                 Times times) noexcept {
  return {type_of(in[0]), in[2], in[3], exercise, times};
}

[[nodiscard]] inline FlatMarket market_of(const double* in) noexcept {
  return {in[1], in[4], in[5], in[6]};
}

}  // namespace strikeproof::bindings
