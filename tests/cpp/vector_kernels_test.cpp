// Every instruction set this processor has gives the same answers, not only the one that is chosen.
#include "simd/vector_kernels.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "simd/instruction_set.hpp"

namespace {

namespace simd = strikeproof::simd;
using simd::kInputs;
using simd::kOutputs;

constexpr std::size_t kRows = 4099;  // no multiple of any vector
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Rare rows are marked instead of answered: which they are must agree, too.
std::uint8_t mark(const double* /*in*/, double* values, std::size_t count) noexcept {
  for (std::size_t k = 0; k < count; ++k) values[k] = kNaN;
  return 1;
}

using Table = std::array<std::vector<double>, kInputs>;

// Options within eight deviations, and a few at limits.
Table options() {
  std::mt19937_64 random(20260103);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  Table table;
  for (std::size_t i = 0; i < kRows; ++i) {
    const double time = std::pow(10.0, 5.0 * unit(random) - 4.0);
    const double volatility = std::pow(10.0, 2.6 * unit(random) - 2.0);
    const double spot = 20.0 + 180.0 * unit(random);
    const double deviations = 16.0 * unit(random) - 8.0;
    const std::array row{unit(random) < 0.5 ? 1.0 : -1.0,
                         spot,
                         spot * std::exp(deviations * volatility * std::sqrt(time)),
                         i % 97 == 0 ? 0.0 : time,
                         0.1 * unit(random) - 0.02,
                         0.06 * unit(random),
                         i % 89 == 0 ? kNaN : volatility};
    for (std::size_t k = 0; k < kInputs; ++k) table[k].push_back(row[k]);
  }
  return table;
}

struct Results {
  std::array<std::vector<double>, kOutputs> values;
  std::vector<std::uint8_t> status;
};

Results run(simd::Kernel kernel, const Table& table, std::size_t outputs) {
  Results results;
  std::array<strikeproof::Column, kInputs> in{};
  for (std::size_t k = 0; k < kInputs; ++k) in[k] = {table[k].data(), 1};
  std::array<double*, kOutputs> out{};
  for (std::size_t k = 0; k < outputs; ++k) {
    results.values[k].resize(kRows);
    out[k] = results.values[k].data();
  }
  results.status.resize(kRows);
  kernel({in.data(), out.data(), results.status.data(), mark}, {0, kRows});
  return results;
}

// Largest difference relative to the size of the value, or to 1e-3 of the largest one.
double worst(const Results& a, const Results& b, std::size_t outputs) {
  double found = 0.0;
  for (std::size_t k = 0; k < outputs; ++k) {
    for (std::size_t i = 0; i < kRows; ++i) {
      const double x = a.values[k][i];
      const double y = b.values[k][i];
      if (std::isnan(x) && std::isnan(y)) continue;
      if (x == y) continue;
      found = std::max(found, std::fabs(x - y) / (std::fabs(x) + std::fabs(y) + 1e-3));
    }
  }
  return found;
}

struct Work {
  simd::Kernel simd::Model::* kernel;
  std::size_t outputs;
};

constexpr std::array kWorks{Work{&simd::Model::price, 1}, Work{&simd::Model::first_order, 6},
                            Work{&simd::Model::second_order, kOutputs}};

// Volatilities of the table's own prices: the same, or as far apart as rounding the price allows.
void compare_volatilities(const simd::Model& one, const simd::Model& other, const Table& table,
                          bool same) {
  const Results priced = run(one.first_order, table, 6);
  Table quotes = table;
  quotes[6] = priced.values[0];
  const Results a = run(one.implied_volatility, quotes, 1);
  const Results b = run(other.implied_volatility, quotes, 1);
  for (std::size_t i = 0; i < kRows; ++i) {
    if (a.status[i] != 0 || b.status[i] != 0) continue;
    const double rounding = 4e-16 * priced.values[0][i] / priced.values[3][i];
    const double allowed = same ? 0.0 : 4.0 * rounding + 1e-14 * table[6][i];
    EXPECT_LE(std::fabs(a.values[0][i] - b.values[0][i]), allowed) << table[6][i];
  }
}

void compare(const simd::Kernels& one, const simd::Kernels& other, double tolerance) {
  const Table table = options();
  for (const auto model : {&simd::Kernels::spot, &simd::Kernels::forward, &simd::Kernels::normal}) {
    for (const Work& work : kWorks) {
      const simd::Kernel first = one.*model.*work.kernel;
      const simd::Kernel second = other.*model.*work.kernel;
      if (first == nullptr) continue;
      const Results a = run(first, table, work.outputs);
      const Results b = run(second, table, work.outputs);
      EXPECT_EQ(a.status, b.status) << one.name << " and " << other.name;
      EXPECT_LE(worst(a, b, work.outputs), tolerance) << one.name << " and " << other.name;
    }
    compare_volatilities(one.*model, other.*model, table, tolerance == 0.0);
  }
}

TEST(VectorKernels, InstructionSetsWithFusedMultiplyAddGiveTheSameBits) {
  std::vector<const simd::Kernels*> fused;
  for (const simd::Kernels* set : simd::supported()) {
    if (set != nullptr && std::string(set->name) != "baseline") fused.push_back(set);
  }
  if (fused.size() < 2) GTEST_SKIP() << "this processor has fewer than two of them";
  compare(*fused[0], *fused[1], 0.0);
}

TEST(VectorKernels, TheBaselineAgreesToRounding) {
  const auto sets = simd::supported();
  const simd::Kernels* last = nullptr;
  for (const simd::Kernels* set : sets) last = set != nullptr ? set : last;
  ASSERT_NE(last, nullptr);
  compare(*sets.front(), *last, 1e-11);
}

TEST(VectorKernels, TheWidestIsChosen) {
  EXPECT_EQ(&simd::kernels(), simd::supported().front());
  EXPECT_STREQ(simd::kernels().name, simd::instruction_set_name());
}

}  // namespace
