// Black-Scholes over columns of random options: price, Greeks, implied volatility.
#include "strikeproof/black_scholes.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using strikeproof::Rows;
namespace bs = strikeproof::black_scholes;

// A portfolio such as a desk holds: strikes within three deviations of the forward, a day to five
// years, volatilities of 5 to 80 %.
class Portfolio {
 public:
  explicit Portfolio(std::size_t size)
      : sign_(size),
        spot_(size),
        strike_(size),
        time_(size),
        rate_(size),
        yield_(size),
        volatility_(size) {
    std::mt19937_64 random(20260101);
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    for (std::size_t i = 0; i < size; ++i) {
      sign_[i] = unit(random) < 0.5 ? 1.0 : -1.0;
      spot_[i] = 20.0 + 180.0 * unit(random);
      time_[i] = 1.0 / 365.0 + 5.0 * unit(random);
      rate_[i] = 0.06 * unit(random);
      yield_[i] = 0.04 * unit(random);
      volatility_[i] = 0.05 + 0.75 * unit(random);
      const double deviations = 6.0 * unit(random) - 3.0;
      strike_[i] = spot_[i] * std::exp(deviations * volatility_[i] * std::sqrt(time_[i]));
    }
  }

  [[nodiscard]] bs::Columns columns(const std::vector<double>& last) const {
    return {column(sign_), column(spot_),  column(strike_), column(time_),
            column(rate_), column(yield_), column(last)};
  }
  [[nodiscard]] bs::Columns columns() const { return columns(volatility_); }

 private:
  static strikeproof::Column column(const std::vector<double>& values) {
    return {values.data(), 1};
  }
  std::vector<double> sign_, spot_, strike_, time_, rate_, yield_, volatility_;
};

std::size_t size_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

void price(benchmark::State& state) {
  const std::size_t size = size_of(state);
  const Portfolio portfolio(size);
  const bs::Columns columns = portfolio.columns();
  std::vector<double> out(size);
  std::vector<std::uint8_t> status(size);
  for (auto _ : state) {
    bs::price(columns, Rows{0, size}, out.data(), status.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void greeks(benchmark::State& state) {
  const std::size_t size = size_of(state);
  const Portfolio portfolio(size);
  const bs::Columns columns = portfolio.columns();
  std::vector<double> out(6 * size);
  std::vector<std::uint8_t> status(size);
  const auto part = [&](std::size_t k) { return out.data() + k * size; };
  const bs::OutputColumns greeks{part(0), part(1), part(2), part(3), part(4), part(5)};
  for (auto _ : state) {
    bs::quantities(columns, Rows{0, size}, greeks, status.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void implied_volatility(benchmark::State& state) {
  const std::size_t size = size_of(state);
  const Portfolio portfolio(size);
  std::vector<double> prices(size);
  std::vector<double> out(size);
  std::vector<std::uint8_t> status(size);
  bs::price(portfolio.columns(), Rows{0, size}, prices.data(), status.data());
  const bs::Columns columns = portfolio.columns(prices);
  for (auto _ : state) {
    bs::implied_volatility(columns, Rows{0, size}, out.data(), status.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1)->Arg(100)->Arg(10000)->Arg(1000000)->UseRealTime();
}

BENCHMARK(price)->Name("black_scholes/price")->Apply(sizes);
BENCHMARK(greeks)->Name("black_scholes/greeks")->Apply(sizes);
BENCHMARK(implied_volatility)->Name("black_scholes/implied_volatility")->Apply(sizes);

}  // namespace
