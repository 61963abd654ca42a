// What the bindings of Monte Carlo share.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <vector>

#include "columns.hpp"
#include "curves.hpp"
#include "strikeproof/monte_carlo.hpp"

namespace strikeproof::bindings {

[[nodiscard]] inline std::vector<double> numbers_of(const Input& array) {
  return {array.data(), array.data() + array.shape(0)};
}

/// Dates ascending; checked by the Python module.
[[nodiscard]] inline monte_carlo::Schedule schedule_of(const Input& dates, bool continuous) {
  if (dates.shape(0) == 0) throw nb::value_error("a schedule has at least one date");
  return {numbers_of(dates), continuous};
}

}  // namespace strikeproof::bindings
