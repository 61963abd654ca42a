// Barrier options watched for the first half of their lives.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;

BENCHMARK(bm::run_each<bm::partial_barrier>)
    ->Name("partial_barrier/price")
    ->Apply(bm::batch_of<10000>);

}  // namespace
