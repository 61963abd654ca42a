// Portfolio sums: what cancels is kept, threads and blocks change no bit.
#include "strikeproof/portfolio.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "strikeproof/math/compensated_sum.hpp"

namespace {

namespace pf = strikeproof::portfolio;
using strikeproof::Column;
using strikeproof::math::CompensatedSum;

TEST(CompensatedSum, KeepsWhatCancels) {
  CompensatedSum sum;
  for (const double value : {1e16, 1.0, -1e16, 1.0}) sum.add(value);
  EXPECT_EQ(sum.value(), 2.0);
  CompensatedSum twice;
  twice.add(sum);
  twice.add(sum);
  EXPECT_EQ(twice.value(), 4.0);
}

class PortfolioTest : public testing::Test {
 protected:
  static constexpr std::size_t kCount = 70'000;  // more than one task of a scenario

  PortfolioTest() : spot_(kCount), quantity_(kCount) {
    for (std::size_t k = 0; k < kCount; ++k) {
      const auto x = static_cast<double>(k);
      spot_[k] = 80.0 + 40.0 * x / kCount;
      quantity_[k] = 1e6 * std::sin(x);
    }
  }

  [[nodiscard]] pf::Positions positions() const {
    const auto one = [](const double& value) { return Column{&value, 0}; };
    return {{one(kSign),
             {spot_.data(), 1},
             one(kStrike),
             one(kTime),
             one(kRate),
             one(kYield),
             one(kVolatility)},
            {quantity_.data(), 1}};
  }

  static constexpr double kSign = -1.0, kStrike = 100.0, kTime = 0.5, kRate = 0.03, kYield = 0.01,
                          kVolatility = 0.2;
  std::vector<double> spot_, quantity_;
};

TEST_F(PortfolioTest, RiskHasTheSameBitsForAnyThreads) {
  std::vector<double> values(6 * kCount);
  pf::FigureColumns out{};
  for (std::size_t k = 0; k < 6; ++k) out[k] = values.data() + k * kCount;
  std::vector<std::uint8_t> status(kCount);
  pf::Figures first{};
  ASSERT_TRUE(pf::risk(positions(), kCount, {}, out, status.data(), &first, {1, 4096, {}}));
  for (const unsigned threads : {2U, 3U, 7U}) {
    pf::Figures again{};
    ASSERT_TRUE(pf::risk(positions(), kCount, {}, out, status.data(), &again, {threads, 99, {}}));
    EXPECT_EQ(again, first);
  }
}

TEST_F(PortfolioTest, ScenariosHaveTheSameBitsForAnyThreadsAndNothingChangesNothing) {
  const std::array shocks{pf::Shock{}, pf::Shock{-0.2, 0.05, 0.01, 0.0, 0.1},
                          pf::Shock{0.1, 0.0, 0.0, 0.0, 9.0}};
  std::array<double, 3> first{};
  std::array<std::uint8_t, 3> status{};
  std::array<std::int64_t, 3> failed{};
  ASSERT_TRUE(pf::scenarios(positions(), kCount, {}, shocks,
                            {first.data(), nullptr, failed.data(), status.data()}, {1, 1, {}}));
  EXPECT_EQ(first[0], 0.0);
  EXPECT_NE(first[1], 0.0);
  EXPECT_EQ(failed[1], -1);
  for (const unsigned threads : {2U, 5U}) {
    std::array<double, 3> again{};
    ASSERT_TRUE(pf::scenarios(positions(), kCount, {}, shocks,
                              {again.data(), nullptr, failed.data(), status.data()},
                              {threads, 1, {}}));
    EXPECT_EQ(again, first);
  }
}

TEST_F(PortfolioTest, AStopIsReported) {
  std::array<double, 1> total{};
  const std::array shocks{pf::Shock{}};
  EXPECT_FALSE(pf::scenarios(positions(), kCount, {}, shocks,
                             {total.data(), nullptr, nullptr, nullptr},
                             {1, 1, [] { return false; }}));
}

}  // namespace
