// Curves of twenty nodes: discount factors, and volatilities between two times.
#include "strikeproof/term_structure.hpp"

#include <benchmark/benchmark.h>

#include <vector>

#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;
namespace ts = strikeproof::term_structure;

std::vector<double> times() {
  std::vector<double> found;
  for (int k = 1; k <= 20; ++k) found.push_back(0.25 * k);
  return found;
}

std::vector<double> levels(double first, double step) {
  std::vector<double> found;
  for (int k = 0; k < 20; ++k) found.push_back(first + step * k);
  return found;
}

void discount(benchmark::State& state) {
  const auto& options = bm::random_options(bm::size_of(state));
  const auto curve =
      ts::RateCurve::from_zero_rates(times(), levels(0.02, 0.001), ts::Interpolation::kLinearZero);
  bm::Results out(options.time.size(), 1);
  bm::run(state, out, [&](strikeproof::Rows rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      out.column(0)[i] = curve.discount(options.time[i]);
    }
  });
}

void volatility(benchmark::State& state) {
  const auto& options = bm::random_options(bm::size_of(state));
  const auto curve = ts::VolatilityCurve::piecewise_constant(times(), levels(0.15, 0.005));
  bm::Results out(options.time.size(), 1);
  bm::run(state, out, [&](strikeproof::Rows rows) {
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      out.column(0)[i] = curve.volatility(0.5 * options.time[i], options.time[i]);
    }
  });
}

BENCHMARK(discount)->Name("term_structure/discount")->Apply(bm::batch_of<10000>);
BENCHMARK(volatility)->Name("term_structure/volatility")->Apply(bm::batch_of<10000>);

}  // namespace
