// The digital engine and the complex error function: identities, 20-digit values, limits.
#include "strikeproof/digital.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>

#include "strikeproof/math/faddeeva.hpp"

namespace {

namespace engine = strikeproof::digital;
using engine::DigitalOption;
using engine::Payment;
using engine::Payoff;
using engine::Side;
using engine::Touch;
using engine::TouchOption;
using strikeproof::FlatMarket;
using strikeproof::OptionType;
using strikeproof::Status;

struct Value {
  double x, y;
  double real, imaginary;
};

// exp(-z^2) erfc(-i z), mpmath, 40 digits, rounded
constexpr Value kValues[] = {
    {0, 0.3, 0.73459933456765514992, 0.0},
    {0.05, 0.001, 0.99638136750378803573, 0.056225382772591766585},
    {0.25, 0.0, 0.93941306281347578612, 0.27062951561798749281},
    {0.5117, 2.0, 0.24481280358673817414, 0.052638901809301686585},
    {1.0, 1.0, 0.30474420525691259246, 0.20821893820283162729},
    {2.3, 0.01, 0.0066803036318162168043, 0.28078460972885602687},
    {3.0, 5.0, 0.082987737976901724069, 0.048389365202913091158},
    {0.3, 7.0, 0.07966068059696367707, 0.0033477724807732815188},
    {8.0, 0.001, 9.0306206667031934429e-6, 0.071088110587626114118},
    {0.1, 30.0, 0.018795680598257372812, 0.000062582848375237754374},
    {6.2, 6.3, 0.045769238334481899192, 0.04447040933813741575},
};

TEST(Faddeeva, AgreesWithTwentyDigitValues) {
  for (const Value& v : kValues) {
    const std::complex<double> exact(v.real, v.imaginary);
    const std::complex<double> found = strikeproof::math::faddeeva({v.x, v.y});
    EXPECT_LT(std::abs(found - exact), 5e-15 * std::abs(exact)) << v.x << " " << v.y;
  }
}

TEST(Digital, OneTouchAtHitIsContinuousWhereItsFormChanges) {
  // y^2 = (nu^2 + 2 r sigma^2) T / sigma^2 passes through -0.01 and 0.01
  const double nu = 0.05 - 0.5 * 0.0625;  // of rate 0
  for (const double y_square : {-0.01, 0.01}) {
    double last = 0.0;
    for (const double side : {-1.0, 1.0}) {
      // r solves (nu + r)^2 / sigma^2 + 2 r = y^2 (1 + tiny)
      const double target = y_square * (1.0 + side * 1e-13);
      const double half = nu + 0.0625;
      const double rate = -half + std::sqrt(half * half - nu * nu + target * 0.0625);
      const TouchOption o{
          Touch::kOneTouch, Side::kDown, Payment::kAtHit, Payoff::kCash, 90.0, 1.0, 1.0};
      const auto [g, status] = engine::greeks(o, {100.0, rate, -0.05, 0.25});
      ASSERT_EQ(status, Status::kOk);
      const double sum = g.price + g.delta + g.gamma + g.vega + g.theta + g.rho;
      if (side > 0.0) {
        EXPECT_NEAR(sum, last, 1e-11);
      }
      last = sum;
    }
  }
}

TEST(Digital, LimitsAndFailures) {
  const FlatMarket m{100.0, 0.05, 0.02, 0.25};
  const DigitalOption o{Payoff::kCash, OptionType::kCall, 100.0, 0.0, 3.0, 0.0};
  EXPECT_EQ(engine::price(o, m).value, 1.5);
  EXPECT_EQ(engine::greeks(o, m).status, Status::kOverflow);
  const TouchOption reached{
      Touch::kOneTouch, Side::kDown, Payment::kAtHit, Payoff::kAsset, 100.0, 1.0, 0.0};
  EXPECT_EQ(engine::price(reached, m).value, 100.0);
  EXPECT_EQ(engine::greeks(reached, m).value.delta, 1.0);
  TouchOption gap = reached;
  gap.payoff = Payoff::kGap;
  EXPECT_EQ(engine::price(gap, m).status, Status::kOutOfDomain);
}

}  // namespace
