// Black-Scholes over columns of random options: price, Greeks, implied volatility.
#include "strikeproof/black_scholes.hpp"

#include <benchmark/benchmark.h>

#include "random_options.hpp"

namespace {

namespace bs = strikeproof::black_scholes;
using strikeproof::Rows;
using strikeproof::benchmarks::column;
using strikeproof::benchmarks::random_options;
using strikeproof::benchmarks::RandomOptions;
using strikeproof::benchmarks::Results;
using strikeproof::benchmarks::run;
using strikeproof::benchmarks::size_of;
using strikeproof::benchmarks::sizes;

bs::Columns columns(const RandomOptions& o, const std::vector<double>& last) {
  return {column(o.sign), column(o.spot),  column(o.strike), column(o.time),
          column(o.rate), column(o.yield), column(last)};
}

void price(benchmark::State& state) {
  const RandomOptions& options = random_options(size_of(state));
  const bs::Columns in = columns(options, options.volatility);
  Results out(size_of(state), 1);
  run(state, out, [&](Rows rows) { bs::price(in, rows, out.column(0), out.status()); });
}

template <std::size_t quantities>
void greeks(benchmark::State& state) {
  const RandomOptions& options = random_options(size_of(state));
  const bs::Columns in = columns(options, options.volatility);
  Results out(size_of(state), quantities);
  bs::OutputColumns to{};
  for (std::size_t k = 0; k < quantities; ++k) to[k] = out.column(k);
  run(state, out, [&](Rows rows) { bs::quantities(in, rows, to, out.status()); });
}

void implied_volatility(benchmark::State& state) {
  const std::size_t size = size_of(state);
  const RandomOptions& options = random_options(size);
  std::vector<double> prices(size);
  Results out(size, 1);
  bs::price(columns(options, options.volatility), {0, size}, prices.data(), out.status());
  const bs::Columns in = columns(options, prices);
  run(state, out,
      [&](Rows rows) { bs::implied_volatility(in, rows, out.column(0), out.status()); });
}

BENCHMARK(price)->Name("black_scholes/price")->Apply(sizes);
BENCHMARK(greeks<bs::kRho + 1>)->Name("black_scholes/greeks")->Apply(sizes);
BENCHMARK(greeks<bs::kQuantities>)->Name("black_scholes/second_order")->Apply(sizes);
BENCHMARK(implied_volatility)->Name("black_scholes/implied_volatility")->Apply(sizes);

}  // namespace
