// Memory of a benchmark: what a call holds on the heap at its peak, measured by one untimed call.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace strikeproof::benchmarks {

/// Counts what operator new hands out in this program, by all threads, while it lives; one at a
/// time. Outside of it allocations are not counted and cost one load more.
class HeapWatch {
 public:
  HeapWatch();
  ~HeapWatch();
  HeapWatch(const HeapWatch&) = delete;
  HeapWatch& operator=(const HeapWatch&) = delete;

  /// Most bytes held at one time beyond those held at the start.
  [[nodiscard]] static std::int64_t peak();
};

/// Reports as `peak_bytes` the bytes of the outputs and of what `call` allocates at its peak.
///
/// A benchmark's function runs many times, so that a call is measured once for its type and the
/// benchmark's arguments. Inputs are the caller's and not counted, nor are stacks of threads.
template <class Call>
void report_memory(benchmark::State& state, std::size_t outputs, const Call& call) {
  static std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> measured;
  const auto [place, is_new] = measured.try_emplace({state.range(0), state.range(1)}, 0);
  if (is_new) {
    const HeapWatch watch;
    call();
    place->second = HeapWatch::peak();
  }
  state.counters["peak_bytes"] = static_cast<double>(place->second) + static_cast<double>(outputs);
}

}  // namespace strikeproof::benchmarks
