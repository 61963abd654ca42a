// Options on a stock with two cash dividends, European and American.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;
using strikeproof::Exercise;
using strikeproof::dividends::Method;

BENCHMARK(bm::run_each<bm::dividends_price<Exercise::kEuropean, Method::kQuadrature>>)
    ->Name("dividends/quadrature")
    ->Apply(bm::batch_of<100>);
BENCHMARK(bm::run_each<bm::dividends_price<Exercise::kEuropean, Method::kBosVandermark>>)
    ->Name("dividends/bos_vandermark")
    ->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::dividends_price<Exercise::kAmerican, Method::kFiniteDifference>>)
    ->Name("dividends/american_grid")
    ->Apply(bm::batch_of<100>);

}  // namespace
