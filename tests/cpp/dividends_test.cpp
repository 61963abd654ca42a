// Cash dividends: quadrature and grid agree, both models' limits, statuses.
#include "strikeproof/dividends.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "strikeproof/black_scholes.hpp"

namespace {

namespace dv = strikeproof::dividends;
using dv::Method;
using strikeproof::CashDividends;
using strikeproof::DividendModel;
using strikeproof::ExercisableOption;
using strikeproof::Exercise;
using strikeproof::FlatMarket;
using strikeproof::OptionType;
using strikeproof::Status;

constexpr FlatMarket kMarket{100.0, 0.05, 0.0, 0.25};
const std::vector<double> kTimes{0.3, 0.5, 0.8};
const std::vector<double> kAmounts{4.0, 5.0, 7.0};
const CashDividends kPaid{kTimes, kAmounts};

dv::Settings by(Method method) { return {method, {200, 50, true}}; }

ExercisableOption option(OptionType type, Exercise exercise) {
  return {type, 105.0, 1.0, exercise, {}};
}

TEST(Dividends, QuadratureAgreesWithTheGrid) {
  for (const OptionType type : {OptionType::kCall, OptionType::kPut}) {
    const auto terms = option(type, Exercise::kEuropean);
    const auto one =
        dv::greeks(terms, kPaid, DividendModel::kSpot, kMarket, by(Method::kQuadrature)).value;
    const auto other =
        dv::greeks(terms, kPaid, DividendModel::kSpot, kMarket, by(Method::kFiniteDifference))
            .value;
    EXPECT_NEAR(one.price, other.price, 1e-6);
    EXPECT_NEAR(one.delta, other.delta, 1e-6);
    EXPECT_NEAR(one.gamma, other.gamma, 1e-6);
    EXPECT_NEAR(one.vega, other.vega, 2e-5);
    EXPECT_NEAR(one.theta, other.theta, 2e-4);
    EXPECT_NEAR(one.rho, other.rho, 2e-5);
  }
}

TEST(Dividends, AmericanCallIsExercisedBeforeDividends) {
  const auto terms = option(OptionType::kCall, Exercise::kAmerican);
  const double quadrature =
      dv::price(terms, kPaid, DividendModel::kSpot, kMarket, by(Method::kQuadrature)).value;
  const double grid =
      dv::price(terms, kPaid, DividendModel::kSpot, kMarket, by(Method::kFiniteDifference)).value;
  EXPECT_NEAR(quadrature, grid, 2e-4);
  EXPECT_GT(quadrature, 1.0 + dv::price(option(OptionType::kCall, Exercise::kEuropean), kPaid,
                                        DividendModel::kSpot, kMarket, by(Method::kQuadrature))
                                  .value);
}

TEST(Dividends, PutCallParityWithDividends) {
  for (const double yield : {0.0, 0.08, -0.02}) {
    for (const DividendModel model : {DividendModel::kSpot, DividendModel::kEscrowed}) {
      const auto price = [&](OptionType type) {
        return dv::price(option(type, Exercise::kEuropean), kPaid, model,
                         {100.0, 0.05, yield, 0.25}, by(Method::kAccurate))
            .value;
      };
      double held = 100.0;
      for (std::size_t i = 0; i < kTimes.size(); ++i) {
        held -= kAmounts[i] * std::exp((yield - 0.05) * kTimes[i]);
      }
      const double worth = held * std::exp(-yield) - 105.0 * std::exp(-0.05);
      EXPECT_NEAR(price(OptionType::kCall) - price(OptionType::kPut), worth, 1e-10);
    }
  }
}

TEST(Dividends, EscrowedIsBlackScholesOnWhatIsLeft) {
  constexpr FlatMarket yielding{100.0, 0.05, 0.08, 0.25};
  FlatMarket left = yielding;
  for (std::size_t i = 0; i < kTimes.size(); ++i) {
    left.spot -= kAmounts[i] * std::exp(0.03 * kTimes[i]);
  }
  const auto terms = option(OptionType::kPut, Exercise::kEuropean);
  const double exact =
      strikeproof::black_scholes::price({OptionType::kPut, 105.0, 1.0}, left).value;
  EXPECT_NEAR(
      dv::price(terms, kPaid, DividendModel::kEscrowed, yielding, by(Method::kAccurate)).value,
      exact, 1e-12);
  const auto closed =
      dv::greeks(terms, kPaid, DividendModel::kEscrowed, yielding, by(Method::kAccurate)).value;
  const auto grid =
      dv::greeks(terms, kPaid, DividendModel::kEscrowed, yielding, by(Method::kFiniteDifference))
          .value;
  EXPECT_NEAR(closed.theta, grid.theta, 2e-4);
  EXPECT_NEAR(closed.rho, grid.rho, 2e-5);
}

TEST(Dividends, ADividendAboveTheSpotTakesAll) {
  const std::vector<double> amounts{4.0, 1e4, 7.0};
  const auto put = dv::price(option(OptionType::kPut, Exercise::kEuropean), {kTimes, amounts},
                             DividendModel::kSpot, kMarket, by(Method::kQuadrature));
  EXPECT_NEAR(put.value, 105.0 * std::exp(-0.05), 1e-9);
}

TEST(Dividends, WhatHasNoAnswerHasAStatus) {
  const auto status = [](const ExercisableOption& terms, DividendModel model, Method method,
                         const CashDividends& paid) {
    return dv::price(terms, paid, model, kMarket, by(method)).status;
  };
  const auto put = option(OptionType::kPut, Exercise::kAmerican);
  const auto bermudan = option(OptionType::kPut, Exercise::kBermudan);
  EXPECT_EQ(status(put, DividendModel::kSpot, Method::kQuadrature, kPaid), Status::kOutOfDomain);
  EXPECT_EQ(status(put, DividendModel::kSpot, Method::kBosVandermark, kPaid), Status::kOutOfDomain);
  EXPECT_EQ(status(bermudan, DividendModel::kSpot, Method::kAccurate, kPaid), Status::kOutOfDomain);
  const std::vector<double> large{40.0, 40.0, 40.0};
  EXPECT_EQ(status(put, DividendModel::kEscrowed, Method::kAccurate, {kTimes, large}),
            Status::kOutOfDomain);
  EXPECT_EQ(status(put, DividendModel::kSpot, Method::kAccurate, {kTimes, large}), Status::kOk);
}

}  // namespace
