// Normal distribution of several variables: cases with answers in closed form.
#include "strikeproof/math/multivariate_normal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "strikeproof/math/normal.hpp"

namespace {

namespace math = strikeproof::math;

math::Correlations equal(double r) {
  math::Correlations c{};
  for (std::size_t i = 0; i < math::kMostVariables; ++i) {
    for (std::size_t j = 0; j < math::kMostVariables; ++j) c[i][j] = i == j ? 1.0 : r;
  }
  return c;
}

TEST(MultivariateNormal, OrthantsOfEqualCorrelationAreKnown) {
  // n variables of correlation 1/2 are all negative with probability 1/(n + 1)
  for (std::size_t n = 1; n <= 5; ++n) {
    EXPECT_NEAR(math::multivariate_normal_cdf(n, {}, equal(0.5)),
                1.0 / (static_cast<double>(n) + 1.0), 1e-12);
  }
  // three variables: 1/8 + sum of arcsines / (4 pi)
  math::Correlations c = equal(0.0);
  c[0][1] = c[1][0] = 0.7;
  c[0][2] = c[2][0] = -0.3;
  c[1][2] = c[2][1] = 0.2;
  const double sum = std::asin(0.7) + std::asin(-0.3) + std::asin(0.2);
  EXPECT_NEAR(math::multivariate_normal_cdf(3, {}, c), 0.125 + sum / (4.0 * std::numbers::pi),
              1e-12);
}

TEST(MultivariateNormal, IndependentVariablesMultiply) {
  const math::Limits upper{0.3, -1.2, 2.0, 0.9, -0.4};
  double product = 1.0;
  for (const double b : upper) product *= math::normal_cdf(b);
  EXPECT_NEAR(math::multivariate_normal_cdf(5, upper, equal(0.0)), product, 1e-13);
}

TEST(MultivariateNormal, FarLimitsLeaveTheOthers) {
  const math::Limits upper{0.3, 50.0, -0.5, 60.0, 40.0};
  const math::Limits left{0.3, -0.5};
  EXPECT_NEAR(math::multivariate_normal_cdf(5, upper, equal(0.6)),
              math::multivariate_normal_cdf(2, left, equal(0.6)), 1e-9);
  EXPECT_EQ(math::multivariate_normal_cdf(3, {-40.0, 0.0, 0.0}, equal(0.5)), 0.0);
}

}  // namespace
