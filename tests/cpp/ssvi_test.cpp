#include "strikeproof/ssvi.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace {

namespace ssvi = strikeproof::ssvi;
namespace svi = strikeproof::svi;
using strikeproof::Status;

const std::vector<double> kTimes{0.25, 1.0, 2.0};
const std::vector<ssvi::Slice> kSlices{
    {0.012, -0.5, 0.1}, {0.041, -0.58, 0.2}, {0.078, -0.6, 0.28}};

ssvi::Surface surface(ssvi::Interpolation interpolation) {
  return {kTimes, kSlices, ssvi::Family::kSlices, 1.0, 0.0, interpolation};
}

TEST(Ssvi, ASmileIsItsSviSlice) {
  const ssvi::Surface smooth = surface(ssvi::Interpolation::kSmooth);
  for (const double time : {0.1, 0.25, 0.6, 1.0, 1.7, 5.0}) {
    const ssvi::Smile smile = smooth.smile(time);
    const svi::Raw raw = ssvi::raw(smile);
    for (double k = -2.0; k < 2.0; k += 0.37) {
      const svi::Point own = ssvi::at(smile, k).by_moneyness;
      const svi::Point slice = svi::total_variance(raw, k);
      EXPECT_NEAR(own.value, slice.value, 1e-14);
      EXPECT_NEAR(own.slope, slice.slope, 1e-13);
      EXPECT_NEAR(own.curvature, slice.curvature, 1e-12 * (1.0 + slice.curvature));
    }
  }
}

TEST(Ssvi, FarWingsKeepTheirDigits) {
  // theta + rho psi k + S with rho near -1 and k > 0: the plain sum would lose all of them
  const ssvi::Smile smile{0.04, 0.2, -0.2 * (1.0 - 1e-12), 0.0, 0.0, 0.0};
  const double k = 1e6;
  const double q = 0.2 * 0.2 - smile.rho_psi * smile.rho_psi;
  const double c = smile.theta + smile.rho_psi * k;
  const double want = 0.5 * q * k * k / (std::sqrt(c * c + q * k * k) - c);
  EXPECT_NEAR(ssvi::at(smile, k).by_moneyness.value / want, 1.0, 1e-4);
  EXPECT_GT(ssvi::at(smile, k).by_moneyness.value, 0.0);
}

TEST(Ssvi, LocalVolatilityIsPositiveWhereThereIsNoArbitrage) {
  const ssvi::Surface linear = surface(ssvi::Interpolation::kLinear);
  EXPECT_TRUE(ssvi::arbitrage(linear, kTimes).empty());
  for (const double time : {0.01, 0.3, 1.5, 3.0}) {
    const ssvi::Smile smile = linear.smile(time);
    for (double k = -1.0; k < 1.0; k += 0.1) {
      const ssvi::LocalVolatility found = ssvi::local_volatility(smile, k);
      ASSERT_EQ(found.status, Status::kOk);
      EXPECT_GT(found.value, 0.0);
    }
  }
}

TEST(Ssvi, AFlatSurfaceHasItsOwnLocalVolatility) {
  const std::vector<ssvi::Slice> flat{{0.01, 0.0, 1e-9}, {0.04, 0.0, 1e-9}};
  const std::vector<double> times{0.25, 1.0};
  const ssvi::Surface plain(times, flat, ssvi::Family::kSlices, 1.0, 0.0,
                            ssvi::Interpolation::kLinear);
  EXPECT_NEAR(ssvi::local_volatility(plain.smile(0.5), 0.2).value, 0.2, 1e-8);
}

TEST(Ssvi, ACalendarViolationIsNamedWithItsTimes) {
  std::vector<ssvi::Slice> slices = kSlices;
  slices[2].theta = 0.03;
  const ssvi::Surface bad(kTimes, slices, ssvi::Family::kSlices, 1.0, 0.0,
                          ssvi::Interpolation::kLinear);
  bool found = false;
  for (const ssvi::Violation& violation : ssvi::arbitrage(bad, kTimes)) {
    found = found || (violation.at.fault == svi::Fault::kCalendar && violation.time == 1.0 &&
                      violation.later_time == 2.0 && violation.at.size < 0.0);
  }
  EXPECT_TRUE(found);
}

}  // namespace
