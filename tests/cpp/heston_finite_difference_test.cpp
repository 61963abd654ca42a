// Heston on a grid: the operator's solutions, orders, the semi-analytic engine, statuses.
#include "strikeproof/heston_finite_difference.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "numeric/heston_operator.hpp"

namespace {

namespace grid = strikeproof::heston_finite_difference;
namespace fd = strikeproof::finite_difference;
namespace numeric = strikeproof::numeric;
using strikeproof::Exercise;
using strikeproof::OptionType;
using strikeproof::Status;
using strikeproof::heston::Market;

constexpr Market kMarket{100.0, 0.05, 0.02, {0.04, 0.06, 1.5, 0.5, -0.6}};

fd::Contract put(Exercise exercise) { return {{OptionType::kPut, 105.0, 1.0, exercise, {}}}; }

numeric::Grid nodes(double low, double top, int cells) {
  numeric::AxisPlan plan{};
  plan.low = low;
  plan.top = top;
  plan.foci = {{low + 0.3 * (top - low), 0.2 * (top - low)}};
  plan.cells = cells;
  plan.refinement = 1;
  return numeric::stretched_grid(plan);
}

// Solutions along either direction satisfy what they solve.
TEST(HestonOperator, SolutionsSolve) {
  const numeric::Grid spot = nodes(0.0, 300.0, 21), variance = nodes(0.0, 1.0, 14);
  numeric::HestonOperator generator(spot, variance, kMarket);
  const std::size_t n = spot.size(), count = n * variance.size();
  numeric::Field given(count), mixed(count), by_spot(count), by_variance(count);
  for (std::size_t k = 0; k < count; ++k) given[k] = std::sin(1.0 + 0.7 * static_cast<double>(k));
  const double scale = 0.013;
  generator.factor(scale);
  for (const bool along_spot : {true, false}) {
    numeric::Field x = given;
    along_spot ? generator.solve_spot(x) : generator.solve_variance(x);
    generator.apply(x, mixed, by_spot, by_variance);
    const numeric::Field& part = along_spot ? by_spot : by_variance;
    for (std::size_t j = 0; j < variance.size(); ++j) {
      for (std::size_t i = 1; i + 1 < n; ++i) {
        const std::size_t k = j * n + i;
        EXPECT_NEAR(x[k] - scale * part[k], given[k], 1e-12) << i << ' ' << j;
      }
    }
  }
}

// The operator is exact for what is linear in the spot and of the second degree in the variance.
TEST(HestonOperator, PolynomialsAreExact) {
  const numeric::Grid spot = nodes(0.0, 300.0, 21), variance = nodes(0.0, 1.0, 14);
  numeric::HestonOperator generator(spot, variance, kMarket);
  const std::size_t n = spot.size(), count = n * variance.size();
  numeric::Field u(count), mixed(count), by_spot(count), by_variance(count);
  for (std::size_t k = 0; k < count; ++k) u[k] = spot[k % n] * (2.0 + 3.0 * variance[k / n]);
  generator.apply(u, mixed, by_spot, by_variance);
  for (std::size_t j = 0; j + 1 < variance.size(); ++j) {
    for (std::size_t i = 1; i + 1 < n; ++i) {
      const std::size_t k = j * n + i;
      const double s = spot[i], v = variance[j];
      EXPECT_NEAR(mixed[k], -0.6 * 0.5 * s * v * 3.0, 1e-9);
      EXPECT_NEAR(by_spot[k], (0.03 - 0.025) * u[k], 1e-9);
      EXPECT_NEAR(by_variance[k], 1.5 * (0.06 - v) * 3.0 * s - 0.025 * u[k], 1e-9);
    }
  }
}

TEST(HestonFiniteDifference, EuropeanValuesReachTheFormula) {
  const auto exact = strikeproof::heston::value({OptionType::kPut, 105.0, 1.0}, kMarket).value;
  for (const grid::Scheme scheme :
       {grid::Scheme::kModifiedCraigSneyd, grid::Scheme::kHundsdorferVerwer}) {
    const auto found = grid::value(put(Exercise::kEuropean), kMarket, {61, 31, 30, true, scheme});
    ASSERT_EQ(found.status, Status::kOk);
    EXPECT_NEAR(found.value.price, exact.price, 1e-4);
    EXPECT_NEAR(found.value.delta, exact.delta, 1e-4);
    EXPECT_NEAR(found.value.gamma, exact.gamma, 1e-5);
  }
}

TEST(HestonFiniteDifference, ErrorsFallAsTheSquare) {
  const double exact =
      strikeproof::heston::value({OptionType::kPut, 105.0, 1.0}, kMarket).value.price;
  const auto error = [&](int refinement) {
    const grid::Settings settings{31, 17, 16, false, grid::Scheme::kModifiedCraigSneyd, refinement};
    return grid::value(put(Exercise::kEuropean), kMarket, settings).value.price - exact;
  };
  EXPECT_NEAR(std::log2(error(1) / error(2)), 2.0, 0.1);
  EXPECT_NEAR(std::log2(error(2) / error(4)), 2.0, 0.1);
}

TEST(HestonFiniteDifference, AnAmericanIsWorthTheGainAtLeast) {
  for (const double spot : {60.0, 80.0, 100.0, 120.0}) {
    Market market = kMarket;
    market.spot = spot;
    const auto american = grid::value(put(Exercise::kAmerican), market, {61, 31, 30});
    const auto european = grid::value(put(Exercise::kEuropean), market, {61, 31, 30});
    EXPECT_GE(american.value.price, 105.0 - spot);
    EXPECT_GE(american.value.price, european.value.price - 2e-3);
  }
}

TEST(HestonFiniteDifference, WhatIsNotServedHasAStatus) {
  const auto status = [](const fd::Contract& contract, const Market& market,
                         const grid::Settings& settings) {
    return grid::estimate(contract, market, settings).status;
  };
  const grid::Settings small{21, 11, 4};
  EXPECT_EQ(status(put(Exercise::kBermudan), kMarket, small), Status::kOutOfDomain);
  EXPECT_EQ(status(put(Exercise::kEuropean), kMarket, {5, 11, 4}), Status::kOutOfDomain);
  Market market = kMarket;
  market.model.correlation = 1.01;
  EXPECT_EQ(status(put(Exercise::kEuropean), market, small), Status::kOutOfDomain);
  market.model.correlation = std::nan("");
  EXPECT_EQ(status(put(Exercise::kEuropean), market, small), Status::kNonFinite);
}

}  // namespace
