// Binding of the American engine: batches by columns, the accuracy as a number.
#include "strikeproof/american.hpp"

#include <array>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace am = strikeproof::american;
using strikeproof::Rows;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 7;
constexpr std::size_t kBlock = 64;  // rows; some milliseconds in high precision

am::Columns columns_of(const Inputs& in, std::size_t count) {
  const auto c = input_columns<kInputs>(in, count);
  return {c[0], c[1], c[2], c[3], c[4], c[5], c[6]};
}

am::Accuracy accuracy_of(int accuracy) {
  if (accuracy < 0 || accuracy > 2) throw nb::value_error("accuracy must be 0, 1 or 2");
  return static_cast<am::Accuracy>(accuracy);
}

using Kernel = void (*)(const am::Columns&, Rows, am::Accuracy, double*, std::uint8_t*) noexcept;

template <Kernel kernel>
void batch(const Inputs& in, const Outputs& out, const StatusOutput& status, unsigned threads,
           int accuracy) {
  const std::size_t count = status.shape(0);
  const am::Columns columns = columns_of(in, count);
  const auto to = output_columns<1>(out, count);
  const am::Accuracy wanted = accuracy_of(accuracy);
  run_batch(count, threads, kBlock,
            [&](Rows rows) { kernel(columns, rows, wanted, to[0], status.data()); });
}

void greeks_batch(const Inputs& in, const Outputs& out, const StatusOutput& status,
                  unsigned threads, int accuracy) {
  const std::size_t count = status.shape(0);
  const am::Columns columns = columns_of(in, count);
  const am::OutputColumns to = output_columns<6>(out, count);
  const am::Accuracy wanted = accuracy_of(accuracy);
  run_batch(count, threads, kBlock,
            [&](Rows rows) { am::greeks(columns, rows, wanted, to, status.data()); });
}

template <typename Function>
void define_with_accuracy(nb::module_& module, const char* name, Function function) {
  using namespace nb::literals;
  module.def(name, function, "columns"_a, nb::arg("outputs").noconvert(),
             nb::arg("status").noconvert(), "threads"_a, "accuracy"_a);
}

}  // namespace

void bind_american(nb::module_& module);

void bind_american(nb::module_& module) {
  define_with_accuracy(module, "american_price", &batch<am::price>);
  define_with_accuracy(module, "american_greeks", &greeks_batch);
  define_with_accuracy(module, "american_implied_volatility", &batch<am::implied_volatility>);
  define_with_accuracy(module, "american_exercise_boundary", &batch<am::exercise_boundary>);
}
