// SSVI surfaces: local volatility at a point, and fits; a fit counts its quotes.
#include "strikeproof/ssvi.hpp"

#include <benchmark/benchmark.h>

#include "random_options.hpp"
#include "smiles.hpp"

namespace {

namespace bm = strikeproof::benchmarks;
namespace ssvi = strikeproof::ssvi;

void local_volatility(benchmark::State& state) {
  const std::size_t size = bm::size_of(state);
  const ssvi::Surface surface = bm::ssvi_surface();
  bm::Results out(size, 1);
  bm::run(state, out, [&](strikeproof::Rows rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      const double place = static_cast<double>(i) / static_cast<double>(size);
      const auto found = ssvi::local_volatility(surface.smile(0.1 + 1.8 * place), 0.4 * place);
      out.column(0)[i] = found.value;
    }
  });
}

void calibrate(benchmark::State& state) {
  const auto quotes = bm::ssvi_quotes(bm::size_of(state));
  const auto times = bm::ssvi_times();
  bm::run_call(state, 0, [&] {
    benchmark::DoNotOptimize(ssvi::calibrate(times, quotes, {}));
    return true;
  });
}

void quotes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"", "pool"})->UseRealTime()->Args({40, 1})->Args({200, 1});
}

BENCHMARK(local_volatility)->Name("ssvi/local_volatility")->Apply(bm::batch_of<10000>);
BENCHMARK(calibrate)->Name("ssvi/calibrate")->Apply(quotes);

}  // namespace
