// Regressions of early exercise on problems with certified answers, and rules on prices that are
// known.
//
// [1] NIST Statistical Reference Datasets, linear regression, Longley: data, certified coefficients
//     and R^2. Normal equations in double precision keep few of its digits.
#include "strikeproof/monte_carlo_exercise.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "monte_carlo/least_squares.hpp"

namespace {

namespace mc = strikeproof::monte_carlo;
using strikeproof::OptionType;
using strikeproof::term_structure::RateCurve;
using strikeproof::term_structure::VolatilityCurve;

constexpr std::size_t kYears = 16;
constexpr std::size_t kColumns = 8;  // constant, six regressors, employment
using Table = std::array<double, kYears * kColumns>;

constexpr Table kLongley{
    1,      1,      1,      1,      1,      1,      1,      1,      1,      1,      1,      1,
    1,      1,      1,      1,      83.0,   88.5,   88.2,   89.5,   96.2,   98.1,   99.0,   100.0,
    101.2,  104.6,  108.4,  110.8,  112.6,  114.2,  115.7,  116.9,  234289, 259426, 258054, 284599,
    328975, 346999, 365385, 363112, 397469, 419180, 442769, 444546, 482704, 502601, 518173, 554894,
    2356,   2325,   3682,   3351,   2099,   1932,   1870,   3578,   2904,   2822,   2936,   4681,
    3813,   3931,   4806,   4007,   1590,   1456,   1616,   1650,   3099,   3594,   3547,   3350,
    3048,   2857,   2798,   2637,   2552,   2514,   2572,   2827,   107608, 108632, 109773, 110929,
    112075, 113270, 115094, 116219, 117388, 118734, 120445, 121950, 123366, 125368, 127852, 130081,
    1947,   1948,   1949,   1950,   1951,   1952,   1953,   1954,   1955,   1956,   1957,   1958,
    1959,   1960,   1961,   1962,   60323,  61122,  60171,  61187,  63221,  63639,  64989,  63761,
    66019,  67857,  68169,  66513,  68655,  69564,  69331,  70551};
constexpr std::array<double, 7> kCertified{
    -3482258.63459582, 15.0618722713733,    -0.0358191792925910, -2.02022980381683,
    -1.03322686717359, -0.0511041056535807, 1829.15146461355};

mc::LeastSquares longley(std::size_t rows_a_block) {
  mc::TriangularFactor whole(kColumns);
  for (std::size_t first = 0; first < kYears; first += rows_a_block) {
    Table copy = kLongley;
    mc::TriangularFactor part(kColumns);
    part.fold(copy.data() + first, kYears, std::min(rows_a_block, kYears - first));
    whole.fold(part);
  }
  return mc::solve(whole);
}

TEST(LeastSquares, AnswersLongleysProblemInBlocks) {
  for (const std::size_t rows : {1U, 5U, 16U}) {
    const mc::LeastSquares found = longley(rows);
    EXPECT_EQ(found.rank, 7U);
    for (std::size_t k = 0; k < kCertified.size(); ++k) {
      EXPECT_NEAR(found.coefficients[k] / kCertified[k], 1.0, 1e-8) << k;
    }
    EXPECT_NEAR(found.r_squared, 0.995479004577296, 1e-12);
  }
}

TEST(LeastSquares, LeavesOutWhatFollowsFromOthers) {
  // 1, x, 2 x - 3 and y = 5 + 4 x
  std::vector<double> rows;
  for (int column = 0; column < 4; ++column) {
    for (int k = 0; k < 20; ++k) {
      const double x = 0.1 * k;
      rows.push_back(
          std::array{1.0, x, 2.0 * x - 3.0, 5.0 + 4.0 * x}[static_cast<std::size_t>(column)]);
    }
  }
  mc::TriangularFactor factor(4);
  factor.fold(rows.data(), 20, 20);
  const mc::LeastSquares found = mc::solve(factor);
  EXPECT_EQ(found.rank, 2U);
  const auto at = [&](double x) {
    return found.coefficients[0] + found.coefficients[1] * x +
           found.coefficients[2] * (2.0 * x - 3.0);
  };
  EXPECT_NEAR(at(0.3), 6.2, 1e-12);
  EXPECT_NEAR(at(7.0), 33.0, 1e-11);
}

mc::ExerciseTerms put(const RateCurve& rate) {
  mc::ExerciseTerms terms{
      {mc::Several::kWeighted, OptionType::kPut, 40.0, {1.0}}, {{0.5, 1.0}, false}, {}};
  for (const double date : terms.schedule.dates) terms.discounts.push_back(rate.discount(date));
  return terms;
}

TEST(ExerciseRule, KeepsItsFormAndStopsWhenTold) {
  const RateCurve rate = RateCurve::flat(0.06);
  const mc::BlackScholesModel model{
      {36.0}, {VolatilityCurve::flat(0.2)}, {RateCurve::flat(0.0)}, rate, {1.0}};
  const mc::ExerciseTerms terms = put(rate);
  const auto dynamics = mc::black_scholes(model, terms.schedule);
  const mc::Guide guide = mc::guide_of(terms, model, true);
  EXPECT_NEAR(guide.today, 3.844307791597, 1e-9);  // Longstaff and Schwartz (2001): 3.844
  const auto trained = mc::train(*dynamics, terms, guide, 3, 1, 10000, {2, 1, {}});
  ASSERT_TRUE(trained.has_value());
  EXPECT_EQ(trained->policy->regressors(), 5U);
  const double boundary = mc::exercise_boundary(*trained->policy, 0);
  EXPECT_GT(boundary, 33.0);
  EXPECT_LT(boundary, 40.0);
  EXPECT_EQ(mc::exercise_boundary(*trained->policy, 1), 40.0);
  const strikeproof::Parallel halted{1, 1, [] { return false; }};
  EXPECT_FALSE(mc::train(*dynamics, terms, guide, 3, 1, 10000, halted).has_value());
  EXPECT_FALSE(
      mc::duality_gap(*dynamics, *trained->policy, 1, 10000, 64, true, halted).has_value());
}

TEST(ExerciseRule, UpperBoundsHoldForARuleThatNeverWaits) {
  // without interest a put is worth most when kept to the end
  const RateCurve rate = RateCurve::flat(0.0);
  const mc::BlackScholesModel model{
      {36.0}, {VolatilityCurve::flat(0.2)}, {RateCurve::flat(0.0)}, rate, {1.0}};
  const mc::ExerciseTerms terms = put(rate);
  const auto dynamics = mc::black_scholes(model, terms.schedule);
  const mc::Guide guide = mc::guide_of(terms, model, false);
  mc::Policy policy(terms, guide, 1);
  policy.date(0).coefficients = {0.0, 0.0};
  const auto gap = mc::duality_gap(*dynamics, policy, 1, 2048, 256, true, {2, 1, {}});
  const auto lower =
      mc::price(*dynamics, *mc::stopped(policy, true), {}, mc::Settings{}, {2, 1, {}});
  ASSERT_TRUE(gap.has_value() && lower.has_value());
  const mc::Estimate& found = lower->outputs[0];
  EXPECT_LT(found.value, guide.today - 0.1);
  EXPECT_GT(found.value + gap->value,
            guide.today - 4.0 * std::hypot(found.standard_error, gap->standard_error));
}

TEST(ExerciseRule, NobodyExercisesWhereTooFewPathsAreInTheMoney) {
  const RateCurve rate = RateCurve::flat(0.06);
  const mc::BlackScholesModel model{
      {400.0}, {VolatilityCurve::flat(0.2)}, {RateCurve::flat(0.0)}, rate, {1.0}};
  const mc::ExerciseTerms terms = put(rate);
  const auto dynamics = mc::black_scholes(model, terms.schedule);
  const auto trained = mc::train(*dynamics, terms, {{}, {}, 0.0, false}, 3, 1, 1000, {1, 1, {}});
  ASSERT_TRUE(trained.has_value());
  EXPECT_EQ(trained->regressions[0].rank, 0U);
  EXPECT_TRUE(std::isnan(mc::exercise_boundary(*trained->policy, 0)));
  const auto gap = mc::duality_gap(*dynamics, *trained->policy, 1, 64, 32, false, {1, 1, {}});
  ASSERT_TRUE(gap.has_value());
  EXPECT_EQ(gap->value, 0.0);
}

}  // namespace
