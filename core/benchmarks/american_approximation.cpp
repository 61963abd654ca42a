// Approximations to American options.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;
using strikeproof::american_approximation::Method;

BENCHMARK(bm::run_each<bm::american_approximation_price<Method::kBaroneAdesiWhaley>>)
    ->Name("american_approximation/barone_adesi_whaley")
    ->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::american_approximation_price<Method::kBjerksundStensland>>)
    ->Name("american_approximation/bjerksund_stensland")
    ->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::american_approximation_price<Method::kJuZhong>>)
    ->Name("american_approximation/ju_zhong")
    ->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::american_approximation_price<Method::kQdPlus>>)
    ->Name("american_approximation/qd_plus")
    ->Apply(bm::batch_of<10000>);

}  // namespace
