// Violations of no-arbitrage as rows of numbers.
#pragma once

#include <nanobind/stl/array.h>
#include <nanobind/stl/vector.h>

#include <vector>

#include "strikeproof/svi.hpp"

namespace strikeproof::bindings {

/// Fault, place, size, from, to.
[[nodiscard]] inline std::vector<double> as_row(const svi::Violation& violation) {
  return {static_cast<double>(violation.fault), violation.place, violation.size, violation.from,
          violation.to};
}

[[nodiscard]] inline std::vector<std::vector<double>> as_rows(
    const std::vector<svi::Violation>& violations) {
  std::vector<std::vector<double>> rows;
  for (const svi::Violation& violation : violations) rows.push_back(as_row(violation));
  return rows;
}

}  // namespace strikeproof::bindings
