// Binding of the term structures: a curve is its kind, times and values, made anew for each call.
#include "strikeproof/term_structure.hpp"

#include "columns.hpp"
#include "curves.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::term_structure;
using model::Integral;
using strikeproof::bindings::Input;
using strikeproof::bindings::Output;

// What is asked for; the order is that of _FIGURES in strikeproof/_curve.py.
enum class Figure : int { kIntegral = 0, kAverage = 1, kAt = 2 };

Integral integral_of(bool volatility, int kind, const Input& times, const Input& values) {
  return volatility ? strikeproof::bindings::volatility_curve(kind, times, values).square()
                    : strikeproof::bindings::rate_curve(kind, times, values).rate();
}

void evaluate(bool volatility, int kind, const Input& times, const Input& values, int figure,
              const Input& start, const Input& end, const Output& out) {
  const Integral curve = integral_of(volatility, kind, times, values);
  const std::size_t count = out.shape(0);
  const auto from = strikeproof::bindings::as_column(start, count);
  const auto to = strikeproof::bindings::as_column(end, count);
  for (std::size_t i = 0; i < count; ++i) {
    if (figure == static_cast<int>(Figure::kIntegral)) {
      out.data()[i] = curve.between(from[i], to[i]);
    } else if (figure == static_cast<int>(Figure::kAverage)) {
      out.data()[i] = curve.average(from[i], to[i]);
    } else {
      out.data()[i] = curve.at(to[i]);
    }
  }
}

}  // namespace

void bind_term_structure(nb::module_& module);

void bind_term_structure(nb::module_& module) {
  using namespace nb::literals;
  module.def("term_structure_values", &evaluate, "volatility"_a, "kind"_a, "times"_a, "values"_a,
             "figure"_a, "start"_a, "end"_a, nb::arg("out").noconvert());
}
