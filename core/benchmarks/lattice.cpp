// American options on trees.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;
using strikeproof::lattice::Tree;

BENCHMARK(bm::run_each<bm::lattice_price<Tree::kLeisenReimer, 101>>)
    ->Name("lattice/leisen_reimer_101")
    ->Apply(bm::batch_of<100>);
BENCHMARK(bm::run_each<bm::lattice_price<Tree::kLeisenReimer, 1001>>)
    ->Name("lattice/leisen_reimer_1001")
    ->Apply(bm::batch_of<100>);
BENCHMARK(bm::run_each<bm::lattice_price<Tree::kTrinomial, 100>>)
    ->Name("lattice/trinomial_100")
    ->Apply(bm::batch_of<100>);

}  // namespace
