// The American engine: every instruction set alike, limits, and the tree behind it.
#include "strikeproof/american.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "strikeproof/american_careful.hpp"

namespace {

namespace am = strikeproof::american;
using strikeproof::FlatMarket;
using strikeproof::OptionType;
using strikeproof::Status;
using strikeproof::VanillaOption;

constexpr auto kPut = OptionType::kPut;
constexpr auto kCall = OptionType::kCall;

TEST(American, CollocationAndTreeAgree) {
  for (const OptionType type : {kCall, kPut}) {
    for (const double strike : {80.0, 100.0, 120.0}) {
      for (const double rate : {0.01, 0.06}) {
        const VanillaOption option{type, strike, 1.5};
        const FlatMarket market{100.0, rate, 0.03, 0.3};
        const double tree = am::careful::price(option, market).value;
        const auto best = am::price(option, market, am::Accuracy::kHighPrecision);
        const auto usual = am::price(option, market, am::Accuracy::kAccurate);
        const auto fast = am::price(option, market, am::Accuracy::kFast);
        ASSERT_EQ(best.status, Status::kOk);
        EXPECT_NEAR(best.value, tree, 5e-3);
        EXPECT_NEAR(usual.value, best.value, 1e-6);
        EXPECT_NEAR(fast.value, best.value, 1e-3);
      }
    }
  }
}

TEST(American, GreeksOfTheTreeAndTheCollocationAgree) {
  const VanillaOption option{kPut, 105.0, 1.0};
  const FlatMarket market{100.0, 0.05, 0.02, 0.3};
  const auto tree = am::careful::greeks(option, market).value;
  const auto [g, status] = am::greeks(option, market, am::Accuracy::kAccurate);
  ASSERT_EQ(status, Status::kOk);
  EXPECT_NEAR(g.delta, tree.delta, 1e-3);
  EXPECT_NEAR(g.gamma, tree.gamma, 1e-3);
  EXPECT_NEAR(g.vega, tree.vega, 0.1);
  EXPECT_NEAR(g.theta, tree.theta, 0.05);
  EXPECT_NEAR(g.rho, tree.rho, 0.1);
}

TEST(American, BoundaryHasItsLimits) {
  const VanillaOption soon{kPut, 100.0, 1e-8};
  const FlatMarket above{1.0, 0.06, 0.03, 0.2};
  const FlatMarket below{1.0, 0.03, 0.06, 0.2};
  EXPECT_NEAR(am::exercise_boundary(soon, above, am::Accuracy::kAccurate).value, 100.0, 0.02);
  EXPECT_NEAR(am::exercise_boundary(soon, below, am::Accuracy::kAccurate).value, 50.0, 0.02);
  const VanillaOption never{kCall, 100.0, 1.0};
  EXPECT_EQ(am::exercise_boundary(never, {1.0, 0.05, 0.0, 0.2}, am::Accuracy::kFast).value,
            std::numeric_limits<double>::infinity());
  // far from expiry it is that of the perpetual option: g / (g - 1), g the negative root
  const double variance = 0.09;
  const double half = 0.06 - 0.03 - 0.5 * variance;
  const double root = -(half + std::sqrt(half * half + 2.0 * variance * 0.06)) / variance;
  const auto far =
      am::exercise_boundary({kPut, 100.0, 100.0}, {1.0, 0.06, 0.03, 0.3}, am::Accuracy::kAccurate);
  EXPECT_NEAR(far.value, 100.0 * root / (root - 1.0), 0.2);
}

TEST(American, CornersGiveNumbersWithinBoundsOrSayWhyNot) {
  const std::array amounts{0.0, 1e-3, 50.0, 100.0, 1e5};
  const std::array times{0.0, 1e-6, 0.1, 5.0};
  const std::array rates{-0.05, 0.0, 1e-12, 0.05, 0.5};
  const std::array volatilities{0.0, 1e-6, 0.02, 0.3, 3.0};
  int answered = 0;
  for (const OptionType type : {kCall, kPut})
    for (const double spot : amounts)
      for (const double strike : amounts)
        for (const double time : times)
          for (const double rate : rates)
            for (const double yield : rates)
              for (const double volatility : volatilities) {
                const FlatMarket market{spot, rate, yield, volatility};
                const auto found = am::price({type, strike, time}, market, am::Accuracy::kFast);
                if (found.status != Status::kOk) continue;
                ++answered;
                const double sign = type == kCall ? 1.0 : -1.0;
                EXPECT_GE(found.value, sign * (spot - strike));
                const double asset = spot * std::fmax(1.0, std::exp(-yield * time));
                const double cash = strike * std::fmax(1.0, std::exp(-rate * time));
                EXPECT_LE(found.value, (type == kCall ? asset : cash) * (1.0 + 1e-9));
              }
  EXPECT_GT(answered, 24000);
}

TEST(American, RefusesWhatHasNoAnswer) {
  const VanillaOption option{kPut, 100.0, 1.0};
  const double bad = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(am::price(option, {bad, 0.05, 0.0, 0.2}, am::Accuracy::kFast).status,
            Status::kNonFinite);
  EXPECT_EQ(am::greeks(option, {100.0, 0.05, 0.0, -0.2}, am::Accuracy::kFast).status,
            Status::kOutOfDomain);
  EXPECT_TRUE(std::isnan(am::price(option, {bad, 0.05, 0.0, 0.2}, am::Accuracy::kFast).value));
}

}  // namespace
