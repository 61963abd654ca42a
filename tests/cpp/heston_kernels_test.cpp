// Heston's kernels: every instruction set, and the scalar engine, at the same nodes.
#include "simd/heston_kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <random>
#include <vector>

#include "strikeproof/heston.hpp"

namespace {

namespace heston = strikeproof::heston;
namespace simd = strikeproof::simd;

constexpr std::size_t kBlocks = 6;

/// Models, times and strikes from a day to thirty years.
struct Draw {
  simd::HestonContour contour;
  double log_strike;
};

std::vector<Draw> draws(std::size_t count) {
  std::mt19937_64 random(20261125);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  const auto power = [&](double low, double high) {
    return std::pow(10.0, low + (high - low) * unit(random));
  };
  std::vector<Draw> found;
  for (std::size_t i = 0; i < count; ++i) {
    const heston::Model model{power(-4.0, 0.0), power(-4.0, 0.0), power(-2.0, 1.0),
                              power(-2.0, 0.3), 1.96 * unit(random) - 0.98};
    const double side = unit(random) < 0.5 ? -1.0 : 1.0;
    const double open = 1.5707963267948966 - side * std::asin(model.correlation);
    const double angle = side * 0.5 * std::min(0.78, open);
    found.push_back({{model, power(-2.56, 1.5), 0.45 / std::sin(std::abs(angle)), std::cos(angle),
                      std::sin(angle), 0.1},
                     -side * unit(random)});
  }
  return found;
}

struct Answer {
  std::vector<double> blocks;
  std::vector<double> slopes;
  std::array<bool, kBlocks> matters{};
  std::array<simd::PartialSum, simd::kHestonSums> sums{};
  std::vector<double> factors;  // of a mixture of three members
  std::vector<double> mixed;
  std::vector<double> mixed_slopes;
  std::array<simd::PartialSum, simd::kMixedSums> mixed_sums{};
};

/// The draw's nodes as those of jumps down by a tenth of a log strike.
void mix(const simd::HestonKernels& kernels, const Draw& draw, Answer& found) {
  constexpr std::array<simd::MixMember, 3> kMembers{
      {{0.5, 0.0, 0.0}, {0.3, 1.0, 0.005}, {0.1, 2.0, 0.01}}};
  constexpr std::size_t kStride = 4 * simd::kBlockNodes;
  const double shift = draw.log_strike > 0.0 ? 0.1 : -0.1;
  found.factors.resize(kBlocks * kMembers.size() * kStride);
  found.mixed.resize(found.blocks.size());
  found.mixed_slopes.resize(kBlocks * simd::kMixedSlopesSize);
  for (std::size_t b = 0; b < kBlocks; ++b) {
    const double* const block = found.blocks.data() + b * simd::kBlockSize;
    double* const factors = found.factors.data() + b * kMembers.size() * kStride;
    kernels.join({kMembers.data(), 1, shift, kStride}, block, nullptr, factors);
    kernels.join({kMembers.data() + 1, 2, shift, kStride}, block, factors, factors + kStride);
    kernels.mixed(block, found.slopes.data() + b * simd::kSlopesSize, factors + 2 * kStride,
                  found.mixed.data() + b * simd::kBlockSize,
                  found.mixed_slopes.data() + b * simd::kMixedSlopesSize);
  }
  kernels.mixed_slopes(found.mixed.data(), found.mixed_slopes.data(), kBlocks, draw.log_strike,
                       found.mixed_sums.data());
}

Answer answer(const simd::HestonKernels& kernels, const Draw& draw) {
  Answer found;
  found.blocks.resize(kBlocks * simd::kBlockSize);
  found.slopes.resize(kBlocks * simd::kSlopesSize);
  for (std::size_t b = 0; b < kBlocks; ++b) {
    found.matters[b] = kernels.nodes(draw.contour, static_cast<double>(b * simd::kBlockNodes), 1.0,
                                     found.blocks.data() + b * simd::kBlockSize,
                                     found.slopes.data() + b * simd::kSlopesSize);
  }
  kernels.slopes(found.blocks.data(), found.slopes.data(), kBlocks, draw.log_strike,
                 found.sums.data());
  mix(kernels, draw, found);
  return found;
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

bool same(const Answer& a, const Answer& b) {
  return a.matters == b.matters && same(a.blocks, b.blocks) && same(a.slopes, b.slopes) &&
         same(a.factors, b.factors) && same(a.mixed, b.mixed) &&
         same(a.mixed_slopes, b.mixed_slopes) &&
         std::memcmp(a.sums.data(), b.sums.data(), sizeof a.sums) == 0 &&
         std::memcmp(a.mixed_sums.data(), b.mixed_sums.data(), sizeof a.mixed_sums) == 0;
}

/// Largest difference of values that are at most about `scale`.
double apart(const std::vector<double>& a, const std::vector<double>& b, double scale) {
  double found = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    found = std::max(found, std::abs(a[i] - b[i]) / (scale + std::abs(a[i])));
  }
  return found;
}

void agree(const simd::HestonKernels& one, const simd::HestonKernels& other, double tolerance) {
  for (const Draw& draw : draws(400)) {
    const Answer a = answer(one, draw);
    const Answer b = answer(other, draw);
    EXPECT_LE(apart(a.blocks, b.blocks, 1e-2), tolerance);
    EXPECT_LE(apart(a.slopes, b.slopes, 1.0), tolerance);
    EXPECT_LE(apart(a.factors, b.factors, 1e-2), tolerance);
    EXPECT_LE(apart(a.mixed, b.mixed, 1e-2), tolerance);
    EXPECT_LE(apart(a.mixed_slopes, b.mixed_slopes, 1.0), tolerance);
    for (std::size_t k = 0; k < simd::kMixedSums; ++k) {
      EXPECT_NEAR(a.mixed_sums[k].all, b.mixed_sums[k].all,
                  tolerance * (1.0 + std::abs(a.mixed_sums[k].all)))
          << k;
    }
    for (std::size_t k = 0; k < simd::kHestonSums; ++k) {
      EXPECT_NEAR(a.sums[k].all, b.sums[k].all, tolerance * (1.0 + std::abs(a.sums[k].all))) << k;
      EXPECT_NEAR(a.sums[k].odd_excess, b.sums[k].odd_excess,
                  tolerance * (1.0 + std::abs(a.sums[k].all)))
          << k;
    }
  }
}

std::vector<const simd::HestonKernels*> sets() {
  std::vector<const simd::HestonKernels*> found;
  for (const simd::HestonKernels* set : simd::supported_heston()) {
    if (set != nullptr) found.push_back(set);
  }
  return found;
}

TEST(HestonKernels, InstructionSetsWithFusedMultiplyAddGiveTheSameBits) {
  const auto all = sets();
  if (all.size() < 3) GTEST_SKIP() << "this processor has fewer than two of them";
  for (const Draw& draw : draws(400)) {
    EXPECT_TRUE(same(answer(*all[0], draw), answer(*all[1], draw)));
  }
}

TEST(HestonKernels, TheBaselineAgreesToRounding) { agree(*sets().front(), *sets().back(), 1e-11); }

TEST(HestonKernels, TheScalarEngineAgreesToRounding) {
  agree(*sets().front(), simd::kHestonScalar, 1e-11);
}

TEST(HestonKernels, SlopesDoNotChangeTheNodes) {
  for (const Draw& draw : draws(100)) {
    const Answer with = answer(simd::heston_kernels(), draw);
    std::vector<double> block(simd::kBlockSize);
    static_cast<void>(simd::heston_kernels().nodes(draw.contour, 0.0, 1.0, block.data(), nullptr));
    EXPECT_TRUE(std::equal(block.begin(), block.end(), with.blocks.begin()));
  }
}

TEST(HestonKernels, FewerSumsAreTheSameSums) {
  for (const Draw& draw : draws(100)) {
    const Answer all = answer(simd::heston_kernels(), draw);
    std::array<simd::PartialSum, simd::kSumSlopes> some{};
    simd::heston_kernels().greeks(all.blocks.data(), nullptr, kBlocks, draw.log_strike,
                                  some.data());
    for (std::size_t k = 0; k < some.size(); ++k) EXPECT_EQ(some[k].all, all.sums[k].all);
    simd::heston_kernels().price(all.blocks.data(), nullptr, kBlocks, draw.log_strike, some.data());
    for (std::size_t k = 0; k < 2; ++k) EXPECT_EQ(some[k].all, all.sums[k].all);
  }
}

}  // namespace
