// Monte Carlo: a European call and an Asian one of 252 fixings, by both kinds of numbers. The batch
// counts steps of paths.
#include "strikeproof/monte_carlo.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>

#include "random_options.hpp"
#include "simulations.hpp"

namespace {

namespace mc = strikeproof::monte_carlo;

constexpr std::size_t kFixings = 252;

void run(benchmark::State& state, const mc::Payoff& payoff, mc::Method method) {
  const auto dynamics =
      mc::black_scholes(strikeproof::benchmarks::simulated_model(), payoff.schedule());
  const auto steps = static_cast<std::int64_t>(dynamics->steps().size());
  mc::Settings settings;
  settings.method = method;
  settings.replicates = 16;
  settings.paths = static_cast<std::uint64_t>(state.range(0) / steps);
  const strikeproof::Parallel parallel{static_cast<unsigned>(state.range(1)), 1, {}};
  strikeproof::benchmarks::run_call(state, 0, [&] {
    const auto found = mc::price(*dynamics, payoff, {}, settings, parallel);
    benchmark::DoNotOptimize(found);
    return found.has_value();
  });
}

template <mc::Method method>
void european(benchmark::State& state) {
  run(state, *strikeproof::benchmarks::simulated_european(), method);
}

template <mc::Method method>
void asian(benchmark::State& state) {
  run(state, *strikeproof::benchmarks::simulated_asian(kFixings), method);
}

template <std::int64_t batch>
void threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"", "pool"})->UseRealTime()->Unit(benchmark::kMillisecond);
  benchmark->Args({batch, 1})->Args({batch, 2});
}

constexpr std::int64_t kEuropean = 1000000;
constexpr std::int64_t kAsian = std::int64_t{252} * 100000;
// whole nets: sixteen replicates of 2^16 and 2^13 points
constexpr std::int64_t kEuropeanSobol = 16 << 16;
constexpr std::int64_t kAsianSobol = std::int64_t{252} * (16 << 13);

BENCHMARK(european<mc::Method::kPseudo>)->Name("monte_carlo/european")->Apply(threads<kEuropean>);
BENCHMARK(european<mc::Method::kSobol>)
    ->Name("monte_carlo/european_sobol")
    ->Apply(threads<kEuropeanSobol>);
BENCHMARK(asian<mc::Method::kPseudo>)->Name("monte_carlo/asian")->Apply(threads<kAsian>);
BENCHMARK(asian<mc::Method::kSobol>)->Name("monte_carlo/asian_sobol")->Apply(threads<kAsianSobol>);

}  // namespace
