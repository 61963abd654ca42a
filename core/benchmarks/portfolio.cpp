// Portfolio risk, and profit and loss under a hundred scenarios, per position and scenario.
#include "strikeproof/portfolio.hpp"

#include <benchmark/benchmark.h>

#include <array>

#include "random_options.hpp"

namespace {

namespace pf = strikeproof::portfolio;
using strikeproof::Parallel;
using strikeproof::benchmarks::column;
using strikeproof::benchmarks::random_options;
using strikeproof::benchmarks::RandomOptions;
using strikeproof::benchmarks::Results;
using strikeproof::benchmarks::run_call;
using strikeproof::benchmarks::size_of;
using strikeproof::benchmarks::sizes;

// Calls are held and puts sold.
pf::Positions positions(const RandomOptions& o) {
  return {{column(o.sign), column(o.spot), column(o.strike), column(o.time), column(o.rate),
           column(o.yield), column(o.volatility)},
          column(o.sign)};
}

Parallel pool(const benchmark::State& state) {
  return {static_cast<unsigned>(state.range(1)), 4096, {}};
}

void risk(benchmark::State& state) {
  const RandomOptions& options = random_options(size_of(state));
  Results out(size_of(state), pf::kFigures);
  pf::FigureColumns to{};
  for (std::size_t k = 0; k < pf::kFigures; ++k) to[k] = out.column(k);
  pf::Figures totals{};
  run_call(state, out.bytes() + sizeof(totals), [&] {
    const bool done =
        pf::risk(positions(options), size_of(state), {}, to, out.status(), &totals, pool(state));
    benchmark::DoNotOptimize(totals);
    return done;
  });
}

// The batch counts prices: a hundred for each position.
void scenarios(benchmark::State& state) {
  constexpr std::size_t kScenarios = 100;
  const std::size_t size = size_of(state) / kScenarios;
  const RandomOptions& options = random_options(size);
  std::array<pf::Shock, kScenarios> shocks{};
  for (std::size_t k = 0; k < kScenarios; ++k) {
    shocks[k].spot_return = 0.004 * (static_cast<double>(k) - 50.0);
  }
  std::array<double, kScenarios> totals{};
  run_call(state, sizeof(totals), [&] {
    const bool done = pf::scenarios(positions(options), size, {}, shocks,
                                    {totals.data(), nullptr, nullptr, nullptr}, pool(state));
    benchmark::DoNotOptimize(totals);
    return done;
  });
}

void batches(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"", "pool"})->UseRealTime();
  benchmark->Args({10000, 1})->Args({1000000, 1})->Args({1000000, 2});
}

BENCHMARK(risk)->Name("portfolio/risk")->Apply(sizes);
BENCHMARK(scenarios)->Name("portfolio/scenarios")->Apply(batches);

}  // namespace
