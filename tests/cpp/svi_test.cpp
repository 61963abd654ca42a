#include "strikeproof/svi.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "numeric/polynomial_roots.hpp"
#include "strikeproof/svi_calibration.hpp"

namespace {

namespace svi = strikeproof::svi;
namespace numeric = strikeproof::numeric;
using numeric::operator*;

constexpr svi::Raw kVogt{-0.0410, 0.1331, 0.3060, 0.3586, 0.4153};
constexpr svi::Raw kCalm{0.01, 0.12, -0.6, 0.03, 0.2};

numeric::Polynomial with_roots(const std::vector<double>& roots) {
  numeric::Polynomial p{{1.0, 0.0}};
  for (const double root : roots) p = p * numeric::Polynomial{{-root, 0.0}, {1.0, 0.0}};
  return p;
}

TEST(PolynomialRoots, AllPositiveRootsOfWilkinsonsPolynomialAreIsolated) {
  const std::vector<double> roots{1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0};
  const std::vector<double> found = numeric::positive_roots(with_roots(roots));
  ASSERT_GE(found.size(), roots.size());  // 1 ends both intervals
  for (const double root : roots) {
    const bool there = std::any_of(found.begin(), found.end(),
                                   [root](double x) { return std::abs(x - root) <= 1e-13 * root; });
    EXPECT_TRUE(there) << root;
  }
}

TEST(PolynomialRoots, NearAndFarRootsAreToldApart) {
  const std::vector<double> roots{1e-9, 0.5, 0.5 + 1e-7, 1e8};
  const std::vector<double> found = numeric::positive_roots(with_roots(roots));
  ASSERT_EQ(found.size(), roots.size());
  for (std::size_t i = 0; i < roots.size(); ++i) EXPECT_NEAR(found[i] / roots[i], 1.0, 1e-12);
}

TEST(PolynomialRoots, WithoutARealRootNoneIsFound) {
  const numeric::Polynomial p{{1.0, 0.0}, {-1.9999, 0.0}, {1.0, 0.0}};  // complex, near 1
  EXPECT_TRUE(numeric::positive_roots(p).empty());
}

TEST(Svi, ThePublishedExampleHasOneInterval) {
  const std::vector<svi::Violation> found = svi::butterfly(kVogt);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].fault, svi::Fault::kButterfly);
  for (const double end : {found[0].from, found[0].to}) {
    EXPECT_NEAR(svi::durrleman(end, svi::total_variance(kVogt, end)), 0.0, 1e-13);
  }
  EXPECT_TRUE(svi::butterfly(kCalm).empty());
}

TEST(Svi, ASmileIsNotBelowItselfNorBelowALowerOne) {
  EXPECT_TRUE(svi::calendar(kCalm, kCalm).empty());
  svi::Raw higher = kCalm;
  higher.a += 1e-9;
  EXPECT_TRUE(svi::calendar(kCalm, higher).empty());
  const std::vector<svi::Violation> found = svi::calendar(higher, kCalm);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().from, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(found.back().to, std::numeric_limits<double>::infinity());
}

TEST(Svi, ACrossingWhereTheQuarticsRootIsDoubleIsFound) {
  svi::Raw tilted = kCalm;
  tilted.a += 0.01;
  tilted.rho -= 0.05;  // the difference is the line 0.01 - 0.006 (k - m)
  const std::vector<svi::Violation> found = svi::calendar(kCalm, tilted);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].from, kCalm.m + 0.01 / 0.006, 1e-12);
}

TEST(Svi, ConversionsGoAndComeBack) {
  const svi::NaturalResult natural = svi::natural_from_raw(kVogt);
  const svi::RawResult back = svi::raw_from_natural(natural.value);
  EXPECT_NEAR(back.value.a, kVogt.a, 1e-15);
  EXPECT_NEAR(back.value.m, kVogt.m, 1e-15);
  const svi::JumpWingsResult wings = svi::jump_wings_from_raw(kVogt, 0.25);
  const svi::RawResult again = svi::raw_from_jump_wings(wings.value, 0.25);
  ASSERT_EQ(again.status, strikeproof::Status::kOk);
  EXPECT_NEAR(again.value.sigma, kVogt.sigma, 1e-13);
}

TEST(Svi, ACalibratedSmileHasNoButterfly) {
  std::vector<svi::Quote> quotes;
  for (double k = -1.0; k < 1.55; k += 0.1) {
    quotes.push_back({k, std::sqrt(svi::total_variance(kVogt, k).value), 1.0});
  }
  const svi::Calibration found = svi::calibrate(quotes, 1.0, {});
  EXPECT_TRUE(found.constrained);
  EXPECT_TRUE(svi::butterfly(found.raw).empty());
}

}  // namespace
