// Lookback options with a floating strike.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;

BENCHMARK(bm::run_each<bm::lookback_price>)->Name("lookback/price")->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::lookback_gamma>)->Name("lookback/greeks")->Apply(bm::batch_of<10000>);

}  // namespace
