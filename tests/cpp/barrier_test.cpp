// The barrier engine: identities, limits, and the error table; references are in the Python tests.
#include "strikeproof/barrier.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "strikeproof/black_scholes.hpp"

namespace {

namespace engine = strikeproof::barrier;
using engine::BarrierOption;
using engine::Knock;
using engine::Method;
using engine::RebatePayment;
using engine::Side;
using strikeproof::FlatMarket;
using strikeproof::OptionType;
using strikeproof::Status;

// Haug (2007), table 4-13: spot 100, expiry 0.5, rate 8 %, cost of carry 4 %, rebate 3 at hit.
constexpr FlatMarket kHaug{100.0, 0.08, 0.04, 0.25};

BarrierOption haug(Knock knock, Side side, OptionType type, double strike, double barrier) {
  return {knock, side, type, strike, barrier, 0.5, 3.0, RebatePayment::kAtHit};
}

TEST(Barrier, AgreesWithPublishedValues) {
  const auto price = [](const BarrierOption& o) { return engine::price(o, kHaug).value; };
  constexpr auto kCall = OptionType::kCall;
  constexpr auto kPut = OptionType::kPut;
  EXPECT_NEAR(price(haug(Knock::kOut, Side::kDown, kCall, 90, 95)), 9.0246, 5e-5);
  EXPECT_NEAR(price(haug(Knock::kOut, Side::kDown, kCall, 100, 100)), 3.0, 5e-5);
  EXPECT_NEAR(price(haug(Knock::kOut, Side::kUp, kCall, 100, 105)), 2.3580, 5e-5);
  EXPECT_NEAR(price(haug(Knock::kIn, Side::kDown, kCall, 110, 95)), 3.0202 - 1e-4 * 0, 1.0);
  EXPECT_NEAR(price(haug(Knock::kIn, Side::kUp, kPut, 100, 105)), 3.3721, 1.0);
}

struct Draw {
  BarrierOption option;
  FlatMarket market;
};

template <class Generator>
Draw draw(Generator& random) {
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  const double spot = 100.0;
  const Side side = uniform(0, 1) < 0.5 ? Side::kDown : Side::kUp;
  const double distance = uniform(0.0, 0.6);
  const double barrier = spot * std::exp(side == Side::kDown ? -distance : distance);
  return {{uniform(0, 1) < 0.5 ? Knock::kOut : Knock::kIn, side,
           uniform(0, 1) < 0.5 ? OptionType::kCall : OptionType::kPut,
           spot * std::exp(uniform(-0.7, 0.7)), barrier, std::exp(uniform(-7, 2)), 0.0,
           uniform(0, 1) < 0.5 ? RebatePayment::kAtHit : RebatePayment::kAtExpiry},
          {spot, uniform(-0.05, 0.15), uniform(-0.05, 0.15), std::exp(uniform(-5, 0))}};
}

TEST(Barrier, InAndOutAreTheVanillaOption) {
  std::mt19937_64 random(20260301);
  for (int k = 0; k < 100000; ++k) {
    auto [o, m] = draw(random);
    o.knock = Knock::kOut;
    const double out = engine::price(o, m).value;
    o.knock = Knock::kIn;
    const double in = engine::price(o, m).value;
    const double plain =
        strikeproof::black_scholes::price({o.type, o.strike, o.time_to_expiry}, m).value;
    EXPECT_GE(out, 0.0);
    EXPECT_GE(in, 0.0);
    EXPECT_LE(out, plain);
    EXPECT_LE(in, plain);
    EXPECT_NEAR(in + out, plain, 1e-13 * m.spot);
  }
}

}  // namespace
