// Heston surfaces of ten expiries by twenty strikes: price, Greeks, sensitivities; calibrations.
#include "strikeproof/heston.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "random_options.hpp"
#include "strikeproof/black_scholes.hpp"
#include "strikeproof/heston_calibration.hpp"

namespace {

namespace calibration = strikeproof::calibration;
namespace heston = strikeproof::heston;
using strikeproof::OptionType;
using strikeproof::Rows;
using strikeproof::VanillaOption;
using strikeproof::benchmarks::size_of;

constexpr heston::Market kMarket{100.0, 0.03, 0.01, {0.04, 0.05, 1.5, 0.5, -0.6}};
constexpr std::size_t kStrikes = 20;

/// Out-of-the-money options by expiries of `strikes` each, from a month to two years.
std::vector<VanillaOption> surface(std::size_t size, std::size_t strikes) {
  std::vector<VanillaOption> found;
  const std::size_t expiries = size / strikes;
  for (std::size_t i = 0; i < size; ++i) {
    const double place = static_cast<double>(i / strikes) / static_cast<double>(expiries);
    const double time = 0.08 * std::pow(25.0, place);
    const double way =
        2.0 * (static_cast<double>(i % strikes) + 0.5) / static_cast<double>(strikes) - 1.0;
    const double log_strike = 0.5 * way * std::sqrt(time);
    found.push_back({log_strike > 0.0 ? OptionType::kCall : OptionType::kPut,
                     kMarket.spot * std::exp(0.02 * time + log_strike), time});
  }
  return found;
}

/// Times `one`, of an option and the expiry it shares, over surfaces of 200 by the pool.
template <class One>
void by_expiry(benchmark::State& state, const One& one) {
  const std::vector<VanillaOption> options = surface(size_of(state), kStrikes);
  std::vector<double> out(options.size());
  const strikeproof::Parallel parallel{static_cast<unsigned>(state.range(1)), kStrikes, {}};
  const auto work = [&](Rows rows) {
    heston::Expiry expiry(kMarket.model, options[rows.begin].time_to_expiry);
    for (std::size_t i = rows.begin; i < rows.end; ++i) out[i] = one(options[i], expiry);
  };
  for (auto _ : state) {
    if (!strikeproof::for_each_block(options.size(), parallel, work)) {
      state.SkipWithError("stopped");
    }
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
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

/// Of quotes that a model fits but for an error of a fifth of a volatility point.
void calibrate(benchmark::State& state) {
  const std::size_t strikes = size_of(state) / 5;
  std::vector<calibration::Quote> quotes;
  for (const VanillaOption& option : surface(size_of(state), strikes)) {
    const double forward = kMarket.spot * std::exp(0.02 * option.time_to_expiry);
    const double price = heston::value(option, {forward, 0.0, 0.0, kMarket.model}).value.price;
    const double exact =
        strikeproof::black_scholes::implied_volatility(price, option, {forward, 0.0, 0.0, 0.0})
            .value;
    const double error = 0.002 * std::sin(11.0 * static_cast<double>(quotes.size()));
    quotes.push_back({option.strike, option.time_to_expiry, forward, exact + error, 1.0});
  }
  const std::vector<calibration::Bounds> bounds{
      {1e-8, 10.0}, {1e-8, 10.0}, {1e-4, 100.0}, {1e-4, 20.0}, {-0.9999, 0.9999}};
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        calibration::calibrate(calibration::Family::kHeston, quotes, bounds, {}));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
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
