// Bates's model on surfaces of twenty strikes an expiry, and its calibration.
#include "strikeproof/bates.hpp"

#include <optional>
#include <vector>

#include "contracts.hpp"
#include "random_options.hpp"
#include "smiles.hpp"

namespace {

namespace bm = strikeproof::benchmarks;
namespace bates = strikeproof::bates;
using strikeproof::VanillaOption;

constexpr std::size_t kStrikes = 20;

void price(benchmark::State& state) {
  const strikeproof::heston::Market& of = bm::kHestonMarket;
  const bates::Market market{of.spot, of.rate, of.dividend_yield, {of.model, bm::kJumps}};
  const std::vector<VanillaOption> options = bm::surface(bm::size_of(state), kStrikes);
  bm::Results out(options.size(), 1);
  bm::run_blocks(state, out, kStrikes, [&](strikeproof::Rows rows) {
    std::optional<bates::Expiry> expiry;
    for (std::size_t i = rows.begin; i < rows.end; ++i) {
      out.column(0)[i] = bates::price(options[i], market, expiry).value;
    }
  });
}

BENCHMARK(price)
    ->Name("bates/price")
    ->ArgNames({"", "pool"})
    ->UseRealTime()
    ->Args({200, 1})
    ->Args({2000, 2});

}  // namespace
