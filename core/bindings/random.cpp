// Binding of random and quasi-random numbers; arguments are checked by the Python module.
#include "strikeproof/random.hpp"

#include <cstdint>
#include <span>

#include "columns.hpp"

namespace {

namespace nb = nanobind;
namespace random = strikeproof::random;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

using Table = nb::ndarray<double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using InputTable = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

random::Sobol sobol_of(std::size_t dimensions, bool scrambled, std::uint64_t seed,
                       std::uint32_t replicate) {
  return scrambled ? random::Sobol(dimensions, seed, replicate) : random::Sobol(dimensions);
}

template <void (*draw)(const random::Place&, std::uint64_t, std::span<double>) noexcept>
void numbers(std::uint64_t seed, std::uint32_t step, std::uint16_t dimension, std::uint16_t stream,
             std::uint64_t first, const Output& out) {
  const nb::gil_scoped_release released;
  draw({seed, step, dimension, stream}, first, {out.data(), out.size()});
}

/// Rows of dimensions, so that each is filled in one go.
void points(bool normal, std::size_t dimensions, bool scrambled, std::uint64_t seed,
            std::uint32_t replicate, std::uint64_t first, const Table& out) {
  if (out.shape(0) != dimensions) throw nb::value_error("out must have a row per dimension");
  const nb::gil_scoped_release released;
  const random::Sobol sobol = sobol_of(dimensions, scrambled, seed, replicate);
  for (std::size_t d = 0; d < dimensions; ++d) {
    const std::span<double> row(out.data() + d * out.shape(1), out.shape(1));
    if (normal) {
      sobol.normals(d, first, row);
    } else {
      sobol.uniforms(d, first, row);
    }
  }
}

void bridge(const Input& times, const InputTable& normals, const Table& out) {
  const std::size_t count = times.shape(0);
  if (normals.shape(0) != count || out.shape(0) != count || normals.shape(1) != out.shape(1)) {
    throw nb::value_error("normals and out must have a row per time and a column per path");
  }
  const nb::gil_scoped_release released;
  const random::BrownianBridge built({times.data(), count});
  built.build(normals.data(), out.shape(1), out.data());
}

}  // namespace

void bind_random(nb::module_& module);

void bind_random(nb::module_& module) {
  using nb::arg;
  module.def("random_uniforms", &numbers<&random::uniforms>, arg("seed"), arg("step"),
             arg("dimension"), arg("stream"), arg("first"), arg("out").noconvert());
  module.def("random_normals", &numbers<&random::normals>, arg("seed"), arg("step"),
             arg("dimension"), arg("stream"), arg("first"), arg("out").noconvert());
  module.def("sobol_points", &points, arg("normal"), arg("dimensions"), arg("scrambled"),
             arg("seed"), arg("replicate"), arg("first"), arg("out").noconvert());
  module.def("brownian_bridge", &bridge, arg("times"), arg("normals"), arg("out").noconvert());
}
