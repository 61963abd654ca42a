// The Black-Scholes engine against 50-digit references, limits, and the error table.
#include "strikeproof/black_scholes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "strikeproof/black_scholes_terms.hpp"

namespace {

namespace bs = strikeproof::black_scholes;
using strikeproof::FlatMarket;
using strikeproof::OptionType;
using strikeproof::Status;
using strikeproof::VanillaOption;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr auto kCall = OptionType::kCall;
constexpr auto kPut = OptionType::kPut;

struct Reference {
  VanillaOption option;
  FlatMarket market;
  double price, delta, gamma, vega, theta, theta_scale, rho;
  std::array<double, 15> rest;  // dividend rho, then each of second order with its scale
};

std::vector<Reference> references() {
  const char* folder = std::getenv("STRIKEPROOF_TEST_DATA");
  std::ifstream file(std::string(folder != nullptr ? folder : "tests/data") +
                     "/black_scholes_reference.csv");
  std::vector<Reference> rows;
  std::string line;
  std::getline(file, line);  // header
  while (std::getline(file, line)) {
    std::istringstream stream(line);
    std::string cell;
    std::getline(stream, cell, ',');  // family
    std::array<double, 29> v{};
    for (double& value : v) {
      std::getline(stream, cell, ',');
      value = std::strtod(cell.c_str(), nullptr);
    }
    const OptionType type = v[0] > 0.0 ? OptionType::kCall : OptionType::kPut;
    rows.push_back({{type, v[2], v[3]},
                    {v[1], v[4], v[5], v[6]},
                    v[7],
                    v[8],
                    v[9],
                    v[10],
                    v[11],
                    v[12],
                    v[13],
                    {}});
    std::copy_n(v.begin() + 14, 15, rows.back().rest.begin());
  }
  return rows;
}

double relative(double value, double exact) { return std::fabs(value - exact) / std::fabs(exact); }

TEST(BlackScholes, AgreesWithReferencesToThirteenDigits) {
  const std::vector<Reference> rows = references();
  ASSERT_GT(rows.size(), 500U) << "set STRIKEPROOF_TEST_DATA to tests/data";
  for (const Reference& row : rows) {
    const auto [g, status] = bs::greeks(row.option, row.market);
    ASSERT_EQ(status, Status::kOk);
    EXPECT_LT(relative(g.price, row.price), 1e-13) << row.price;
    EXPECT_EQ(g.price, bs::price(row.option, row.market).value);
    EXPECT_LT(relative(g.delta, row.delta), 1e-12) << row.delta;
    EXPECT_LT(relative(g.gamma, row.gamma), 1e-12) << row.gamma;
    EXPECT_LT(relative(g.vega, row.vega), 1e-12) << row.vega;
    EXPECT_LT(std::fabs(g.theta - row.theta), 1e-12 * row.theta_scale) << row.theta;
    EXPECT_LT(relative(g.rho, row.rho), 1e-12) << row.rho;
  }
}

// Vector kernels answer ordinary rows, so that the careful engine must be asked by name.
TEST(BlackScholes, TheCarefulEngineAgreesWithAllReferences) {
  for (const Reference& row : references()) {
    const auto [v, status] = bs::careful::quantities(row.option, row.market, bs::kQuantities);
    ASSERT_EQ(status, Status::kOk);
    EXPECT_EQ(v[bs::kPrice], bs::careful::price(row.option, row.market).value);
    EXPECT_LT(relative(v[bs::kPrice], row.price), 1e-13) << row.price;
    EXPECT_LT(relative(v[bs::kDelta], row.delta), 1e-12) << row.delta;
    EXPECT_LT(relative(v[bs::kGamma], row.gamma), 1e-12) << row.gamma;
    EXPECT_LT(relative(v[bs::kVega], row.vega), 1e-12) << row.vega;
    EXPECT_LT(std::fabs(v[bs::kTheta] - row.theta), 1e-12 * row.theta_scale) << row.theta;
    EXPECT_LT(relative(v[bs::kRho], row.rho), 1e-12) << row.rho;
    EXPECT_LT(relative(v[bs::kDividendRho], row.rest[0]), 1e-12) << row.rest[0];
    for (std::size_t k = bs::kVanna; k < bs::kQuantities; ++k) {
      const std::size_t place = 2 * (k - bs::kVanna) + 1;
      EXPECT_LE(std::fabs(v[k] - row.rest[place]), 1e-12 * row.rest[place + 1]) << k;
    }
  }
}

using Inversion = strikeproof::PriceResult (*)(double, const VanillaOption&, const FlatMarket&);

class Inverse : public testing::TestWithParam<Inversion> {};

INSTANTIATE_TEST_SUITE_P(BlackScholes, Inverse,
                         testing::Values(Inversion{bs::implied_volatility},
                                         Inversion{bs::careful::implied_volatility}),
                         [](const auto& tested) {
                           return tested.index == 0 ? std::string("Engine") : "Careful";
                         });

TEST_P(Inverse, ImpliedVolatilityReturnsTheOneThatPriced) {
  int solved = 0;
  for (const Reference& row : references()) {
    const double price = bs::price(row.option, row.market).value;
    const auto [volatility, status] = GetParam()(price, row.option, row.market);
    if (status == Status::kNoTimeValue) continue;  // lost in rounding the price
    ASSERT_EQ(status, Status::kOk);
    ++solved;
    // what one rounding of the price allows
    const double allowed = 3e-16 * (1.0 + price / (row.vega * row.market.volatility));
    EXPECT_LT(relative(volatility, row.market.volatility), 4.0 * allowed);
  }
  EXPECT_GT(solved, 400);
}

struct Case {
  const char* name;
  VanillaOption option;
  FlatMarket market;
  double price;
  double delta;
};

void PrintTo(const Case& tested, std::ostream* stream) { *stream << tested.name; }

class Limit : public testing::TestWithParam<Case> {};

TEST_P(Limit, IsExact) {
  const Case& c = GetParam();
  const auto [g, status] = bs::greeks(c.option, c.market);
  ASSERT_EQ(status, Status::kOk);
  EXPECT_EQ(g.price, c.price);
  EXPECT_EQ(g.delta, c.delta);
  EXPECT_EQ(bs::price(c.option, c.market).value, c.price);
}

INSTANTIATE_TEST_SUITE_P(
    Limits, Limit,
    testing::Values(Case{"ExpiredInTheMoney", {kCall, 90, 0}, {100, .05, .01, .2}, 10, 1},
                    Case{"ExpiredAtTheMoney", {kCall, 100, 0}, {100, .05, .01, .2}, 0, .5},
                    Case{"ExpiredOutOfTheMoney", {kCall, 110, 0}, {100, .05, .01, .2}, 0, 0},
                    Case{"ExpiredPutInTheMoney", {kPut, 110, 0}, {100, .05, .01, .2}, 10, -1},
                    Case{"ExpiredPut", {kPut, 90, 0}, {100, .05, .01, .2}, 0, 0},
                    Case{"NoVolatility", {kCall, 90, 1}, {100, 0, 0, 0}, 10, 1},
                    Case{"NoStrike", {kCall, 0, 1}, {100, 0, 0, .2}, 100, 1},
                    Case{"NoStrikePut", {kPut, 0, 1}, {100, 0, 0, .2}, 0, 0},
                    Case{"NeitherSpotNorStrike", {kCall, 0, 1}, {0, 0, 0, .2}, 0, 1},
                    Case{"NeitherSpotNorStrikePut", {kPut, 0, 1}, {0, 0, 0, .2}, 0, 0},
                    Case{"NoSpotPut", {kPut, 90, 1}, {0, 0, 0, .2}, 90, -1},
                    Case{"HugeVolatility", {kCall, 90, 1}, {100, 0, 0, 1e4}, 100, 1}),
    [](const auto& tested) { return tested.param.name; });

// Every number that kOk promises, over the corners of the range of a double.
TEST(BlackScholes, CornersGiveNumbersOrSayWhyNot) {
  const std::array amounts{0.0, 1e-300, 1e-3, 90.0, 100.0, 1e6, 1e300};
  const std::array times{0.0, 1e-12, 1.0, 10.0, 1e4};
  const std::array rates{-800.0, -0.05, 0.0, 0.05, 800.0};
  const std::array volatilities{0.0, 1e-160, 1e-8, 0.2, 4.0, 1e4, 1e154};
  int answered = 0;
  for (const auto type : {kCall, kPut})
    for (const double spot : amounts)
      for (const double strike : amounts)
        for (const double time : times)
          for (const double rate : rates)
            for (const double volatility : volatilities) {
              const VanillaOption option{type, strike, time};
              const auto [g, status] = bs::greeks(option, {spot, rate, 0.05, volatility});
              if (status != Status::kOk) continue;
              ++answered;
              EXPECT_GE(g.price, 0.0);
              EXPECT_GE(g.gamma, 0.0);
              EXPECT_TRUE(std::isfinite(g.price + g.delta + g.vega + g.rho));
              EXPECT_TRUE(std::isfinite(g.theta) || time == 0.0);
            }
  EXPECT_GT(answered, 10000);
}

TEST(BlackScholes, ReachesPricesWhosePartsLeaveTheRange) {
  // exp(-d^2/2) alone is 1e-339; the value is from the references' generator
  const VanillaOption far{kCall, 5.217771250878474e+38, 0.5137274965183097};
  const FlatMarket market{0.07507004704139683, 0.194690423026679, 0.0314413323395817,
                          3.4022333423728597};
  EXPECT_LT(relative(bs::price(far, market).value, 3.280236058871475950638319e-292), 1e-13);
  // exp(x) is beyond the range, the price is the spot
  EXPECT_EQ(bs::price({kCall, 1e-300, 1.0}, {1e300, 0.0, 0.0, 0.2}).value, 1e300);
  // sigma^2 T is below it, sigma sqrt(T) is not
  const double tiny = bs::price({kCall, 100.0, 1.0}, {100.0, 0.0, 0.0, 1e-200}).value;
  EXPECT_LT(relative(tiny, 100.0 * 1e-200 * 0.39894228040143267794), 1e-15);
}

TEST(BlackScholes, ImpliedVolatilityBelowEveryDoubleIsLost) {
  const auto [value, status] =
      bs::implied_volatility(1e-300, {kCall, 1e300, 1e300}, {1e300, 0, 0, 0});
  EXPECT_EQ(status, Status::kNoTimeValue);
  EXPECT_TRUE(std::isnan(value));
}

TEST(BlackScholes, RefusesWhatHasNoAnswer) {
  const VanillaOption option{kCall, 100, 1};
  const FlatMarket market{100, .02, .01, .2};
  for (const double bad : {kNaN, kInfinity, -kInfinity}) {
    FlatMarket m = market;
    m.rate = bad;
    EXPECT_EQ(bs::price(option, m).status, Status::kNonFinite);
    EXPECT_TRUE(std::isnan(bs::price(option, m).value));
    EXPECT_EQ(bs::implied_volatility(bad, option, market).status, Status::kNonFinite);
  }
  FlatMarket negative = market;
  negative.volatility = -0.2;
  const auto [none, status] = bs::greeks(option, negative);
  EXPECT_EQ(status, Status::kOutOfDomain);
  EXPECT_TRUE(std::isnan(none.price) && std::isnan(none.gamma) && std::isnan(none.rho));
  FlatMarket absurd = market;
  absurd.rate = -1e308;
  EXPECT_EQ(bs::price({kPut, 100, 1}, absurd).status, Status::kOverflow);
  EXPECT_EQ(bs::implied_volatility(10, option, absurd).status, Status::kOverflow);
  // no strike: the price is the spot, its derivative in the yield -S T
  const VanillaOption free{kCall, 0, 1e300};
  EXPECT_EQ(bs::price(free, {1e10, 0, 0, .2}).value, 1e10);
  EXPECT_EQ(bs::careful::quantities(free, {1e10, 0, 0, .2}, bs::kDividendRho).status, Status::kOk);
  EXPECT_EQ(bs::quantities(free, {1e10, 0, 0, .2}).status, Status::kOverflow);
}

TEST(BlackScholes, TellsPricesWithoutVolatilityApart) {
  const VanillaOption option{kCall, 90, 1};
  const FlatMarket market{100, 0, 0, 0};
  EXPECT_EQ(bs::implied_volatility(9.99, option, market).status, Status::kBelowIntrinsic);
  EXPECT_EQ(bs::implied_volatility(10.0, option, market).status, Status::kNoTimeValue);
  EXPECT_EQ(bs::implied_volatility(100.0, option, market).status, Status::kAboveMaximum);
  EXPECT_EQ(bs::implied_volatility(10.5, option, market).status, Status::kOk);
}

}  // namespace
