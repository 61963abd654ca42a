// Kou's double exponential jumps.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;

BENCHMARK(bm::run_each<bm::kou_price>)->Name("kou/price")->Apply(bm::batch_of<100>);

}  // namespace
