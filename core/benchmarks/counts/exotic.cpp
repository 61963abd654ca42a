// Engines of one contract a call: formulas, quadratures, trees and grids.
#include <string>

#include "../contracts.hpp"
#include "kernels.hpp"

namespace strikeproof::counts {
namespace {

using benchmarks::RandomOptions;
namespace contracts = benchmarks;

constexpr std::size_t kMost = 160;

template <auto one>
double sum(std::size_t count) {
  static const RandomOptions options(kMost, 1.5);
  double total = 0.0;
  for (std::size_t i = 0; i < count; ++i) total += one(options, i);
  return total;
}

template <auto one>
void cheap(Kernels& kernels, const std::string& name) {
  kernels.push_back({name, kScalar, "option", 40, kMost, sum<one>});
}

template <auto one>
void dear(Kernels& kernels, const std::string& name) {
  kernels.push_back({name, kScalar, "option", 3, 8, sum<one>});
}

}  // namespace

void add_exotic(Kernels& kernels) {
  using american_approximation::Method;
  using asian::Average;
  cheap<contracts::american_approximation_price<Method::kBaroneAdesiWhaley>>(
      kernels, "american_approximation/barone_adesi_whaley");
  cheap<contracts::american_approximation_price<Method::kBjerksundStensland>>(
      kernels, "american_approximation/bjerksund_stensland");
  cheap<contracts::barrier_price>(kernels, "barrier/price");
  cheap<contracts::barrier_gamma>(kernels, "barrier/greeks");
  dear<contracts::barrier_at_fixings>(kernels, "barrier/fixings");
  cheap<contracts::partial_barrier>(kernels, "partial_barrier/price");
  cheap<contracts::double_barrier_price>(kernels, "double_barrier/price");
  cheap<contracts::digital_price>(kernels, "digital/price");
  cheap<contracts::touch_price>(kernels, "digital/touch");
  cheap<contracts::asian_price<Average::kGeometric, asian::Method::kAccurate>>(kernels,
                                                                               "asian/geometric");
  dear<contracts::asian_price<Average::kArithmetic, asian::Method::kCurran>>(kernels,
                                                                             "asian/curran");
  dear<contracts::asian_price<Average::kArithmetic, asian::Method::kAccurate>>(kernels,
                                                                               "asian/accurate");
  cheap<contracts::lookback_price>(kernels, "lookback/price");
  cheap<contracts::exchange_price>(kernels, "exchange/price");
  cheap<contracts::rainbow_price>(kernels, "rainbow/price");
  cheap<contracts::spread_price<spread::Method::kKirk>>(kernels, "spread/kirk");
  dear<contracts::spread_price<spread::Method::kQuadrature>>(kernels, "spread/quadrature");
  dear<contracts::basket_price<basket::Method::kAccurate>>(kernels, "basket/accurate");
  dear<contracts::lattice_price<lattice::Tree::kLeisenReimer, 101>>(kernels,
                                                                    "lattice/leisen_reimer_101");
  dear<contracts::finite_difference_price>(kernels, "finite_difference/grid_100_50");
  dear<contracts::dividends_price<Exercise::kEuropean, dividends::Method::kQuadrature>>(
      kernels, "dividends/quadrature");
  cheap<contracts::merton_price>(kernels, "merton/price");
  dear<contracts::kou_price>(kernels, "kou/price");
  dear<contracts::variance_gamma_price>(kernels, "variance_gamma/price");
}

}  // namespace strikeproof::counts
