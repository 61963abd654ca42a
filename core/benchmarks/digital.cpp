// Digital and touch options.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;

BENCHMARK(bm::run_each<bm::digital_price>)->Name("digital/price")->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::touch_price>)->Name("digital/touch")->Apply(bm::batch_of<10000>);

}  // namespace
