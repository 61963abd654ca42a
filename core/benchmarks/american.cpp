// American options over columns of random options: price by accuracy, Greeks, implied volatility.
#include "strikeproof/american.hpp"

#include <benchmark/benchmark.h>

#include "random_options.hpp"

namespace {

namespace am = strikeproof::american;
using strikeproof::Rows;
using strikeproof::benchmarks::column;
using strikeproof::benchmarks::random_options;
using strikeproof::benchmarks::RandomOptions;
using strikeproof::benchmarks::Results;
using strikeproof::benchmarks::run;
using strikeproof::benchmarks::size_of;

am::Columns columns(const RandomOptions& o, const std::vector<double>& last) {
  return {column(o.sign), column(o.spot),  column(o.strike), column(o.time),
          column(o.rate), column(o.yield), column(last)};
}

template <am::Accuracy accuracy>
void price(benchmark::State& state) {
  const RandomOptions& options = random_options(size_of(state));
  const am::Columns in = columns(options, options.volatility);
  Results out(size_of(state), 1);
  run(state, out, [&](Rows rows) { am::price(in, rows, accuracy, out.column(0), out.status()); });
}

void greeks(benchmark::State& state) {
  const RandomOptions& options = random_options(size_of(state));
  const am::Columns in = columns(options, options.volatility);
  Results out(size_of(state), 6);
  am::OutputColumns to{};
  for (std::size_t k = 0; k < 6; ++k) to[k] = out.column(k);
  run(state, out,
      [&](Rows rows) { am::greeks(in, rows, am::Accuracy::kAccurate, to, out.status()); });
}

void implied_volatility(benchmark::State& state) {
  const std::size_t size = size_of(state);
  const RandomOptions& options = random_options(size);
  std::vector<double> prices(size);
  Results out(size, 1);
  am::price(columns(options, options.volatility), {0, size}, am::Accuracy::kAccurate, prices.data(),
            out.status());
  const am::Columns in = columns(options, prices);
  run(state, out, [&](Rows rows) {
    am::implied_volatility(in, rows, am::Accuracy::kAccurate, out.column(0), out.status());
  });
}

void batches(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"", "pool"})->UseRealTime();
  benchmark->Args({1, 1})->Args({400, 1})->Args({400, 2});
}

BENCHMARK(price<am::Accuracy::kFast>)->Name("american/fast")->Apply(batches);
BENCHMARK(price<am::Accuracy::kAccurate>)->Name("american/accurate")->Apply(batches);
BENCHMARK(price<am::Accuracy::kHighPrecision>)->Name("american/high_precision")->Apply(batches);
BENCHMARK(greeks)->Name("american/greeks")->Apply(batches);
BENCHMARK(implied_volatility)->Name("american/implied_volatility")->Apply(batches);

}  // namespace
