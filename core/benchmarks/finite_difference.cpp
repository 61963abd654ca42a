// American options on a grid of a hundred spots by fifty steps.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;

BENCHMARK(bm::run_each<bm::finite_difference_price>)
    ->Name("finite_difference/price")
    ->Apply(bm::batch_of<100>);
BENCHMARK(bm::run_each<bm::finite_difference_gamma>)
    ->Name("finite_difference/greeks")
    ->Apply(bm::batch_of<100>);

}  // namespace
