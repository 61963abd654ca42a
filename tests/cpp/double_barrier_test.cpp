// The double-barrier engine: two series against each other, and the error table.
#include "strikeproof/double_barrier.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace {

namespace engine = strikeproof::double_barrier;
using engine::Condition;
using engine::DoubleBarrierOption;
using engine::Payoff;
using engine::Series;
using strikeproof::FlatMarket;
using strikeproof::Greeks;
using strikeproof::OptionType;
using strikeproof::Status;

double largest_difference(const Greeks& a, const Greeks& b) {
  const auto scaled = [](double x, double y) {
    return std::fabs(x - y) / (1.0 + std::fabs(x) + std::fabs(y));
  };
  return std::max({scaled(a.price, b.price), scaled(a.delta, b.delta), scaled(a.gamma, b.gamma),
                   scaled(a.vega, b.vega), scaled(a.theta, b.theta), scaled(a.rho, b.rho)});
}

TEST(DoubleBarrier, ImagesAndFourierAgree) {
  std::mt19937_64 random(20260308);
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  double worst = 0.0;
  for (int k = 0; k < 20000; ++k) {
    const double a = uniform(0.05, 1.0);
    const double place = uniform(0.02, 0.98);
    const double lower = 100.0 * std::exp(-a * place);
    const double upper = 100.0 * std::exp(a * (1.0 - place));
    const double time = uniform(0.1, 2.0);
    const double volatility = uniform(0.25, 1.2) * a / std::sqrt(time);  // w in both series' reach
    const bool cash = uniform(0, 1) < 0.3;
    const DoubleBarrierOption o{cash ? Payoff::kCash : Payoff::kVanilla,
                                Condition::kNotReached,
                                uniform(0, 1) < 0.5 ? OptionType::kCall : OptionType::kPut,
                                100.0 * std::exp(uniform(-0.6, 0.6)),
                                lower,
                                upper,
                                time,
                                10.0,
                                uniform(0, 1) < 0.5 ? 0.0 : 2.0};
    const FlatMarket m{100.0, uniform(-0.05, 0.15), uniform(-0.05, 0.15), volatility};
    const auto images = engine::greeks(o, m, Series::kImages);
    const auto fourier = engine::greeks(o, m, Series::kFourier);
    ASSERT_EQ(images.status, Status::kOk);
    ASSERT_EQ(fourier.status, Status::kOk);
    EXPECT_NEAR(images.value.price, fourier.value.price, 2e-12);
    worst = std::max(worst, largest_difference(images.value, fourier.value));
  }
  EXPECT_LT(worst, 1e-9);
}

TEST(DoubleBarrier, FailuresAreNamed) {
  const DoubleBarrierOption o{
      Payoff::kVanilla, Condition::kReached, OptionType::kPut, 100.0, 120.0, 80.0, 1.0, 0.0, 0.0};
  EXPECT_EQ(engine::price(o, {100.0, 0.0, 0.0, 0.2}).status, Status::kOutOfDomain);
  EXPECT_TRUE(std::isnan(engine::price(o, {100.0, 0.0, 0.0, 0.2}).value));
  EXPECT_EQ(engine::greeks(o, {100.0, std::nan(""), 0.0, 0.2}).status, Status::kNonFinite);
}

}  // namespace
