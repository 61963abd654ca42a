// How benchmarks run over a desk's options: by one thread, and by the pool.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>

#include "desk.hpp"
#include "memory.hpp"
#include "strikeproof/parallel.hpp"

namespace strikeproof::benchmarks {

[[nodiscard]] inline std::size_t size_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

/// Times `call`, which is false where it was stopped, and reports memory, its outputs' included.
template <class Call>
void run_call(benchmark::State& state, std::size_t outputs, const Call& call) {
  for (auto _ : state) {
    if (!call()) state.SkipWithError("stopped");
    benchmark::ClobberMemory();
  }
  report_memory(state, outputs, call);  // last: tables that the first call makes are not the call's
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// Times `work` over all rows into `out`, by blocks and as many threads as the second argument
/// says.
template <class Work>
void run_blocks(benchmark::State& state, const Results& out, std::size_t block, const Work& work) {
  const Parallel parallel{static_cast<unsigned>(state.range(1)), block, {}};
  run_call(state, out.bytes(), [&] { return for_each_block(size_of(state), parallel, work); });
}

/// The same, several blocks a thread, however small the batch: else the pool has nothing to share.
template <class Work>
void run(benchmark::State& state, const Results& out, const Work& work) {
  run_blocks(state, out, std::clamp<std::size_t>(size_of(state) / 16, 8, 4096), work);
}

/// Times `one`, of the options and a row, over all rows.
template <auto one>
void run_each(benchmark::State& state) {
  const RandomOptions& options = random_options(size_of(state));
  Results out(size_of(state), 1);
  run(state, out, [&](Rows rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) out.column(0)[i] = one(options, i);
  });
}

/// Batches of 1 to a million by one thread, and a million by two.
inline void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"", "pool"})->UseRealTime();
  for (const std::int64_t batch : {1, 100, 10000, 1000000}) benchmark->Args({batch, 1});
  benchmark->Args({1000000, 2});
}

/// One option, and a batch by one thread and by two.
template <std::int64_t batch>
void batch_of(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"", "pool"})->UseRealTime();
  benchmark->Args({1, 1})->Args({batch, 1})->Args({batch, 2});
}

}  // namespace strikeproof::benchmarks
