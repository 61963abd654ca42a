// Asian options of twelve fixings: the geometric average, and methods for the arithmetic one.
#include "contracts.hpp"
#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;
using strikeproof::asian::Average;
using strikeproof::asian::Method;

BENCHMARK(bm::run_each<bm::asian_price<Average::kGeometric, Method::kAccurate>>)
    ->Name("asian/geometric")
    ->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::asian_price<Average::kArithmetic, Method::kLognormal>>)
    ->Name("asian/lognormal")
    ->Apply(bm::batch_of<10000>);
BENCHMARK(bm::run_each<bm::asian_price<Average::kArithmetic, Method::kCurran>>)
    ->Name("asian/curran")
    ->Apply(bm::batch_of<100>);
BENCHMARK(bm::run_each<bm::asian_price<Average::kArithmetic, Method::kAccurate>>)
    ->Name("asian/accurate")
    ->Apply(bm::batch_of<100>);

}  // namespace
