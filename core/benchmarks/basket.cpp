// Baskets of three assets by both methods.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;
using strikeproof::basket::Method;

BENCHMARK(bm::run_each<bm::basket_price<Method::kLognormal>>)
    ->Name("basket/lognormal")
    ->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::basket_price<Method::kAccurate>>)
    ->Name("basket/accurate")
    ->Apply(bm::batch_of<100>);

}  // namespace
