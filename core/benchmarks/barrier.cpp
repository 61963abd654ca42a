// Single-barrier options: watched continuously, and at twelve fixings.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;

BENCHMARK(bm::run_each<bm::barrier_price>)->Name("barrier/price")->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::barrier_gamma>)->Name("barrier/greeks")->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::barrier_at_fixings>)->Name("barrier/fixings")->Apply(bm::batch_of<100>);

}  // namespace
