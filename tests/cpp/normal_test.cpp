// Normal distribution and Mills ratio against 20-digit values (mpmath, 60 digits, rounded).
#include "strikeproof/math/normal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace {

namespace math = strikeproof::math;

struct Value {
  double z;
  double cdf;
  double mills;  // N(-|z|) / phi(z)
};

constexpr Value kValues[] = {
    {-0.5, 0.30853753872598689636, 0.87636445645369234673},
    {-1.0, 0.15865525393145705141, 0.65567954241879847154},
    {-5.0, 2.8665157187919391167e-7, 0.19280810471531576488},
    {-10.0, 7.619853024160526066e-24, 0.099028596471731921395},
    {-20.0, 2.7536241186062336951e-89, 0.049875925981836783658},
    {-37.0, 5.7255712225245768227e-300, 0.027007327965128336063},
    {1.0, 0.84134474606854294859, 0.65567954241879847154},
    {3.0, 0.99865010196836990547, 0.30459029871010329573},
};

TEST(Normal, AgreesWithTwentyDigitValues) {
  for (const Value& value : kValues) {
    EXPECT_NEAR(math::normal_cdf(value.z) / value.cdf, 1.0, 2e-15) << value.z;
    EXPECT_NEAR(math::mills_ratio(std::fabs(value.z)) / value.mills, 1.0, 1e-15) << value.z;
  }
}

TEST(Normal, LimitsAreExact) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(math::normal_cdf(infinity), 1.0);
  EXPECT_EQ(math::normal_cdf(-infinity), 0.0);
  EXPECT_EQ(math::normal_pdf(infinity), 0.0);
  EXPECT_EQ(math::mills_ratio(infinity), 0.0);
  EXPECT_TRUE(std::isnan(math::normal_pdf(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_NEAR(math::normal_cdf(0.0), 0.5, 2e-16);
}

}  // namespace
