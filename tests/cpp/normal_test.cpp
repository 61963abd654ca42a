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

struct Quantile {
  double p;
  double z;
};

constexpr Quantile kQuantiles[] = {
    {1e-300, -37.047096299361199237},       {1e-100, -21.273453560965324294},
    {1e-20, -9.2623400897984075796},        {1e-8, -5.6120012441747887279},
    {0.001, -3.0902323061678135354},        {0.0740234375, -1.4464648109154371934},
    {0.0760, -1.4325027208258116188},       {0.3, -0.52440051270804081597},
    {0.49999, -0.000025066282748960008527},
};

TEST(Normal, InverseAgreesWithTwentyDigitValues) {
  for (const Quantile& value : kQuantiles) {
    EXPECT_NEAR(math::inverse_normal_cdf(value.p) / value.z, 1.0, 1e-15) << value.p;
  }
}

TEST(Normal, InverseUndoesTheDistribution) {
  for (double z = -37.0; z < 0.0; z += 0.01) {
    // rounding p moves z by that much
    const double moved = 3e-15 * math::mills_ratio(-z);
    EXPECT_NEAR(math::inverse_normal_cdf(math::normal_cdf(z)), z, moved - 1e-15 * z) << z;
  }
  EXPECT_EQ(math::inverse_normal_cdf(0.5), 0.0);
  EXPECT_EQ(math::inverse_normal_cdf(0.0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(math::inverse_normal_cdf(1.0), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(math::inverse_normal_cdf(-1e-9)));
  EXPECT_TRUE(std::isnan(math::inverse_normal_cdf(1.1)));
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
