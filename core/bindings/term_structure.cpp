// Binding of the term structures: a curve is its kind, times and values, made anew for each call.
#include "strikeproof/term_structure.hpp"

#include <span>

#include "columns.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::term_structure;
using model::Integral;
using model::Interpolation;
using model::RateCurve;
using model::VolatilityCurve;
using strikeproof::bindings::Input;
using strikeproof::bindings::Output;

// What is asked for; the order is that of _FIGURES in strikeproof/_curve.py.
enum class Figure : int { kIntegral = 0, kAverage = 1, kAt = 2 };

// The order is that of the curve's KINDS in strikeproof/term_structure.py.
Integral integral_of(bool volatility, int kind, const Input& times, const Input& values) {
  const std::span<const double> t(times.data(), times.shape(0));
  const std::span<const double> v(values.data(), values.shape(0));
  if (volatility) {
    if (kind == 0) return VolatilityCurve::flat(v[0]).square();
    if (kind == 1) return VolatilityCurve::piecewise_constant(t, v).square();
    if (kind == 2) return VolatilityCurve::from_total_variances(t, v).square();
    return VolatilityCurve::from_volatilities(t, v).square();
  }
  if (kind == 0) return RateCurve::flat(v[0]).rate();
  if (kind == 1) return RateCurve::piecewise_constant(t, v).rate();
  if (kind == 2) return RateCurve::from_zero_rates(t, v, Interpolation::kLinearZero).rate();
  if (kind == 3) return RateCurve::from_zero_rates(t, v, Interpolation::kLogLinearDiscount).rate();
  return RateCurve::from_discounts(t, v).rate();
}

void evaluate(bool volatility, int kind, const Input& times, const Input& values, int figure,
              const Input& start, const Input& end, const Output& out) {
  if (values.shape(0) == 0 && kind == 0) throw nb::value_error("a flat curve has one value");
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
