// Spread options by every method.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;
using strikeproof::spread::Method;

BENCHMARK(bm::run_each<bm::spread_price<Method::kKirk>>)
    ->Name("spread/kirk")
    ->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::spread_price<Method::kBjerksundStensland>>)
    ->Name("spread/bjerksund_stensland")
    ->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::spread_price<Method::kQuadrature>>)
    ->Name("spread/quadrature")
    ->Apply(bm::batch_of<100>);

}  // namespace
