// The logarithm of the gamma function beside factorials and published values.
#include "math/log_gamma.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace {

using strikeproof::math::log_gamma;

TEST(LogGamma, IsTheLogarithmOfTheFactorial) {
  double factorial = 1.0;
  for (int n = 1; n <= 170; ++n) {
    EXPECT_NEAR(log_gamma(n), std::log(factorial), 1e-14 + 1e-15 * std::log(factorial)) << n;
    factorial *= n;
  }
}

TEST(LogGamma, HasItsValuesAtHalves) {
  const double root = 0.5 * std::log(std::numbers::pi);
  EXPECT_NEAR(log_gamma(0.5), root, 1e-14);
  EXPECT_NEAR(log_gamma(1.5), root - std::log(2.0), 1e-14);
  EXPECT_NEAR(log_gamma(10.5), root + std::log(654729075.0 / 1024.0), 1e-14);
}

// 50 digits by mpmath, rounded.
TEST(LogGamma, HoldsForSmallAndLargeArguments) {
  EXPECT_NEAR(log_gamma(1e-8), 18.420680738180208905, 1e-14);
  EXPECT_NEAR(log_gamma(11.999), 17.499865227646104385, 1e-14);
  EXPECT_NEAR(log_gamma(1e6) / 12815504.569147611660, 1.0, 4e-16);
}

}  // namespace
