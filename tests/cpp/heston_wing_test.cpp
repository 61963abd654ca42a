#include "heston_wing.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using strikeproof::Status;
namespace heston = strikeproof::heston;

struct Reference {
  std::string name;
  std::vector<double> numbers;  // expiry, five parameters, log strike, price, delta, gamma
};

std::vector<Reference> references() {
  const char* folder = std::getenv("STRIKEPROOF_TEST_DATA");
  std::ifstream file(std::string(folder != nullptr ? folder : "tests/data") +
                     "/heston_wing_reference.csv");
  std::vector<Reference> rows;
  std::string line;
  std::getline(file, line);  // header
  while (std::getline(file, line)) {
    Reference row;
    // the name is quoted where it holds a comma
    const std::size_t end = line[0] == '"' ? line.find('"', 1) + 1 : line.find(',');
    row.name = line.substr(0, end);
    std::istringstream cells(line.substr(end + 1));
    for (std::string cell; std::getline(cells, cell, ',');) {
      row.numbers.push_back(std::strtod(cell.c_str(), nullptr));
    }
    rows.push_back(row);
  }
  return rows;
}

TEST(HestonWing, AgreesWithSixtyDigitsDownToPricesOfTenToMinusFifty) {
  const std::vector<Reference> rows = references();
  ASSERT_EQ(rows.size(), 66U) << "set STRIKEPROOF_TEST_DATA to tests/data";
  double worst = 0.0;
  for (const auto& [name, x] : rows) {
    ASSERT_EQ(x.size(), 10U) << name;
    const heston::Result found = heston::wing({x[1], x[2], x[3], x[4], x[5]}, x[0], x[6]);
    ASSERT_EQ(found.status, Status::kOk) << name << ' ' << x[6];
    const double error = std::max({std::abs(found.value.price / x[7] - 1.0),
                                   std::abs(found.value.delta / x[8] - 1.0),
                                   std::abs(found.value.gamma / x[9] - 1.0)});
    EXPECT_LT(error, 1e-11) << name << ' ' << x[6] << ' ' << x[7];
    worst = std::max(worst, error);
  }
  RecordProperty("worst", std::to_string(worst * 1e15) + "e-15");
}

TEST(HestonWing, MeetsTheContourBetweenThePoles) {
  const heston::Model model{0.04, 0.05, 1.5, 0.5, -0.6};
  heston::Expiry expiry(model, 0.75);
  for (const double k : {-0.6, -0.2, -0.01, 0.0, 0.02, 0.2, 0.4}) {
    const heston::Result far = heston::wing(model, 0.75, k);
    const heston::Result near = expiry.covered_call(k);
    ASSERT_EQ(far.status, Status::kOk) << k;
    const double bound = k > 0.0 ? 1.0 : std::exp(k);
    EXPECT_NEAR(far.value.price, bound - near.value.price, 1e-11) << k;
    EXPECT_NEAR(far.value.delta, (k > 0.0 ? 1.0 : 0.0) - near.value.delta, 1e-11) << k;
    EXPECT_NEAR(far.value.gamma, -near.value.gamma, 1e-10) << k;
  }
}

TEST(HestonWing, ACertainVarianceIsNormal) {
  // Black's formula in the tail: price of a call 20 standard deviations away
  const heston::Result found = heston::wing({0.04, 0.04, 1.0, 0.0, 0.3}, 1.0, 4.0);
  const double d1 = -4.0 / 0.2 + 0.1;
  const double want = 0.5 * (std::erfc(-d1 / std::sqrt(2.0)) -
                             std::exp(4.0) * std::erfc(-(d1 - 0.2) / std::sqrt(2.0)));
  EXPECT_NEAR(found.value.price / want, 1.0, 1e-11);
}

TEST(HestonWing, WhatNoDoubleHoldsIsZero) {
  const heston::Result found = heston::wing({0.04, 0.04, 1.0, 0.0, 0.3}, 1.0, 60.0);
  EXPECT_EQ(found.status, Status::kOk);
  EXPECT_EQ(found.value.price, 0.0);
}

}  // namespace
