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

TEST(Barrier, AgreesWithPublishedValues) {
  const auto price = [](Knock knock, Side side, OptionType type, double strike, double barrier) {
    const BarrierOption o{knock, side, type, strike, barrier, 0.5, 3.0, RebatePayment::kAtHit};
    return engine::price(o, kHaug).value;
  };
  constexpr auto kCall = OptionType::kCall;
  constexpr auto kPut = OptionType::kPut;
  EXPECT_NEAR(price(Knock::kOut, Side::kDown, kCall, 90, 95), 9.0246, 5e-5);
  EXPECT_NEAR(price(Knock::kOut, Side::kDown, kCall, 100, 100), 3.0, 1e-15);
  EXPECT_NEAR(price(Knock::kOut, Side::kUp, kCall, 100, 105), 2.3580, 5e-5);
  EXPECT_NEAR(price(Knock::kIn, Side::kDown, kCall, 110, 95), 2.0576, 5e-5);
  EXPECT_NEAR(price(Knock::kIn, Side::kUp, kPut, 100, 105), 3.3721, 5e-5);
  EXPECT_NEAR(price(Knock::kIn, Side::kDown, kPut, 110, 95), 11.9752, 5e-5);
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

// The bounds that rounding may not cross are kept by both; some of these prices lie on them.
TEST(Barrier, GreeksComeWithThePrice) {
  std::mt19937_64 random(20261126);
  int at_a_bound = 0;
  for (int k = 0; k < 20000; ++k) {
    auto [o, m] = draw(random);
    o.knock = k % 2 == 0 ? Knock::kOut : Knock::kIn;
    const double price = engine::price(o, m).value;
    const auto [g, status] = engine::greeks(o, m);
    if (status == Status::kOverflow) continue;
    ASSERT_EQ(status, Status::kOk);
    EXPECT_EQ(g.price, price);
    const double plain =
        strikeproof::black_scholes::price({o.type, o.strike, o.time_to_expiry}, m).value;
    at_a_bound += price == 0.0 || price == plain ? 1 : 0;
  }
  EXPECT_GT(at_a_bound, 100);
}

TEST(Barrier, PowersThatOverflowLeaveNoTrace) {
  // (H/S)^(2 mu) is exp(+-20000) here
  for (const double rate : {-0.1, 0.1}) {
    for (const Side side : {Side::kDown, Side::kUp}) {
      const double barrier = side == Side::kDown ? 99.0 : 101.0;
      for (const Knock knock : {Knock::kOut, Knock::kIn}) {
        const BarrierOption o{knock, side, OptionType::kCall,    95.0, barrier,
                              1.0,   1.0,  RebatePayment::kAtHit};
        const auto [g, status] = engine::greeks(o, {100.0, rate, 0.0, 3e-4});
        ASSERT_EQ(status, Status::kOk);
        const bool reached = (rate > 0.0) == (side == Side::kUp);
        const double alive =
            100.0 - 95.0 * std::exp(-rate) > 0.0 ? 100.0 - 95.0 * std::exp(-rate) : 0.0;
        if (reached == (knock == Knock::kIn)) {
          EXPECT_NEAR(g.price, alive, 1e-12);
        } else if (knock == Knock::kOut) {
          EXPECT_NEAR(g.price, std::exp(-std::log(barrier / 100.0)), 1e-6);
        } else {
          EXPECT_NEAR(g.price, std::exp(-rate), 1e-12);
        }
      }
    }
  }
}

TEST(Barrier, EveryFixingCountsAndEveryFailureIsNamed) {
  const BarrierOption o{Knock::kOut, Side::kDown, OptionType::kCall,    100.0, 95.0,
                        0.2,         0.0,         RebatePayment::kAtHit};
  const FlatMarket m{100.0, 0.1, 0.0, 0.3};
  // Broadie, Glasserman and Kou (1997), table 2.1
  EXPECT_NEAR(engine::price(o, {50.0, Method::kQuadrature}, m).value, 4.907, 5e-4);
  EXPECT_NEAR(engine::price(o, {50.0, Method::kBroadieGlassermanKou}, m).value, 4.907, 5e-4);
  EXPECT_EQ(engine::price(o, {0.0, Method::kQuadrature}, m).status, Status::kOutOfDomain);
  EXPECT_EQ(engine::price(o, {2.5, Method::kQuadrature}, m).status, Status::kOutOfDomain);
  EXPECT_EQ(engine::price(o, {100.0, -0.1, 0.0, std::nan("")}).status, Status::kNonFinite);
  const auto [g, status] = engine::greeks(o, {-1.0, 0.1, 0.0, 0.3});
  EXPECT_EQ(status, Status::kOutOfDomain);
  EXPECT_TRUE(std::isnan(g.price) && std::isnan(g.rho));
}

}  // namespace
