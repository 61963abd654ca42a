// Term structures: identities between the kinds, integrals, extrapolation, refusals.
#include "strikeproof/term_structure.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using strikeproof::term_structure::Interpolation;
using strikeproof::term_structure::RateCurve;
using strikeproof::term_structure::VolatilityCurve;
using Numbers = std::vector<double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const Numbers kTimes{0.25, 0.5, 2.0, 10.0};
const Numbers kRates{0.01, -0.005, 0.03, 0.025};
const Numbers kProbes{0.0, 0.1, 0.25, 0.3, 0.5, 1.0, 2.0, 7.5, 10.0, 25.0};

std::vector<RateCurve> curves() {
  return {RateCurve::flat(0.02), RateCurve::piecewise_constant(kTimes, kRates),
          RateCurve::from_zero_rates(kTimes, kRates, Interpolation::kLinearZero),
          RateCurve::from_zero_rates(kTimes, kRates, Interpolation::kLogLinearDiscount)};
}

TEST(TermStructure, LogLinearDiscountsArePiecewiseConstantForwards) {
  const auto one = RateCurve::piecewise_constant(kTimes, kRates);
  Numbers discounts;
  Numbers zeros;
  for (const double t : kTimes) {
    discounts.push_back(one.discount(t));
    zeros.push_back(one.zero_rate(t));
  }
  const auto other = RateCurve::from_discounts(kTimes, discounts);
  const auto third = RateCurve::from_zero_rates(kTimes, zeros, Interpolation::kLogLinearDiscount);
  for (const double t : kProbes) {
    EXPECT_NEAR(other.forward_rate(t), one.forward_rate(t), 1e-15);
    EXPECT_NEAR(other.discount(t), one.discount(t), 4e-16);
    EXPECT_NEAR(third.discount(t), one.discount(t), 4e-16);
  }
  EXPECT_NEAR(std::log(other.discount(1.0)),
              (std::log(discounts[1]) * 1.0 + std::log(discounts[2]) * 0.5) / 1.5, 1e-16);
}

TEST(TermStructure, ZeroRatesAreLinearAndFlatOutside) {
  const auto curve = RateCurve::from_zero_rates(kTimes, kRates, Interpolation::kLinearZero);
  EXPECT_EQ(curve.zero_rate(0.0), 0.01);
  EXPECT_EQ(curve.zero_rate(0.1), 0.01);
  EXPECT_NEAR(curve.zero_rate(0.375), 0.0025, 1e-17);
  EXPECT_NEAR(curve.zero_rate(6.0), 0.0275, 1e-17);
  EXPECT_NEAR(curve.zero_rate(50.0), 0.025, 1e-17);
  // f = z + t dz/dt, from the right at a node
  EXPECT_NEAR(curve.forward_rate(6.0), 0.0275 - 6.0 * 0.005 / 8.0, 1e-16);
  EXPECT_NEAR(curve.forward_rate(2.0), 0.03 - 2.0 * 0.005 / 8.0, 1e-16);
  EXPECT_EQ(curve.forward_rate(10.0), 0.025);
}

TEST(TermStructure, TheIntegralIsThatOfTheForwardRate) {
  for (const RateCurve& curve : curves()) {
    double sum = 0.0;
    constexpr int kSteps = 1200;  // midpoints: no node of the curve falls within a step
    for (int i = 0; i < kSteps; ++i) sum += curve.forward_rate((i + 0.5) * 0.01) * 0.01;
    EXPECT_NEAR(curve.integral(12.0), sum, 1e-13);
    EXPECT_NEAR(curve.discount(12.0), std::exp(-sum), 1e-13);
  }
}

TEST(TermStructure, ForwardDiscountsMultiply) {
  for (const RateCurve& curve : curves()) {
    for (const double s : kProbes) {
      for (const double t : kProbes) {
        if (t < s) continue;
        EXPECT_NEAR(curve.discount(s) * curve.forward_discount(s, t), curve.discount(t), 4e-16);
        EXPECT_NEAR(curve.average_rate(s, t) * (t - s), curve.integral(t) - curve.integral(s),
                    4e-16);
      }
    }
  }
}

TEST(TermStructure, ShortIntervalsLoseNoDigits) {
  const auto curve = RateCurve::from_zero_rates(kTimes, kRates, Interpolation::kLinearZero);
  const double t = 6.0;
  EXPECT_NEAR(curve.average_rate(t, t * (1.0 + 1e-14)), curve.forward_rate(t), 1e-15);
  EXPECT_EQ(curve.average_rate(t, t), curve.forward_rate(t));
}

