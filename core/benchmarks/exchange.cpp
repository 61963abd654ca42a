// Options to exchange one asset for another.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;

BENCHMARK(bm::run_each<bm::exchange_price>)->Name("exchange/price")->Apply(bm::batch_of<10000>);

}  // namespace
