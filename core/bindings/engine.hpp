// Engines by rows: one function answers one contract, the batch around it is written here once.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "columns.hpp"
#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::bindings {

using Inputs = std::vector<Input>;
using Outputs = std::vector<std::optional<Output>>;  // None: not asked for

template <std::size_t count>
[[nodiscard]] std::array<Column, count> input_columns(const Inputs& in, std::size_t rows) {
  if (in.size() != count) throw nb::value_error("wrong number of input columns");
  std::array<Column, count> columns{};
  for (std::size_t k = 0; k < count; ++k) columns[k] = as_column(in[k], rows);
  return columns;
}

template <std::size_t count>
[[nodiscard]] std::array<double*, count> output_columns(const Outputs& out, std::size_t rows) {
  if (out.size() != count) throw nb::value_error("wrong number of output columns");
  std::array<double*, count> columns{};
  for (std::size_t k = 0; k < count; ++k) {
    if (!out[k]) continue;
    if (out[k]->shape(0) != rows) throw nb::value_error("outputs must have one entry per row");
    columns[k] = out[k]->data();
  }
  return columns;
}

/// One contract: inputs in the order of the Python argument list, outputs all written.
template <std::size_t inputs, std::size_t outputs>
using Row = Status (*)(const std::array<double, inputs>& in,
                       std::array<double, outputs>& out) noexcept;

/// `row` over all rows; `block_rows` of them take a few milliseconds at most, so that Ctrl-C is
/// answered and threads share the work evenly.
template <std::size_t inputs, std::size_t outputs, Row<inputs, outputs> row,
          std::size_t block_rows = 256>
void run_rows(const Inputs& in, const Outputs& out, const StatusOutput& status, unsigned threads) {
  const std::size_t count = status.shape(0);
  const auto from = input_columns<inputs>(in, count);
  const auto to = output_columns<outputs>(out, count);
  std::uint8_t* const flags = status.data();
  run_batch(count, threads, block_rows, [&](Rows rows) {
    for (std::size_t k = rows.begin; k < rows.end; ++k) {
      std::array<double, inputs> values{};
      std::array<double, outputs> results{};
      for (std::size_t i = 0; i < inputs; ++i) values[i] = from[i][k];
      flags[k] = static_cast<std::uint8_t>(row(values, results));
      for (std::size_t i = 0; i < outputs; ++i) {
        if (to[i] != nullptr) to[i][k] = results[i];
      }
    }
  });
}

/// The same where rows that stand together may share what is costly to make, such as an expiry's
/// characteristic function: each block of rows has a `Shared` of its own.
template <std::size_t inputs, std::size_t outputs, class Shared>
using SharingRow = Status (*)(const std::array<double, inputs>& in,
                              std::array<double, outputs>& out, Shared& shared);

/// Whether two rows that stand together share: the time to expiry and what comes after the dividend
/// yield, the model's parameters, are the same.
template <std::size_t inputs>
[[nodiscard]] bool shares(const std::array<Column, inputs>& from, std::size_t row) noexcept {
  constexpr std::size_t kTime = 3;
  constexpr std::size_t kFirstOfModel = 6;
  if (from[kTime][row] != from[kTime][row - 1]) return false;
  for (std::size_t i = kFirstOfModel; i < inputs; ++i) {
    if (from[i].step != 0 && from[i][row] != from[i][row - 1]) return false;
  }
  return true;
}

/// Blocks of a few dozen rows that end where rows cease to share, so that nothing is made twice;
/// longer ones are cut, since what they share is by then a small part of the work.
template <std::size_t inputs>
[[nodiscard]] std::vector<Rows> sharing_blocks(const std::array<Column, inputs>& from,
                                               std::size_t count) {
  constexpr std::size_t kLeast = 32;
  constexpr std::size_t kMost = 256;
  std::vector<Rows> blocks;
  std::size_t begin = 0;
  for (std::size_t row = 1; row <= count; ++row) {
    const std::size_t size = row - begin;
    if (row < count && size < kMost && (size < kLeast || shares(from, row))) continue;
    blocks.push_back({begin, row});
    begin = row;
  }
  return blocks;
}

template <std::size_t inputs, std::size_t outputs, class Shared,
          SharingRow<inputs, outputs, Shared> row>
