// What every binding file shares: columns in, columns out, and a batch run that answers Ctrl-C.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstdint>
#include <functional>

#include "strikeproof/column.hpp"
#include "strikeproof/parallel.hpp"

namespace strikeproof::bindings {

namespace nb = nanobind;

using Input = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Output = nb::ndarray<double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using StatusOutput = nb::ndarray<std::uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

/// Column of `count` rows: of that length, or of one value that every row shares.
[[nodiscard]] inline Column as_column(const Input& array, std::size_t count) {
  if (array.shape(0) == count) return {array.data(), 1};
  if (array.shape(0) == 1) return {array.data(), 0};
  throw nb::value_error("column is neither of the batch's length nor of length 1");
}

/// Run `work` over all rows without the GIL; raises KeyboardInterrupt within a block's time.
inline void run_batch(std::size_t count, unsigned threads, const std::function<void(Rows)>& work) {
  bool finished = false;
  {
    const nb::gil_scoped_release released;
    const auto keep_going = [] {
      const nb::gil_scoped_acquire held;
      return PyErr_CheckSignals() == 0;
    };
    finished = for_each_block(count, {threads, 4096, keep_going}, work);
  }
  if (!finished) throw nb::python_error();
}

}  // namespace strikeproof::bindings
