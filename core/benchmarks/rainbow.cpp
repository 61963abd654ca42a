// Options on the larger of two assets.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;

BENCHMARK(bm::run_each<bm::rainbow_price>)->Name("rainbow/price")->Apply(bm::batch_of<10000>);

}  // namespace
