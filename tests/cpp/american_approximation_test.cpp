// Named approximations: close to the grid, bounds, smooth pasting, regions without an answer.
#include "strikeproof/american_approximation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "strikeproof/black_scholes.hpp"
#include "strikeproof/finite_difference.hpp"

namespace {

namespace aa = strikeproof::american_approximation;
using aa::Method;
using strikeproof::FlatMarket;
using strikeproof::OptionType;
using strikeproof::Status;

constexpr FlatMarket kMarket{100.0, 0.05, 0.02, 0.25};

class EveryMethod : public testing::TestWithParam<Method> {};
INSTANTIATE_TEST_SUITE_P(Methods, EveryMethod,
                         testing::Values(Method::kBaroneAdesiWhaley, Method::kBjerksundStensland,
                                         Method::kJuZhong, Method::kQdPlus));

TEST_P(EveryMethod, IsAnApproximationToTheAmericanOption) {
  for (const OptionType type : {OptionType::kCall, OptionType::kPut}) {
    const double exact =
        strikeproof::finite_difference::price(
            {type, 105.0, 1.0, strikeproof::Exercise::kAmerican, {}}, {}, kMarket, {200, 50, true})
            .value;
    const auto found = aa::price({type, 105.0, 1.0}, kMarket, GetParam());
    ASSERT_EQ(found.status, Status::kOk);
    EXPECT_NEAR(found.value, exact, 0.006 * exact);
  }
}

// Greeks are derivatives of the price: against central differences of fourth order.
TEST_P(EveryMethod, GreeksAreDerivatives) {
  const auto price = [](double spot, double volatility, double time, double rate) {
    return aa::price({OptionType::kPut, 105.0, time}, {spot, rate, 0.02, volatility}, GetParam())
        .value;
  };
  const auto slope = [](const auto& f, double h) {
    return (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h);
  };
  const auto g = aa::greeks({OptionType::kPut, 105.0, 1.0}, kMarket, GetParam()).value;
  EXPECT_EQ(g.price, price(100.0, 0.25, 1.0, 0.05));
  EXPECT_NEAR(g.delta, slope([&](double h) { return price(100.0 + h, 0.25, 1.0, 0.05); }, 0.05),
              1e-7);
  EXPECT_NEAR(g.vega, slope([&](double h) { return price(100.0, 0.25 + h, 1.0, 0.05); }, 1e-3),
              1e-5);
  EXPECT_NEAR(-g.theta, slope([&](double h) { return price(100.0, 0.25, 1.0 + h, 0.05); }, 1e-3),
              1e-5);
  EXPECT_NEAR(g.rho, slope([&](double h) { return price(100.0, 0.25, 1.0, 0.05 + h); }, 1e-4),
              1e-4);
  const auto delta = [](double spot) {
    return aa::greeks({OptionType::kPut, 105.0, 1.0}, {spot, 0.05, 0.02, 0.25}, GetParam())
        .value.delta;
  };
  EXPECT_NEAR(g.gamma, slope([&](double h) { return delta(100.0 + h); }, 0.05), 1e-8);
}

TEST_P(EveryMethod, NeverExercisedEarlyIsEuropean) {
  const double call =
      aa::price({OptionType::kCall, 105.0, 1.0}, {100.0, 0.05, 0.0, 0.25}, GetParam()).value;
  EXPECT_NEAR(
      call,
      strikeproof::black_scholes::price({OptionType::kCall, 105.0, 1.0}, {100.0, 0.05, 0.0, 0.25})
          .value,
      1e-12);
}

TEST_P(EveryMethod, TwoBoundariesAreRefused) {
  EXPECT_EQ(
      aa::price({OptionType::kPut, 105.0, 1.0}, {100.0, -0.01, -0.02, 0.25}, GetParam()).status,
      Status::kOutOfDomain);
  EXPECT_EQ(
      aa::price({OptionType::kCall, 105.0, 1.0}, {100.0, -0.02, -0.01, 0.25}, GetParam()).status,
      Status::kOutOfDomain);
}

TEST_P(EveryMethod, DeepInTheMoneyIsIntrinsic) {
  const auto g = aa::greeks({OptionType::kPut, 300.0, 1.0}, kMarket, GetParam()).value;
  EXPECT_EQ(g.price, 200.0);
  EXPECT_EQ(g.delta, -1.0);
  EXPECT_EQ(g.theta, 0.0);
}

}  // namespace
