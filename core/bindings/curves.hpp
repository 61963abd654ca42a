// Term structures as arguments: a curve is its kind, times and values.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/tuple.h>

#include <span>
#include <tuple>

#include "columns.hpp"
#include "strikeproof/term_structure.hpp"

namespace strikeproof::bindings {

using CurveInput = std::tuple<int, Input, Input>;

// The order of kinds is that of the curve's KINDS in strikeproof/term_structure.py.
[[nodiscard]] inline term_structure::RateCurve rate_curve(int kind, const Input& times,
                                                          const Input& values) {
  using term_structure::Interpolation;
  using term_structure::RateCurve;
  const std::span<const double> t(times.data(), times.shape(0));
  const std::span<const double> v(values.data(), values.shape(0));
  if (kind == 0) {
    if (v.size() != 1) throw nb::value_error("a flat curve has one value");
    return RateCurve::flat(v[0]);
  }
  if (kind == 1) return RateCurve::piecewise_constant(t, v);
  if (kind == 2) return RateCurve::from_zero_rates(t, v, Interpolation::kLinearZero);
  if (kind == 3) return RateCurve::from_zero_rates(t, v, Interpolation::kLogLinearDiscount);
  return RateCurve::from_discounts(t, v);
}

[[nodiscard]] inline term_structure::VolatilityCurve volatility_curve(int kind, const Input& times,
                                                                      const Input& values) {
  using term_structure::VolatilityCurve;
  const std::span<const double> t(times.data(), times.shape(0));
  const std::span<const double> v(values.data(), values.shape(0));
  if (kind == 0) {
    if (v.size() != 1) throw nb::value_error("a flat curve has one value");
    return VolatilityCurve::flat(v[0]);
  }
  if (kind == 1) return VolatilityCurve::piecewise_constant(t, v);
  if (kind == 2) return VolatilityCurve::from_total_variances(t, v);
  return VolatilityCurve::from_volatilities(t, v);
}

[[nodiscard]] inline term_structure::RateCurve rate_curve(const CurveInput& curve) {
  return rate_curve(std::get<0>(curve), std::get<1>(curve), std::get<2>(curve));
}

[[nodiscard]] inline term_structure::VolatilityCurve volatility_curve(const CurveInput& curve) {
  return volatility_curve(std::get<0>(curve), std::get<1>(curve), std::get<2>(curve));
}

}  // namespace strikeproof::bindings
