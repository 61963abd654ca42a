// Random numbers: published answers, every instruction set alike, and what a net must keep.
#include "strikeproof/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "simd/random_kernels.hpp"
#include "strikeproof/math/normal.hpp"

namespace {

namespace simd = strikeproof::simd;
using namespace strikeproof::random;  // NOLINT: all of it is under test

constexpr std::size_t kPoints = 4096;

// Salmon et al. (2011), Random123, known answers of philox4x32 with 10 rounds.
TEST(Philox, HasThePublishedWords) {
  using Words = std::array<std::uint32_t, 4>;
  constexpr std::uint32_t kFull = 0xffffffffU;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (Words{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}));
  EXPECT_EQ(philox({kFull, kFull, kFull, kFull}, {kFull, kFull}),
            (Words{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}));
  EXPECT_EQ(
      philox({0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}, {0xa4093822U, 0x299f31d0U}),
      (Words{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}));
}

TEST(Random, EveryInstructionSetHasTheSameBits) {
  const Place place{0x123456789abcdef0U, 7, 3, 11};
  const std::array<std::uint32_t, 32> directions = [] {
    std::array<std::uint32_t, 32> found{};
    for (std::uint32_t k = 0; k < 32; ++k) found[k] = 1U << k;
    return found;
  }();
  const simd::SobolColumn column{directions.data(), true, 0xfedcba9876543210U};
  const std::uint64_t first = (std::uint64_t{1} << 33) + 16;
  const auto all = simd::supported_random();
  std::vector<double> wanted(kPoints);
  std::vector<double> found(kPoints);
  for (const simd::RandomKernels* set : all) {
    if (set == nullptr) break;
    const bool exact = set != &simd::kRandomScalar;  // whose logarithm is the library's
    all[0]->uniforms(place, first, kPoints, wanted.data());
    set->uniforms(place, first, kPoints, found.data());
    EXPECT_EQ(wanted, found);
    all[0]->sobol(column, 16, kPoints, wanted.data());
    set->sobol(column, 16, kPoints, found.data());
    EXPECT_EQ(wanted, found);
    all[0]->normals(place, first, kPoints, wanted.data());
    set->normals(place, first, kPoints, found.data());
    for (std::size_t k = 0; k < kPoints; ++k) {
      EXPECT_NEAR(wanted[k], found[k], exact ? 0.0 : 1e-15 * std::abs(found[k]));
    }
  }
}

TEST(Random, TheInverseNormalIsThatOfTheLibrary) {
  std::vector<double> p;
  for (int k = 1; k <= 53; ++k) {
    p.push_back(std::ldexp(1.0, -k));
    p.push_back(1.0 - std::ldexp(1.0, -k));
    p.push_back(std::ldexp(1.37, -k));
  }
  while (p.size() % simd::kPathGroup != 0) p.push_back(0.5);
  for (const simd::RandomKernels* set : simd::supported_random()) {
    if (set == nullptr) break;
    std::vector<double> z = p;
    set->inverse_normal(z.size(), z.data());
    for (std::size_t k = 0; k < p.size(); ++k) {
      const double exact = strikeproof::math::inverse_normal_cdf(p[k]);
      EXPECT_NEAR(z[k], exact, 1e-15 * std::abs(exact)) << p[k];
    }
  }
}

TEST(Random, ANumberDependsOnItsPlaceOnly) {
  const Place place{42, 1, 2, 3};
  std::vector<double> whole(200);
  normals(place, 5, whole);
  for (const std::size_t begin : {0UL, 1UL, 10UL, 11UL, 27UL, 59UL}) {
    std::vector<double> part(100);
    normals(place, 5 + begin, part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<int>(begin)));
  }
  for (const Place& other :
       {Place{43, 1, 2, 3}, Place{42, 2, 2, 3}, Place{42, 1, 3, 3}, Place{42, 1, 2, 4}}) {
    std::vector<double> part(200);
    normals(other, 5, part);
    EXPECT_NE(part, whole);
  }
}

// Every interval of length 1/4096 holds one of the first 4096 points: of every later block, too.
TEST(Sobol, EachDimensionIsStratifiedScrambledOrNot) {
  for (const bool scrambled : {false, true}) {
    const Sobol sobol = scrambled ? Sobol(kSobolDimensions, 9, 1) : Sobol(kSobolDimensions);
    for (const std::size_t dimension : {0UL, 1UL, 2UL, 100UL, 1110UL, 2047UL}) {
      std::vector<double> u(kPoints);
      sobol.uniforms(dimension, 3 * kPoints, u);
      std::vector<int> count(kPoints, 0);
      for (const double value : u) ++count[static_cast<std::size_t>(value * kPoints)];
      EXPECT_EQ(std::count(count.begin(), count.end(), 1), static_cast<int>(kPoints)) << dimension;
    }
  }
}

// The first two dimensions are a (0, m, 2)-net: every box of area 2^-12 holds one point.
TEST(Sobol, ScramblingKeepsTheNetOfTwoDimensions) {
  const Sobol sobol(2, 1234, 5);
  std::vector<double> x(kPoints);
  std::vector<double> y(kPoints);
  sobol.uniforms(0, 0, x);
  sobol.uniforms(1, 0, y);
  for (int bits = 0; bits <= 12; ++bits) {
    std::vector<int> count(kPoints, 0);
    for (std::size_t k = 0; k < kPoints; ++k) {
      const auto column = static_cast<std::size_t>(std::ldexp(x[k], bits));
      const auto row = static_cast<std::size_t>(std::ldexp(y[k], 12 - bits));
      ++count[(column << (12 - bits)) + row];
    }
    EXPECT_EQ(std::count(count.begin(), count.end(), 1), static_cast<int>(kPoints)) << bits;
  }
}

TEST(Sobol, NormalsAreThoseOfTheUniforms) {
  const Sobol sobol(3, 7, 0);
  std::vector<double> u(77);
  std::vector<double> z(77);
  sobol.uniforms(2, 31, u);
  sobol.normals(2, 31, z);
  for (std::size_t k = 0; k < z.size(); ++k) {
    EXPECT_NEAR(z[k], strikeproof::math::inverse_normal_cdf(u[k]), 1e-15 * (1.0 + std::abs(z[k])));
  }
}

// The map of the normals has the covariance min(s, t): exactly, whatever the normals are.
TEST(BrownianBridge, HasTheCovarianceOfBrownianMotion) {
  const std::vector<double> times{0.1, 0.35, 0.4, 1.0, 1.7, 2.0, 5.0};
  const std::size_t n = times.size();
  const BrownianBridge bridge(times);
  std::vector<double> unit(n * n, 0.0);  // path k: only the k-th normal is 1
  for (std::size_t k = 0; k < n; ++k) unit[k * n + k] = 1.0;
  std::vector<double> motion(n * n);
  bridge.build(unit.data(), n, motion.data());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double covariance = 0.0;
      for (std::size_t k = 0; k < n; ++k) covariance += motion[i * n + k] * motion[j * n + k];
      EXPECT_NEAR(covariance, std::min(times[i], times[j]), 1e-14);
    }
  }
}

}  // namespace
