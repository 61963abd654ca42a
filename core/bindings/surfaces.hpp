// SSVI and eSSVI surfaces as arguments.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <cstddef>
#include <tuple>
#include <vector>

#include "strikeproof/ssvi.hpp"

namespace strikeproof::bindings {

/// What a surface is made of: times, then theta, rho and psi of each, family, interpolation, eta,
/// gamma.
using SurfaceInput = std::tuple<std::vector<double>, std::vector<double>, std::vector<double>,
                                std::vector<double>, int, int, double, double>;

[[nodiscard]] inline ssvi::Surface surface_of(const SurfaceInput& description) {
  const auto& [times, theta, rho, psi, family, interpolation, eta, gamma] = description;
  const std::size_t count = times.size();
  if (count == 0 || theta.size() != count || rho.size() != count || psi.size() != count) {
    throw nanobind::value_error("want one theta, rho and psi per time");
  }
  std::vector<ssvi::Slice> slices;
  for (std::size_t i = 0; i < count; ++i) slices.push_back({theta[i], rho[i], psi[i]});
  return {times, slices, static_cast<ssvi::Family>(family),
          eta,   gamma,  static_cast<ssvi::Interpolation>(interpolation)};
}

}  // namespace strikeproof::bindings
