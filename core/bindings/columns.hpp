// What every binding file shares: columns in, columns out, and a batch run that answers Ctrl-C.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <chrono>
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

// How often a long run asks whether it was interrupted. Asking takes the GIL, which another Python
// thread may hold for some milliseconds, so not after every block.
inline constexpr std::chrono::milliseconds kPatience{20};

/// Runs `work`, which returns false when its keep_going said to stop, without the GIL; raises
/// KeyboardInterrupt soon after Ctrl-C.
template <class Work>
void run_stoppable(unsigned threads, const Work& work, std::size_t block_rows = 4096) {
  bool finished = false;
  {
    const nb::gil_scoped_release released;
    using Clock = std::chrono::steady_clock;
    const auto keep_going = [asked = Clock::now()]() mutable {
      const Clock::time_point now = Clock::now();
      if (now - asked < kPatience) return true;
      asked = now;
      const nb::gil_scoped_acquire held;
      return PyErr_CheckSignals() == 0;
    };
    finished = work(Parallel{threads, block_rows, keep_going});
  }
  if (!finished) throw nb::python_error();
}

/// Run `work` over all rows.
inline void run_batch(std::size_t count, unsigned threads, std::size_t block_rows,
                      const std::function<void(Rows)>& work) {
  run_stoppable(
      threads, [&](const Parallel& parallel) { return for_each_block(count, parallel, work); },
      block_rows);
}

}  // namespace strikeproof::bindings
