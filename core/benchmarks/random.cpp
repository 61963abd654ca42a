// Random and quasi-random numbers by the batch.
#include "strikeproof/random.hpp"

#include <benchmark/benchmark.h>

#include "random_options.hpp"

namespace {

namespace bm = strikeproof::benchmarks;
namespace rng = strikeproof::random;

/// Times `fill`, of the first number and where it goes, over all rows.
template <class Fill>
void fill_rows(benchmark::State& state, const Fill& fill) {
  bm::Results out(bm::size_of(state), 1);
  bm::run(state, out, [&](strikeproof::Rows rows) {
    fill(rows.begin, std::span<double>(out.column(0) + rows.begin, rows.end - rows.begin));
  });
}

void uniforms(benchmark::State& state) {
  fill_rows(state, [](std::uint64_t first, std::span<double> to) {
    rng::uniforms({7, 1, 0, 0}, first, to);
  });
}

void normals(benchmark::State& state) {
  fill_rows(state, [](std::uint64_t first, std::span<double> to) {
    rng::normals({7, 1, 0, 0}, first, to);
  });
}

void sobol_normals(benchmark::State& state) {
  const rng::Sobol sobol(64, 1, 0);
  fill_rows(state,
            [&](std::uint64_t first, std::span<double> to) { sobol.normals(40, first, to); });
}

BENCHMARK(uniforms)->Name("random/uniforms")->Apply(bm::batch_of<100000>);
BENCHMARK(normals)->Name("random/normals")->Apply(bm::batch_of<100000>);
BENCHMARK(sobol_normals)->Name("random/sobol_normals")->Apply(bm::batch_of<100000>);

}  // namespace
