// Double-barrier options.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;

BENCHMARK(bm::run_each<bm::double_barrier_price>)
    ->Name("double_barrier/price")
    ->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::double_barrier_gamma>)
    ->Name("double_barrier/greeks")
    ->Apply(bm::batch_of<10000>);

}  // namespace
