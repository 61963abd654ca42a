// Levenberg-Marquardt on problems with certified answers.
//
// [1] NIST Statistical Reference Datasets, nonlinear regression, Misra1a: data, certified
//     parameters, standard deviations and residual sum of squares.
// [2] Rosenbrock, H. (1960), The Computer Journal 3(3), 175-184.
#include "numeric/levenberg_marquardt.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace {

using strikeproof::numeric::LeastSquaresResult;
using strikeproof::numeric::levenberg_marquardt;
using strikeproof::numeric::StopReason;
using In = std::span<const double>;
using Out = std::span<double>;

constexpr std::array<double, 14> kVolume{10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02,
                                         44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78};
constexpr std::array<double, 14> kPressure{77.6,  114.9, 141.1, 190.8, 239.9, 289.0, 332.8,
                                           378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0};

bool misra(In b, Out error, Out slope) {
  for (std::size_t i = 0; i < kVolume.size(); ++i) {
    const double decay = std::exp(-b[1] * kPressure[i]);
    error[i] = b[0] * (1.0 - decay) - kVolume[i];
    if (slope.empty()) continue;
    slope[2 * i] = 1.0 - decay;
    slope[2 * i + 1] = b[0] * kPressure[i] * decay;
  }
  return true;
}

TEST(LevenbergMarquardt, AnswersTheCertifiedProblemFromBothStarts) {
  for (const auto& start : {std::array{500.0, 0.0001}, std::array{250.0, 0.0005}}) {
    const LeastSquaresResult found = levenberg_marquardt(misra, start, kVolume.size(), {});
    EXPECT_NEAR(found.parameters[0], 2.3894212918e2, 1e-7);
    EXPECT_NEAR(found.parameters[1], 5.5015643181e-4, 1e-13);
    EXPECT_NEAR(found.sum_of_squares, 1.2455138894e-1, 1e-11);
    const double variance = found.sum_of_squares / 12.0;
    EXPECT_NEAR(std::sqrt(variance * found.inverse_normal[0]), 2.7070075241, 1e-6);
    EXPECT_NEAR(std::sqrt(variance * found.inverse_normal[3]), 7.2668688436e-6, 1e-12);
    EXPECT_NE(found.stop, StopReason::kEvaluations);
  }
}

bool rosenbrock(In x, Out error, Out slope) {
  error[0] = 10.0 * (x[1] - x[0] * x[0]);
  error[1] = 1.0 - x[0];
  if (slope.empty()) return true;
  slope[0] = -20.0 * x[0];
  slope[1] = 10.0;
  slope[2] = -1.0;
  slope[3] = 0.0;
  return true;
}

TEST(LevenbergMarquardt, FollowsTheCurvedValley) {
  const LeastSquaresResult found = levenberg_marquardt(rosenbrock, std::array{-1.2, 1.0}, 2, {});
  EXPECT_NEAR(found.parameters[0], 1.0, 1e-10);
  EXPECT_NEAR(found.parameters[1], 1.0, 1e-10);
  EXPECT_LT(found.evaluations, 60);
}

TEST(LevenbergMarquardt, StepsBackFromPointsWithoutResiduals) {
  const auto logarithm = [](In x, Out error, Out slope) {
    if (!(x[0] > 0.0)) return false;
    error[0] = std::log(x[0]) + 3.0;
    if (!slope.empty()) slope[0] = 1.0 / x[0];
    return true;
  };
  const LeastSquaresResult found = levenberg_marquardt(logarithm, std::array{5.0}, 1, {});
  EXPECT_NEAR(found.parameters[0], std::exp(-3.0), 1e-12);
  const LeastSquaresResult none = levenberg_marquardt(logarithm, std::array{-1.0}, 1, {});
  EXPECT_EQ(none.stop, StopReason::kUnusable);
  EXPECT_TRUE(std::isnan(none.sum_of_squares));
}

TEST(LevenbergMarquardt, SaysThatAnEdgeIsNotAMinimum) {
  // no residuals below 1 although the minimum is at 0; then a jump that hides it
  const auto ends = [](In x, Out error, Out slope) {
    if (x[0] < 1.0) return false;
    error[0] = x[0];
    error[1] = 1.0;
    slope[0] = 1.0;
    slope[1] = 0.0;
    return true;
  };
  const LeastSquaresResult edge = levenberg_marquardt(ends, std::array{5.0}, 2, {});
  EXPECT_NEAR(edge.parameters[0], 1.0, 1e-9);
  EXPECT_EQ(edge.stop, StopReason::kStalled);
  const auto jumps = [](In x, Out error, Out slope) {
    error[0] = x[0];
    error[1] = x[0] < 1.0 ? 10.0 : 1.0;
    slope[0] = 1.0;
    slope[1] = 0.0;
    return true;
  };
  EXPECT_EQ(levenberg_marquardt(jumps, std::array{5.0}, 2, {}).stop, StopReason::kStalled);
  const LeastSquaresResult smooth = levenberg_marquardt(rosenbrock, std::array{-1.2, 1.0}, 2, {});
  EXPECT_NE(smooth.stop, StopReason::kStalled);
}

TEST(LevenbergMarquardt, ConditionNumberIsThatOfTheScaledColumns) {
  // columns (1, 0) and (cos a, sin a) have singular values sqrt(1 +- cos a)
  constexpr double kAngle = 0.01;
  const auto line = [](In x, Out error, Out slope) {
    error[0] = x[0] + 1e6 * std::cos(kAngle) * x[1] - 1.0;
    error[1] = 1e6 * std::sin(kAngle) * x[1] - 1.0;
    slope[0] = 1.0;
    slope[1] = 1e6 * std::cos(kAngle);
    slope[2] = 0.0;
    slope[3] = 1e6 * std::sin(kAngle);
    return true;
  };
  const LeastSquaresResult found = levenberg_marquardt(line, std::array{0.0, 0.0}, 2, {});
  const double want = std::sqrt((1.0 + std::cos(kAngle)) / (1.0 - std::cos(kAngle)));
  EXPECT_NEAR(found.condition_number, want, 1e-6 * want);
  EXPECT_LT(found.sum_of_squares, 1e-18);
}

}  // namespace