void run_sharing(const Inputs& in, const Outputs& out, const StatusOutput& status,
                 unsigned threads) {
  const std::size_t count = status.shape(0);
  const auto from = input_columns<inputs>(in, count);
  const auto to = output_columns<outputs>(out, count);
  std::uint8_t* const flags = status.data();
  const std::vector<Rows> blocks = sharing_blocks(from, count);
  run_batch(blocks.size(), threads, 1, [&](Rows mine) {
    const Rows rows = blocks[mine.begin];
    Shared shared{};
    for (std::size_t k = rows.begin; k < rows.end; ++k) {
      std::array<double, inputs> values{};
      std::array<double, outputs> results{};
      for (std::size_t i = 0; i < inputs; ++i) values[i] = from[i][k];
      flags[k] = static_cast<std::uint8_t>(row(values, results, shared));
      for (std::size_t i = 0; i < outputs; ++i) {
        if (to[i] != nullptr) to[i][k] = results[i];
      }
    }
  });
}

template <std::size_t inputs, std::size_t outputs, class Shared,
          SharingRow<inputs, outputs, Shared> row>
Status one_sharing(const std::array<double, inputs>& in,
                   std::array<double, outputs>& out) noexcept {
  Shared shared{};
  return row(in, out, shared);
}

/// A Python float or integer, nothing else: a boolean or an array has to take the columns' path.
[[nodiscard]] inline double number(nb::handle value) {
  if (PyFloat_Check(value.ptr()) != 0) return PyFloat_AsDouble(value.ptr());
  if (PyLong_CheckExact(value.ptr()) != 0) {
    const double converted = PyLong_AsDouble(value.ptr());
    if (PyErr_Occurred() == nullptr) return converted;
    PyErr_Clear();  // beyond the range of a double
  }
  throw nb::type_error("not a float or an integer within its range");
}

/// The same for one contract: numbers in, the outputs and the status out.
template <std::size_t inputs, std::size_t outputs, Row<inputs, outputs> row>
nb::tuple run_one(const nb::args& arguments) {
  if (arguments.size() != inputs) throw nb::type_error("wrong number of inputs");
  std::array<double, inputs> values{};
  for (std::size_t i = 0; i < inputs; ++i) values[i] = number(arguments[i]);
  std::array<double, outputs> results{};
  const Status status = row(values, results);
  return std::apply(
      [status](auto... result) { return nb::make_tuple(result..., static_cast<int>(status)); },
      results);
}

/// Results of an engine as the row's outputs.
[[nodiscard]] inline Status give(const PriceResult& result, std::array<double, 1>& out) noexcept {
  out[0] = result.value;
  return result.status;
}

[[nodiscard]] inline Status give(const GreeksResult& result, std::array<double, 6>& out) noexcept {
  const Greeks& g = result.value;
  out = {g.price, g.delta, g.gamma, g.vega, g.theta, g.rho};
  return result.status;
}

[[nodiscard]] inline OptionType type_of(double sign) noexcept {
  return sign > 0.0 ? OptionType::kCall : OptionType::kPut;
}

/// Defines `name(columns, outputs, status, threads)` in the module.
template <typename Function>
void define(nb::module_& module, const char* name, Function function) {
  using namespace nb::literals;
  // a converted output would be a copy that nobody reads: refuse instead
  module.def(name, function, "columns"_a, nb::arg("outputs").noconvert(),
             nb::arg("status").noconvert(), "threads"_a);
}

/// Defines `name_one(*inputs)`, which answers one contract without columns.
template <std::size_t inputs, std::size_t outputs, Row<inputs, outputs> row>
void define_one(nb::module_& module, const char* name) {
  const std::string own = std::string(name) + "_one";
  const std::string signature = "def " + own + "(*args: float) -> tuple[float, ...]";
  module.def(own.c_str(), &run_one<inputs, outputs, row>, nb::sig(signature.c_str()));
}

/// Both, for an engine that works by rows.
template <std::size_t inputs, std::size_t outputs, Row<inputs, outputs> row,
          std::size_t block_rows = 256>
void define_rows(nb::module_& module, const char* name) {
  define(module, name, &run_rows<inputs, outputs, row, block_rows>);
  define_one<inputs, outputs, row>(module, name);
}

template <std::size_t inputs, std::size_t outputs, class Shared,
          SharingRow<inputs, outputs, Shared> row>
void define_sharing(nb::module_& module, const char* name) {
  define(module, name, &run_sharing<inputs, outputs, Shared, row>);
  define_one<inputs, outputs, &one_sharing<inputs, outputs, Shared, row>>(module, name);
}

}  // namespace strikeproof::bindings
