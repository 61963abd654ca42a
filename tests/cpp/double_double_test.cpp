// Sums of two doubles: exactness of the building blocks, and ln 2 and ln 3 to 30 digits.
#include "strikeproof/math/double_double.hpp"

#include <gtest/gtest.h>

namespace {

using strikeproof::math::DoubleDouble;
namespace math = strikeproof::math;

TEST(DoubleDouble, SumAndProductLoseNothing) {
  const DoubleDouble sum = math::two_sum(1.0, 1e-30);
  EXPECT_EQ(sum.high, 1.0);
  EXPECT_EQ(sum.low, 1e-30);
  const double a = 1.0 + 0x1p-30;
  const DoubleDouble square = math::two_product(a, a);
  EXPECT_EQ(square.low, 0x1p-60);
}

// High and low parts of the logarithms, from 60-digit values.
TEST(DoubleDouble, LogarithmsOfRatios) {
  const DoubleDouble two = math::log_ratio(2.0, 1.0);
  EXPECT_EQ(two.high, 0x1.62e42fefa39efp-1);
  EXPECT_NEAR(two.low, 0x1.abc9e3b39803fp-56, 1e-19 * 0.7);
  const DoubleDouble three = math::log_ratio(3.0, 1.0);
  EXPECT_EQ(three.high, 0x1.193ea7aad030bp+0);
  EXPECT_NEAR(three.low, -0x1.a256f99caabebp-54, 1.1e-17);
  EXPECT_EQ(math::log_ratio(7.0, 7.0).high, 0.0);
  EXPECT_EQ(math::log_ratio(1e-300, 1e300).high, -math::log_ratio(1e300, 1e-300).high);
}

TEST(DoubleDouble, SquareRootAndQuotientKeepTwiceTheDigits) {
  const DoubleDouble root = math::square_root({2.0, 0.0});
  const DoubleDouble back = root * root - DoubleDouble{2.0, 0.0};
  EXPECT_LT(std::fabs(back.high), 1e-31);
  const DoubleDouble third = DoubleDouble{1.0, 0.0} / DoubleDouble{3.0, 0.0};
  const DoubleDouble one = third * 3.0 - DoubleDouble{1.0, 0.0};
  EXPECT_LT(std::fabs(one.high), 1e-31);
}

}  // namespace
