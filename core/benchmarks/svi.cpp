// SVI smiles: density over Black's at a point, and fits; a fit counts its quotes.
#include "strikeproof/svi.hpp"

#include <benchmark/benchmark.h>

#include "random_options.hpp"
#include "smiles.hpp"

namespace {

namespace bm = strikeproof::benchmarks;
namespace svi = strikeproof::svi;

void density(benchmark::State& state) {
  const std::size_t size = bm::size_of(state);
  bm::Results out(size, 1);
  bm::run(state, out, [&](strikeproof::Rows rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      const double k = -1.0 + 2.0 * static_cast<double>(i) / static_cast<double>(size);
      out.column(0)[i] = svi::durrleman(k, svi::total_variance(bm::kSmile, k));
    }
  });
}

void calibrate(benchmark::State& state) {
  const auto quotes = bm::svi_quotes(bm::size_of(state));
  bm::run_call(state, 0, [&] {
    benchmark::DoNotOptimize(svi::calibrate(quotes, 1.0, {}));
    return true;
  });
}

void quotes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"", "pool"})->UseRealTime()->Args({15, 1})->Args({100, 1});
}

BENCHMARK(density)->Name("svi/density")->Apply(bm::batch_of<10000>);
BENCHMARK(calibrate)->Name("svi/calibrate")->Apply(quotes);

}  // namespace
