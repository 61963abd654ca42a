// The variance gamma model.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;

BENCHMARK(bm::run_each<bm::variance_gamma_price>)
    ->Name("variance_gamma/price")
    ->Apply(bm::batch_of<100>);

}  // namespace