TEST(TermStructure, VolatilitiesOfEveryKindAgree) {
  const Numbers times{0.5, 1.0, 3.0};
  const Numbers local{0.2, 0.0, 0.3};
  const auto one = VolatilityCurve::piecewise_constant(times, local);
  const Numbers variances{0.02, 0.02, 0.2};
  const auto other = VolatilityCurve::from_total_variances(times, variances);
  Numbers implied;
  for (std::size_t i = 0; i < 3; ++i) implied.push_back(std::sqrt(variances[i] / times[i]));
  implied[1] = std::nextafter(implied[1], 1.0);  // rounding may not look like arbitrage
  const auto third = VolatilityCurve::from_volatilities(times, implied);
  for (const double t : {0.0, 0.25, 0.5, 0.75, 1.0, 2.0, 3.0, 5.0}) {
    EXPECT_NEAR(other.variance(t), one.variance(t), 1e-16);
    EXPECT_NEAR(third.variance(t), one.variance(t), 2e-16);
    EXPECT_NEAR(one.variance(t) + one.variance(t, 6.0), one.variance(6.0), 1e-16);
  }
  EXPECT_DOUBLE_EQ(one.volatility(0.0, 3.0), std::sqrt(0.2 / 3.0));
  EXPECT_EQ(one.volatility(0.5, 1.0), 0.0);
  EXPECT_EQ(one.instantaneous(0.75), 0.0);
  EXPECT_EQ(one.instantaneous(1.0), 0.3);
  EXPECT_EQ(one.instantaneous(99.0), 0.3);
  EXPECT_EQ(VolatilityCurve::flat(0.25).volatility(1.0, 7.0), 0.25);
}

TEST(TermStructure, TimesWithoutAnAnswerGiveNaN) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const RateCurve& curve : curves()) {
    for (const double bad : {-1.0, nan, kInfinity}) {
      EXPECT_TRUE(std::isnan(curve.discount(bad)));
      EXPECT_TRUE(std::isnan(curve.zero_rate(bad)));
      EXPECT_TRUE(std::isnan(curve.forward_rate(bad)));
    }
    EXPECT_TRUE(std::isnan(curve.forward_discount(2.0, 1.0)));
    EXPECT_TRUE(std::isnan(curve.average_rate(nan, 1.0)));
  }
}

template <class Make>
std::string refusal(Make make) {
  try {
    make();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(TermStructure, RefusalsNameArgumentValueIndexAndRule) {
  const auto forwards = [](const Numbers& times, const Numbers& rates) {
    return refusal([&] { return RateCurve::piecewise_constant(times, rates); });
  };
  EXPECT_EQ(forwards({}, {}), "times is empty: must hold at least one time");
  EXPECT_EQ(forwards({1.0}, {0.1, 0.2}),
            "times holds 1 entries and forward_rates 2: must be as many");
  EXPECT_EQ(forwards({0.0, 1.0}, {0.1, 0.2}), "times is 0 at index 0: must be > 0");
  EXPECT_EQ(forwards({1.0, 1.0}, {0.1, 0.2}),
            "times is 1 at index 1: must be > 1, the time before it");
  EXPECT_EQ(forwards({1.0, kInfinity}, {0.1, 0.2}), "times is inf at index 1: must be finite");
  EXPECT_EQ(forwards({1.0, 2.0}, {0.1, -kInfinity}),
            "forward_rates is -inf at index 1: must be finite");
  EXPECT_EQ(forwards({1e10, 2e10}, {1e300, 0.0}),
            "forward_rates and times about index 1: their integral or slope is beyond the range of "
            "float64");
  EXPECT_EQ(refusal([] { return RateCurve::from_discounts(Numbers{1.0}, Numbers{0.0}); }),
            "discounts is 0 at index 0: must be > 0");
  EXPECT_EQ(refusal([] { return VolatilityCurve::flat(-0.1); }),
            "volatility is -0.1: must be finite and >= 0");
  EXPECT_EQ(
      refusal([] { return VolatilityCurve::piecewise_constant(Numbers{1.0}, Numbers{-0.1}); }),
      "volatilities is -0.1 at index 0: must be >= 0");
  EXPECT_EQ(
      refusal([] {
        return VolatilityCurve::from_volatilities(Numbers{0.5, 2.0}, Numbers{0.5, 0.125});
      }),
      "volatilities is 0.125 at index 1: total variance 0.03125 of time 2 must be >= 0.125, that "
      "of time 0.5 (calendar arbitrage)");
  EXPECT_EQ(
      refusal([] {
        return VolatilityCurve::from_total_variances(Numbers{0.5, 2.0}, Numbers{0.5, 0.25});
      }),
      "total_variances is 0.25 at index 1: must be >= 0.5, that of time 0.5; calendar arbitrage at "
      "time 2");
}

}  // namespace
