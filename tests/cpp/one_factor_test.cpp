// One-factor contracts on the grid: nodes, barriers, curves, limits, statuses.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "numeric/richardson.hpp"
#include "numeric/spot_grid.hpp"
#include "strikeproof/barrier.hpp"
#include "strikeproof/black_scholes.hpp"
#include "strikeproof/finite_difference.hpp"

namespace {

namespace fd = strikeproof::finite_difference;
namespace closed = strikeproof::barrier;
namespace numeric = strikeproof::numeric;
using strikeproof::Exercise;
using strikeproof::FlatMarket;
using strikeproof::OptionType;
using strikeproof::Status;
using strikeproof::term_structure::RateCurve;
using strikeproof::term_structure::VolatilityCurve;

constexpr FlatMarket kFlat{100.0, 0.05, 0.02, 0.25};
constexpr fd::Settings kFine{201, 50, true};

struct Curves {
  RateCurve rate = RateCurve::flat(kFlat.rate);
  RateCurve yield = RateCurve::flat(kFlat.dividend_yield);
  VolatilityCurve volatility = VolatilityCurve::flat(kFlat.volatility);

  [[nodiscard]] fd::CurveMarket at(double spot) const { return {spot, rate, yield, volatility}; }
};

fd::Contract call(Exercise exercise = Exercise::kEuropean, double strike = 103.0) {
  return {{OptionType::kCall, strike, 1.0, exercise, {}}};
}

numeric::AxisPlan plan() {
  return {.low = 0.0,
          .top = 400.0,
          .logarithmic = false,
          .foci = {{103.0, 12.0}, {90.0, 9.0}},
          .on_nodes = {90.0, 103.0},
          .cells = 50,
          .refinement = 1};
}

TEST(SpotGrid, HalvingKeepsEveryNode) {
  const numeric::Grid coarse = numeric::stretched_grid(plan());
  numeric::AxisPlan finer = plan();
  finer.refinement = 4;
  const numeric::Grid fine = numeric::stretched_grid(finer);
  ASSERT_EQ(fine.size(), 4 * (coarse.size() - 1) + 1);
  for (std::size_t i = 0; i < coarse.size(); ++i) EXPECT_NEAR(fine[4 * i], coarse[i], 1e-10);
}

TEST(SpotGrid, PointsBecomeNodesAndNodesAscend) {
  for (const bool logarithmic : {false, true}) {
    numeric::AxisPlan wanted = plan();
    wanted.logarithmic = logarithmic;
    wanted.low = logarithmic ? 20.0 : 0.0;
    const numeric::Axis axis = numeric::make_axis(wanted);
    EXPECT_TRUE(std::ranges::is_sorted(axis.spot, std::less_equal<>{}));
    for (const double point : wanted.on_nodes) {
      EXPECT_NE(std::ranges::find(axis.spot, point), axis.spot.end()) << point;
    }
  }
}

TEST(SpotGrid, NodesGatherAtTheFoci) {
  const numeric::Grid grid = numeric::stretched_grid(plan());
  const auto spacing = [&grid](double x) {
    const auto above = std::ranges::upper_bound(grid, x);
    return *above - *(above - 1);
  };
  EXPECT_LT(spacing(95.0), 0.5 * spacing(200.0));
  EXPECT_LT(spacing(95.0), 0.5 * spacing(30.0));
}

TEST(Richardson, ErrorsOfTheSecondOrderAreRemovedAndSeen) {
  const auto value = [](double h) { return 7.0 + 3.0 * h * h; };
  EXPECT_NEAR(numeric::extrapolated(value(0.2), value(0.1)), 7.0, 1e-14);
  EXPECT_NEAR(numeric::order_of(value(0.4), value(0.2), value(0.1)), 2.0, 1e-12);
  EXPECT_TRUE(std::isnan(numeric::order_of(1.0, 2.0, 1.5)));
  EXPECT_GE(numeric::error_of(value(0.4), value(0.2), value(0.1), false), value(0.2) - 7.0);
}

TEST(OneFactor, KnockOutsReachTheirFormula) {
  const Curves curves;
  fd::Contract contract = call();
  contract.barriers.upper = 130.0;
  contract.barriers.rebate = 3.0;
  const closed::BarrierOption option{
      closed::Knock::kOut,          closed::Side::kUp, OptionType::kCall, 103.0, 130.0, 1.0, 3.0,
      closed::RebatePayment::kAtHit};
  const auto exact = closed::greeks(option, kFlat).value;
  for (const fd::GridKind grid : {fd::GridKind::kSinh, fd::GridKind::kLog}) {
    for (const fd::Scheme scheme : {fd::Scheme::kTrBdf2, fd::Scheme::kCrankNicolson}) {
      const auto found =
          fd::greeks(contract, {}, curves.at(100.0), {201, 50, true, grid, scheme}).value;
      EXPECT_NEAR(found.price, exact.price, 1e-5);
      EXPECT_NEAR(found.delta, exact.delta, 1e-6);
      EXPECT_NEAR(found.gamma, exact.gamma, 1e-6);
      EXPECT_NEAR(found.theta, exact.theta, 1e-3);
    }
  }
}

// The value near a barrier tends to the rebate, and is it beyond.
TEST(OneFactor, TheBarrierIsMetContinuously) {
  const Curves curves;
  fd::Contract contract = call();
  contract.barriers.lower = 90.0;
  contract.barriers.rebate = 3.0;
  const auto at = [&](double spot) {
    return fd::price(contract, {}, curves.at(spot), kFine).value;
  };
  EXPECT_EQ(at(90.0), 3.0);
  EXPECT_EQ(at(50.0), 3.0);
  EXPECT_NEAR(at(90.0 + 1e-6), 3.0, 1e-5);
}

TEST(OneFactor, AWatchedDateThatIsTodaySettles) {
  const Curves curves;
  const std::vector<double> today{0.0, 0.5}, later{0.5};
  fd::Contract contract = call();
  contract.barriers.lower = 90.0;
  contract.barriers.continuous = false;
  contract.barriers.dates = today;
  EXPECT_EQ(fd::price(contract, {}, curves.at(80.0), kFine).value, 0.0);
  contract.barriers.dates = later;
  EXPECT_GT(fd::price(contract, {}, curves.at(80.0), kFine).value, 1.0);
}

TEST(OneFactor, CurvesAreAveragedExactly) {
  Curves curves;
  const std::vector<double> times{0.35, 1.0}, rates{0.01, 0.01 + 0.04 / 0.65};
  curves.rate = RateCurve::piecewise_constant(times, rates);
  const std::vector<double> volatilities{0.4, 0.25};
  curves.volatility = VolatilityCurve::from_volatilities(times, volatilities);
  const FlatMarket mean{100.0, 0.05, 0.02, 0.25};
  const auto exact = strikeproof::black_scholes::greeks({OptionType::kCall, 103.0, 1.0}, mean);
  const auto found = fd::estimate(call(), {}, curves.at(100.0), kFine);
  ASSERT_EQ(found.status, Status::kOk);
  EXPECT_NEAR(found.value.price, exact.value.price, 2e-6);
  EXPECT_NEAR(found.value.delta, exact.value.delta, 1e-6);
  EXPECT_NEAR(found.value.order, 2.0, 0.1);
  EXPECT_LT(found.value.price_error, 1e-3);
}

TEST(OneFactor, BadContractsHaveTheirStatus) {
  const Curves curves;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto status = [&](const fd::Contract& contract, const fd::Settings& settings = kFine) {
    return fd::estimate(contract, {}, curves.at(100.0), settings).status;
  };
  fd::Contract contract = call();
  EXPECT_EQ(status(contract), Status::kOk);
  contract.barriers.lower = nan;
  EXPECT_EQ(status(contract), Status::kNonFinite);
  contract.barriers = {.lower = 120.0, .upper = 110.0};
  EXPECT_EQ(status(contract), Status::kOutOfDomain);
  contract = call();
  contract.cash = -1.0;
  EXPECT_EQ(status(contract), Status::kOutOfDomain);
  EXPECT_EQ(status(call(), {201, 50, true, fd::GridKind::kSinh, fd::Scheme::kTrBdf2, 100}),
            Status::kOutOfDomain);
}

}  // namespace
