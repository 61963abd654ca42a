// Trees: convergence to Black-Scholes, order of exercise rights, limits, statuses.
#include "strikeproof/lattice.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "strikeproof/black_scholes.hpp"

namespace {

namespace lattice = strikeproof::lattice;
using lattice::Tree;
using strikeproof::ExercisableOption;
using strikeproof::Exercise;
using strikeproof::FlatMarket;
using strikeproof::OptionType;
using strikeproof::Status;

constexpr FlatMarket kMarket{100.0, 0.05, 0.02, 0.25};

ExercisableOption put(Exercise exercise, strikeproof::Times times = {}) {
  return {OptionType::kPut, 105.0, 1.0, exercise, times};
}

class EveryTree : public testing::TestWithParam<Tree> {};
INSTANTIATE_TEST_SUITE_P(Trees, EveryTree, testing::Values(Tree::kLeisenReimer, Tree::kTrinomial));

TEST_P(EveryTree, EuropeanGreeksReachBlackScholes) {
  const auto exact =
      strikeproof::black_scholes::greeks({OptionType::kPut, 105.0, 1.0}, kMarket).value;
  const auto found = lattice::greeks(put(Exercise::kEuropean), kMarket, {GetParam(), 400, true});
  ASSERT_EQ(found.status, Status::kOk);
  EXPECT_NEAR(found.value.price, exact.price, 3e-5);
  EXPECT_NEAR(found.value.delta, exact.delta, 1e-5);
  EXPECT_NEAR(found.value.gamma, exact.gamma, 2e-6);
  EXPECT_NEAR(found.value.vega, exact.vega, 2e-3);
  EXPECT_NEAR(found.value.theta, exact.theta, 1e-3);
  EXPECT_NEAR(found.value.rho, exact.rho, 2e-3);
}

TEST(LeisenReimer, ErrorOfAEuropeanPriceFallsAsTheSquare) {
  const double exact =
      strikeproof::black_scholes::price({OptionType::kPut, 105.0, 1.0}, kMarket).value;
  const auto error = [exact](int steps) {
    const lattice::Settings settings{Tree::kLeisenReimer, steps, false};
    return lattice::price(put(Exercise::kEuropean), kMarket, settings).value - exact;
  };
  EXPECT_NEAR(error(101) / error(201), std::pow(201.0 / 101.0, 2.0), 0.05);
  EXPECT_LT(std::abs(error(201)), 2e-5);
}

TEST_P(EveryTree, MoreRightsAreWorthMore) {
  const std::vector<double> dates{0.25, 0.5, 0.75};
  const lattice::Settings settings{GetParam(), 300, false};
  const double european = lattice::price(put(Exercise::kEuropean), kMarket, settings).value;
  const double bermudan = lattice::price(put(Exercise::kBermudan, dates), kMarket, settings).value;
  const double american = lattice::price(put(Exercise::kAmerican), kMarket, settings).value;
  EXPECT_GT(bermudan, european + 0.1);
  EXPECT_GT(american, bermudan + 0.05);
}

TEST_P(EveryTree, WithoutDatesABermudanIsEuropean) {
  const std::vector<double> late{1.5};
  const lattice::Settings settings{GetParam(), 100, false};
  EXPECT_EQ(lattice::price(put(Exercise::kBermudan, late), kMarket, settings).value,
            lattice::price(put(Exercise::kEuropean), kMarket, settings).value);
}

TEST_P(EveryTree, DeepInTheMoneyIsExercised) {
  const auto found = lattice::greeks({OptionType::kPut, 200.0, 1.0, Exercise::kAmerican, {}},
                                     kMarket, {GetParam(), 101, false});
  EXPECT_EQ(found.value.price, 100.0);
  EXPECT_NEAR(found.value.delta, -1.0, 1e-12);
  EXPECT_EQ(found.value.theta, 0.0);
}

TEST_P(EveryTree, CertainPayoffsAreExact) {
  FlatMarket calm = kMarket;
  calm.volatility = 0.0;
  const lattice::Settings settings{GetParam(), 50, true};
  const auto call = [&](double strike) {
    return lattice::price({OptionType::kCall, strike, 1.0, Exercise::kAmerican, {}}, calm, settings)
        .value;
  };
  EXPECT_NEAR(call(90.0), 100.0 * std::exp(-0.02) - 90.0 * std::exp(-0.05), 1e-13);
  // interest on the strike falls below the yield before expiry: best at r K exp(-r t) = q S exp(-q
  // t)
  const double best = std::log(0.05 * 40.5 / 2.0) / 0.03;
  EXPECT_NEAR(call(40.5), 100.0 * std::exp(-0.02 * best) - 40.5 * std::exp(-0.05 * best), 1e-12);
  EXPECT_EQ(call(10.0), 90.0);
}

TEST_P(EveryTree, BadInputsHaveTheirStatus) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const lattice::Settings settings{GetParam(), 50, false};
  FlatMarket market = kMarket;
  market.rate = nan;
  EXPECT_EQ(lattice::price(put(Exercise::kAmerican), market, settings).status, Status::kNonFinite);
  market = kMarket;
  market.volatility = -0.1;
  EXPECT_EQ(lattice::price(put(Exercise::kAmerican), market, settings).status,
            Status::kOutOfDomain);
  EXPECT_EQ(lattice::price(put(Exercise::kAmerican), kMarket, {GetParam(), 0, false}).status,
            Status::kOutOfDomain);
  const std::vector<double> unsorted{0.5, 0.2};
  const auto found = lattice::greeks(put(Exercise::kBermudan, unsorted), kMarket, settings);
  EXPECT_EQ(found.status, Status::kOutOfDomain);
  EXPECT_TRUE(std::isnan(found.value.delta));
}

}  // namespace
