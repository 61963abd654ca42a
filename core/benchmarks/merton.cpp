// Merton's jump diffusion.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;

BENCHMARK(bm::run_each<bm::merton_price>)->Name("merton/price")->Apply(bm::batch_of<10000>);

}  // namespace
