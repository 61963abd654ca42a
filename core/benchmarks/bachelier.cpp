// Bachelier over columns of random options: price, Greeks, implied volatility.
#include "strikeproof/bachelier.hpp"

#include <benchmark/benchmark.h>

#include "random_options.hpp"

namespace {

namespace model = strikeproof::bachelier;
using strikeproof::Rows;
using strikeproof::benchmarks::column;
using strikeproof::benchmarks::random_options;
using strikeproof::benchmarks::RandomOptions;
using strikeproof::benchmarks::Results;
using strikeproof::benchmarks::run;
using strikeproof::benchmarks::size_of;
using strikeproof::benchmarks::sizes;

model::Columns columns(const RandomOptions& o, const std::vector<double>& last) {
  return {column(o.sign), column(o.spot), column(o.normal_strike),
          column(o.time), column(o.rate), column(last)};
}

void price(benchmark::State& state) {
  const RandomOptions& options = random_options(size_of(state));
  const model::Columns in = columns(options, options.normal_volatility);
  Results out(size_of(state), 1);
  run(state, out, [&](Rows rows) { model::price(in, rows, out.column(0), out.status()); });
}

void greeks(benchmark::State& state) {
  const RandomOptions& options = random_options(size_of(state));
  const model::Columns in = columns(options, options.normal_volatility);
  Results out(size_of(state), 6);
  model::OutputColumns to{};
  for (std::size_t k = 0; k < 6; ++k) to[k] = out.column(k);
  run(state, out, [&](Rows rows) { model::greeks(in, rows, to, out.status()); });
}

void implied_volatility(benchmark::State& state) {
  const std::size_t size = size_of(state);
  const RandomOptions& options = random_options(size);
  std::vector<double> prices(size);
  Results out(size, 1);
  model::price(columns(options, options.normal_volatility), {0, size}, prices.data(), out.status());
  const model::Columns in = columns(options, prices);
  run(state, out,
      [&](Rows rows) { model::implied_volatility(in, rows, out.column(0), out.status()); });
}

BENCHMARK(price)->Name("bachelier/price")->Apply(sizes);
BENCHMARK(greeks)->Name("bachelier/greeks")->Apply(sizes);
BENCHMARK(implied_volatility)->Name("bachelier/implied_volatility")->Apply(sizes);

}  // namespace
