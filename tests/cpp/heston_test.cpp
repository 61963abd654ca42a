#include "strikeproof/heston.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace {

using strikeproof::OptionType;
using strikeproof::Status;
namespace heston = strikeproof::heston;

constexpr heston::Market kMarket{100.0, 0.03, 0.01, {0.04, 0.05, 1.5, 0.5, -0.6}};

TEST(Heston, ASharedExpiryGivesTheBitsOfItsOwn) {
  heston::Expiry expiry(kMarket.model, 0.5);
  for (double strike = 40.0; strike < 250.0; strike += 7.0) {
    const strikeproof::VanillaOption option{OptionType::kCall, strike, 0.5};
    const heston::Result shared = heston::value(option, kMarket, expiry);
    const heston::Result own = heston::value(option, kMarket);
    ASSERT_EQ(own.status, Status::kOk);
    EXPECT_EQ(shared.value.price, own.value.price);
    EXPECT_EQ(shared.value.gamma, own.value.gamma);
  }
}

TEST(Heston, PriceGreeksAndSensitivitiesHaveTheSameBits) {
  for (const double time : {1.0 / 365.0, 0.5, 10.0}) {
    for (double strike = 60.0; strike < 170.0; strike += 5.0) {
      const strikeproof::VanillaOption option{OptionType::kPut, strike, time};
      heston::Expiry first(kMarket.model, time);
      heston::Expiry second(kMarket.model, time);
      const double price = heston::price(option, kMarket, first).value;
      const heston::SensitivitiesResult all = heston::sensitivities(option, kMarket, second);
      const heston::Result greeks = heston::value(option, kMarket, first);  // nodes without slopes
      ASSERT_EQ(all.status, Status::kOk);
      EXPECT_EQ(price, greeks.value.price);
      EXPECT_EQ(price, all.value.value.price);
      EXPECT_EQ(greeks.value.delta, all.value.value.delta);
      EXPECT_EQ(greeks.value.gamma, all.value.value.gamma);
      // the first expiry has nodes already and now needs their slopes
      EXPECT_EQ(heston::sensitivities(option, kMarket, first).value.theta, all.value.theta);
    }
  }
}

// Where the scalar engine takes over, prices go on without a step.
TEST(Heston, TheScalarEngineContinuesTheVectorKernels) {
  heston::Market market = kMarket;
  for (const double strike : {80.0, 100.0, 125.0}) {
    const strikeproof::VanillaOption option{OptionType::kCall, strike, 0.5};
    market.model.volatility_of_variance = 1.0000001e-6;
    const heston::Result above = heston::value(option, market);
    market.model.volatility_of_variance = 0.9999999e-6;
    const heston::Result below = heston::value(option, market);
    EXPECT_NEAR(above.value.price, below.value.price, 1e-9);
    EXPECT_NEAR(above.value.gamma, below.value.gamma, 1e-9);
  }
}

TEST(Heston, AnotherModelReplacesTheExpiry) {
  heston::Expiry expiry(kMarket.model, 0.5);
  heston::Market other = kMarket;
  other.model.correlation = 0.2;
  const strikeproof::VanillaOption option{OptionType::kPut, 95.0, 0.5};
  EXPECT_EQ(heston::value(option, other, expiry).value.price,
            heston::value(option, other).value.price);
}

TEST(Heston, PerfectCorrelationIsAnsweredOrRefused) {
  for (const double correlation : {-1.0, 1.0}) {
    heston::Market market = kMarket;
    market.model.correlation = correlation;
    const heston::Result found = heston::value({OptionType::kPut, 95.0, 0.5}, market);
    if (found.status == Status::kOk) {
      market.model.correlation *= 1.0 - 1e-9;
      const heston::Result near = heston::value({OptionType::kPut, 95.0, 0.5}, market);
      EXPECT_NEAR(found.value.price, near.value.price, 1e-6);
    } else {
      EXPECT_EQ(found.status, Status::kNotConverged);
      EXPECT_TRUE(std::isnan(found.value.price));
    }
  }
}

TEST(Heston, RefusesWhatIsNoModel) {
  const strikeproof::VanillaOption option{OptionType::kCall, 95.0, 0.5};
  heston::Market market = kMarket;
  market.model.mean_reversion = -1.0;
  EXPECT_EQ(heston::value(option, market).status, Status::kOutOfDomain);
  market.model.mean_reversion = std::numeric_limits<double>::infinity();
  EXPECT_EQ(heston::value(option, market).status, Status::kNonFinite);
}

}  // namespace
