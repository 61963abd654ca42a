// Finite differences: order, the tree as second method, dividends, limits, statuses.
#include "strikeproof/finite_difference.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "strikeproof/black_scholes.hpp"
#include "strikeproof/lattice.hpp"

namespace {

namespace fd = strikeproof::finite_difference;
namespace lattice = strikeproof::lattice;
using strikeproof::CashDividends;
using strikeproof::ExercisableOption;
using strikeproof::Exercise;
using strikeproof::FlatMarket;
using strikeproof::OptionType;
using strikeproof::Status;

constexpr FlatMarket kMarket{100.0, 0.05, 0.02, 0.25};
constexpr fd::Settings kFine{200, 50, true};

ExercisableOption put(Exercise exercise, strikeproof::Times times = {}) {
  return {OptionType::kPut, 105.0, 1.0, exercise, times};
}

TEST(FiniteDifference, EuropeanGreeksReachBlackScholes) {
  const auto exact =
      strikeproof::black_scholes::greeks({OptionType::kPut, 105.0, 1.0}, kMarket).value;
  const auto found = fd::greeks(put(Exercise::kEuropean), {}, kMarket, kFine);
  ASSERT_EQ(found.status, Status::kOk);
  EXPECT_NEAR(found.value.price, exact.price, 2e-6);
  EXPECT_NEAR(found.value.delta, exact.delta, 1e-6);
  EXPECT_NEAR(found.value.gamma, exact.gamma, 1e-6);
  EXPECT_NEAR(found.value.vega, exact.vega, 2e-5);
  EXPECT_NEAR(found.value.theta, exact.theta, 2e-4);
  EXPECT_NEAR(found.value.rho, exact.rho, 2e-5);
}

TEST(FiniteDifference, ErrorsFallAsTheSquare) {
  const auto price = [](Exercise exercise, int points) {
    return fd::price(put(exercise), {}, kMarket, {points, points / 4, false}).value;
  };
  for (const Exercise exercise : {Exercise::kEuropean, Exercise::kAmerican}) {
    const double coarse = price(exercise, 100), middle = price(exercise, 200);
    const double fine = price(exercise, 400);
    EXPECT_NEAR((coarse - middle) / (middle - fine), 4.0, 0.6);
  }
}

TEST(FiniteDifference, AgreesWithTheTree) {
  const std::vector<double> dates{0.25, 0.5, 0.75};
  const lattice::Settings tree{lattice::Tree::kTrinomial, 1000, true};
  for (const Exercise exercise : {Exercise::kAmerican, Exercise::kBermudan}) {
    EXPECT_NEAR(fd::price(put(exercise, dates), {}, kMarket, kFine).value,
                lattice::price(put(exercise, dates), kMarket, tree).value, 5e-4);
  }
}

TEST(FiniteDifference, ADividendThatComesTooLateOrIsPaidMeansNothing) {
  const std::vector<double> times{0.0, 1.0, 2.0}, amounts{5.0, 5.0, 5.0};
  EXPECT_EQ(fd::price(put(Exercise::kAmerican), {times, amounts}, kMarket, kFine).value,
            fd::price(put(Exercise::kAmerican), {}, kMarket, kFine).value);
}

// The liquidator's policy: nothing is left of the stock, and a put pays its strike for certain.
TEST(FiniteDifference, ADividendAboveTheSpotTakesAll) {
  const std::vector<double> times{0.5}, amounts{1e6};
  const CashDividends all{times, amounts};
  const double discounted = 105.0 * std::exp(-0.05);
  EXPECT_NEAR(fd::price(put(Exercise::kEuropean), all, kMarket, kFine).value, discounted, 1e-6);
  EXPECT_NEAR(
      fd::price({OptionType::kCall, 105.0, 1.0, Exercise::kEuropean, {}}, all, kMarket, kFine)
          .value,
      0.0, 1e-9);
  // an American call takes the stock before the dividend does
  EXPECT_NEAR(
      fd::price({OptionType::kCall, 105.0, 1.0, Exercise::kAmerican, {}}, all, kMarket, kFine)
          .value,
      fd::price({OptionType::kCall, 105.0, 0.5, Exercise::kAmerican, {}}, {}, kMarket, kFine).value,
      2e-4);
}

TEST(FiniteDifference, WithoutVolatilityTheStockStillPays) {
  FlatMarket calm = kMarket;
  calm.volatility = 0.0;
  const std::vector<double> times{0.4}, amounts{3.0};
  const double gain =
      100.0 * std::exp(-0.02) - 3.0 * std::exp(-0.05 * 0.4 - 0.02 * 0.6) - 90.0 * std::exp(-0.05);
  EXPECT_NEAR(fd::price({OptionType::kCall, 90.0, 1.0, Exercise::kEuropean, {}}, {times, amounts},
                        calm, kFine)
                  .value,
              gain, 1e-12);
}

TEST(FiniteDifference, BadInputsHaveTheirStatus) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> times{0.5}, negative{-1.0}, lost{nan};
  const auto status = [&](const CashDividends& dividends, const fd::Settings& settings) {
    return fd::price(put(Exercise::kAmerican), dividends, kMarket, settings).status;
  };
  EXPECT_EQ(status({times, negative}, kFine), Status::kOutOfDomain);
  EXPECT_EQ(status({times, lost}, kFine), Status::kNonFinite);
  EXPECT_EQ(status({times, {}}, kFine), Status::kOutOfDomain);
  EXPECT_EQ(status({}, {10, 50, false}), Status::kOutOfDomain);
  EXPECT_EQ(status({}, {200, 1, false}), Status::kOutOfDomain);
}

}  // namespace
