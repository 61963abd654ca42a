// Bivariate normal distribution against 20-digit values
// (tests/data/make_bivariate_normal_reference.py).
#include "strikeproof/math/bivariate_normal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "strikeproof/math/gauss_legendre.hpp"

namespace {

namespace math = strikeproof::math;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Reference = std::array<double, 4>;  // x, y, rho, probability

std::vector<Reference> references() {
  const char* folder = std::getenv("STRIKEPROOF_TEST_DATA");
  std::ifstream file(std::string(folder != nullptr ? folder : "tests/data") +
                     "/bivariate_normal_reference.csv");
  std::vector<Reference> rows;
  std::string line;
  std::getline(file, line);  // header
  while (std::getline(file, line)) {
    std::istringstream stream(line);
    std::string cell;
    Reference row{};
    for (double& value : row) {
      std::getline(stream, cell, ',');
      value = std::strtod(cell.c_str(), nullptr);
    }
    rows.push_back(row);
  }
  return rows;
}

TEST(BivariateNormal, AgreesWithReferencesToTheFifteenthDigit) {
  const std::vector<Reference> rows = references();
  ASSERT_GT(rows.size(), 300U) << "set STRIKEPROOF_TEST_DATA to tests/data";
  double worst = 0.0;
  for (const auto& [x, y, rho, probability] : rows) {
    const double error = std::fabs(math::bivariate_normal_cdf(x, y, rho) - probability);
    EXPECT_LT(error, 1e-15) << x << ' ' << y << ' ' << rho;
    worst = std::max(worst, error);
  }
  RecordProperty("worst", std::to_string(worst * 1e16) + "e-16");
}

TEST(BivariateNormal, QuadrantIsTheArcSine) {
  for (double rho = -1.0; rho <= 1.0; rho += 0.015625) {  // Sheppard 1899
    const double exact = 0.25 + std::asin(rho) / (2.0 * 3.14159265358979323846);
    EXPECT_NEAR(math::bivariate_normal_cdf(0.0, 0.0, rho), exact, 4e-16) << rho;
  }
}

TEST(BivariateNormal, LimitsAreReached) {
  const auto cdf = [](double x, double y, double rho) {
    return math::bivariate_normal_cdf(x, y, rho);
  };
  for (const double rho : {-1.0, -0.4, 0.0, 0.95, 1.0}) {
    EXPECT_EQ(cdf(-kInfinity, 0.7, rho), 0.0);
    EXPECT_EQ(cdf(0.7, -kInfinity, rho), 0.0);
    EXPECT_EQ(cdf(kInfinity, 0.7, rho), math::normal_cdf(0.7));
    EXPECT_EQ(cdf(0.7, kInfinity, rho), math::normal_cdf(0.7));
    EXPECT_EQ(cdf(kInfinity, kInfinity, rho), 1.0);
    EXPECT_TRUE(std::isnan(cdf(NAN, 0.0, rho)));
  }
  EXPECT_EQ(cdf(0.3, 0.7, 1.0), math::normal_cdf(0.3));
  EXPECT_NEAR(cdf(0.3, 0.7, -1.0), math::normal_cdf(0.3) + math::normal_cdf(0.7) - 1.0, 2e-16);
  EXPECT_EQ(cdf(-0.3, 0.2, -1.0), 0.0);
  EXPECT_TRUE(std::isnan(cdf(0.0, 0.0, 1.0000001)));
}

TEST(BivariateNormal, ReflectionsAddUp) {
  for (double x = -4.0; x <= 4.0; x += 0.61) {
    for (double y = -4.0; y <= 4.0; y += 0.53) {
      for (double rho = -0.999; rho < 1.0; rho += 0.0333) {
        const double both = math::bivariate_normal_cdf(x, y, rho);
        EXPECT_NEAR(both, math::bivariate_normal_cdf(y, x, rho), 1e-15);
        EXPECT_NEAR(both + math::bivariate_normal_cdf(x, -y, -rho), math::normal_cdf(x), 2e-15);
      }
    }
  }
}

// fourth-order central difference, error near 1e-10 with this step
template <class Function>
double difference(Function f, double at) {
  const double h = 1e-3;
  return (8.0 * (f(at + h) - f(at - h)) - (f(at + 2.0 * h) - f(at - 2.0 * h))) / (12.0 * h);
}

TEST(BivariateNormal, DerivativesAreThoseOfTheValue) {
  const auto at = [](double x, double y, double rho) {
    return math::bivariate_normal_derivatives(x, y, rho);
  };
  for (const double x : {-1.1, 0.2, 1.7}) {
    for (const double y : {-0.8, 0.4, 2.1}) {
      for (const double rho : {-0.8, -0.2, 0.0, 0.5, 0.9}) {
        const auto d = at(x, y, rho);
        EXPECT_NEAR(d.x, difference([&](double v) { return at(v, y, rho).value; }, x), 1e-9);
        EXPECT_NEAR(d.y, difference([&](double v) { return at(x, v, rho).value; }, y), 1e-9);
        EXPECT_NEAR(d.rho, difference([&](double v) { return at(x, y, v).value; }, rho), 1e-7);
        EXPECT_NEAR(d.xx, difference([&](double v) { return at(v, y, rho).x; }, x), 1e-8);
        EXPECT_NEAR(d.xy, difference([&](double v) { return at(x, v, rho).x; }, y), 1e-8);
        EXPECT_NEAR(d.yy, difference([&](double v) { return at(x, v, rho).y; }, y), 1e-8);
        EXPECT_NEAR(d.xrho, difference([&](double v) { return at(v, y, rho).rho; }, x), 1e-8);
        EXPECT_NEAR(d.yrho, difference([&](double v) { return at(x, v, rho).rho; }, y), 1e-8);
        EXPECT_NEAR(d.rhorho, difference([&](double v) { return at(x, y, v).rho; }, rho), 1e-6);
      }
    }
  }
}

TEST(BivariateNormal, JetsCarryTheDerivatives) {
  using Three = math::Jet<3, 3>;
  const Three x = Three::input(0.4, 0);
  const Three y = Three::input(-0.3, 1);
  const Three rho = Three::input(0.6, 2);
  const Three p = math::bivariate_normal_cdf(x * x, x + y, rho * y);
  const auto value = [](double a, double b, double c) {
    return math::bivariate_normal_cdf(a * a, a + b, c * b);
  };
  EXPECT_EQ(p.value, value(0.4, -0.3, 0.6));
  EXPECT_NEAR(p.first[0], difference([&](double v) { return value(v, -0.3, 0.6); }, 0.4), 1e-10);
  EXPECT_NEAR(p.first[1], difference([&](double v) { return value(0.4, v, 0.6); }, -0.3), 1e-10);
  EXPECT_NEAR(p.first[2], difference([&](double v) { return value(0.4, -0.3, v); }, 0.6), 1e-10);
  const auto slope = [](std::size_t i, double a, double b, double c) {
    const Three u = Three::input(a, 0);
    const Three v = Three::input(b, 1);
    return math::bivariate_normal_cdf(u * u, u + v, Three::input(c, 2) * v).first[i];
  };
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(p.by(i, 0), difference([&](double v) { return slope(i, v, -0.3, 0.6); }, 0.4),
                1e-9);
    EXPECT_NEAR(p.by(i, 1), difference([&](double v) { return slope(i, 0.4, v, 0.6); }, -0.3),
                1e-9);
    EXPECT_NEAR(p.by(i, 2), difference([&](double v) { return slope(i, 0.4, -0.3, v); }, 0.6),
                1e-9);
  }
}

TEST(GaussLegendre, IntegratesPolynomialsExactly) {
  constexpr auto kRule = math::gauss_legendre<24>();
  for (int degree = 0; degree < 48; degree += 2) {
    double sum = 0.0;
    for (std::size_t i = 0; i < kRule.node.size(); ++i) {
      sum += 2.0 * kRule.weight[i] * std::pow(kRule.node[i], degree);
    }
    EXPECT_NEAR(sum, 2.0 / (degree + 1.0), 1e-15) << degree;
  }
}

}  // namespace
