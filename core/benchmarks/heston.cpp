// Heston surfaces of ten expiries by twenty strikes: price, Greeks, sensitivities; calibrations.
#include "strikeproof/heston.hpp"

#include <benchmark/benchmark.h>

#include <vector>

#include "random_options.hpp"
#include "smiles.hpp"
#include "strikeproof/heston_calibration.hpp"

namespace {

namespace calibration = strikeproof::calibration;
namespace heston = strikeproof::heston;
using strikeproof::Rows;
using strikeproof::VanillaOption;
using strikeproof::benchmarks::heston_bounds;
using strikeproof::benchmarks::heston_quotes;
using strikeproof::benchmarks::Results;
using strikeproof::benchmarks::size_of;
using strikeproof::benchmarks::surface;

constexpr heston::Market kMarket = strikeproof::benchmarks::kHestonMarket;
constexpr std::size_t kStrikes = 20;

/// Times `one`, of an option and the expiry it shares, over surfaces of 200 by the pool.
template <class One>
void by_expiry(benchmark::State& state, const One& one) {
  const std::vector<VanillaOption> options = surface(size_of(state), kStrikes);
  Results out(options.size(), 1);
  strikeproof::benchmarks::run_blocks(state, out, kStrikes, [&](Rows rows) {
    heston::Expiry expiry(kMarket.model, options[rows.begin].time_to_expiry);
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      out.column(0)[i] = one(options[i], expiry);
    }
  });
}

void price(benchmark::State& state) {
  by_expiry(state, [](const VanillaOption& option, heston::Expiry& expiry) {
    return heston::price(option, kMarket, expiry).value;
  });
}

void greeks(benchmark::State& state) {
  by_expiry(state, [](const VanillaOption& option, heston::Expiry& expiry) {
    return heston::value(option, kMarket, expiry).value.gamma;
  });
}

void sensitivities(benchmark::State& state) {
  by_expiry(state, [](const VanillaOption& option, heston::Expiry& expiry) {
    return heston::sensitivities(option, kMarket, expiry).value.theta;
  });
}

void calibrate(benchmark::State& state) {
  const std::vector<calibration::Quote> quotes = heston_quotes(size_of(state));
  strikeproof::benchmarks::run_call(state, 0, [&] {
    benchmark::DoNotOptimize(
        calibration::calibrate(calibration::Family::kHeston, quotes, heston_bounds(), {}));
    return true;
  });
}

void surfaces(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"", "pool"})->UseRealTime();
  benchmark->Args({200, 1})->Args({20000, 1})->Args({20000, 2});
}

BENCHMARK(price)->Name("heston/price")->Apply(surfaces);
BENCHMARK(greeks)->Name("heston/greeks")->Apply(surfaces);
BENCHMARK(sensitivities)->Name("heston/sensitivities")->Apply(surfaces);
BENCHMARK(calibrate)
    ->Name("heston/calibrate")
    ->ArgNames({"", "pool"})
    ->UseRealTime()
    ->Args({65, 1})
    ->Args({500, 1});

}  // namespace
