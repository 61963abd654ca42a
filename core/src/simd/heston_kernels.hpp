// Entry points of Heston's kernels, one table per instruction set; internal to the core.
//
// Nodes of the contour come in blocks of eight, whatever the width of a register, and sums keep
// eight partial sums: all instruction sets add in the same order.
#pragma once

#include <array>
#include <cstddef>

#include "strikeproof/heston.hpp"

namespace strikeproof::simd {

inline constexpr std::size_t kBlockNodes = 8;
// A block: real and imaginary parts of the argument, then of the weight.
inline constexpr std::size_t kBlockSize = 4 * kBlockNodes;
// Weight times the derivative of ln phi by each parameter, real and imaginary.
inline constexpr std::size_t kSlopesSize = 2 * heston::kParameters * kBlockNodes;

/// What one node needs to know besides its number: see src/heston.cpp.
struct HestonContour {
  heston::Model model;
  double time;
  double scale;  // b
  double angle_cosine;
  double angle_sine;
  double step;
};

/// Sums over the nodes of exp(k (1 - i x)) times the weights, real parts.
inline constexpr std::size_t kSumPrice = 0;
inline constexpr std::size_t kSumDelta = 1;
inline constexpr std::size_t kSumGamma = 2;
inline constexpr std::size_t kSumSlopes = 3;  // the first of them
inline constexpr std::size_t kHestonSums = kSumSlopes + heston::kParameters;

/// A sum, and what the nodes of odd places in their blocks give more than those of even places.
struct PartialSum {
  double all;
  double odd_excess;
};

// Slopes of a mixture (src/bates.cpp): the model's five, then three of the number of jumps.
inline constexpr std::size_t kMixedSlopes = 8;
inline constexpr std::size_t kMixedSums = kSumSlopes + kMixedSlopes;
inline constexpr std::size_t kMixedSlopesSize = 2 * kMixedSlopes * kBlockNodes;

/// A member of a mixture of shifted and widened copies of the logarithm.
struct MixMember {
  double probability;
  double count;          // multiplies it in the second factor
  double half_variance;  // by which the member is wider
};

/// Members that join one after the other; each has the log strike of the one before less `shift`.
struct MixMembers {
  const MixMember* member;
  std::size_t count;
  double shift;
  std::size_t stride;  // of the factors, from member to member
};

/// Sums over `count` blocks at a log strike; the slopes are not read unless they are summed.
using HestonSums = void (*)(const double* blocks, const double* slopes, std::size_t count,
                            double log_strike, PartialSum* sums) noexcept;

struct HestonKernels {
  /// Nodes first, first + stride, ... (eight) into `block`, and their slopes unless null. False
  /// where what follows the last one is negligible: its weight is, and it has left the strip
  /// between the poles, within which phi may rise again.
  bool (*nodes)(const HestonContour& contour, double first, double stride, double* block,
                double* slopes) noexcept;
  /// Price and delta; price, delta and gamma; the same and the slopes, and those of a mixture.
  HestonSums price;
  HestonSums greeks;
  HestonSums slopes;
  HestonSums mixed_slopes;
  /// Both factors of a mixture at a block's nodes (each real, imaginary) after each member, from
  /// those `before` the first, null where there are none.
  void (*join)(const MixMembers& members, const double* block, const double* before,
               double* factors) noexcept;
  /// The mixture's block, and its slopes unless null.
  void (*mixed)(const double* block, const double* slopes, const double* factors, double* to,
                double* to_slopes) noexcept;
};

extern const HestonKernels kHestonBaseline;
extern const HestonKernels kHestonAvx2;
extern const HestonKernels kHestonAvx512;
extern const HestonKernels kHestonScalar;  // for models at a limit, and compilers without vectors

/// Every set this processor has, the widest first; null at the end.
[[nodiscard]] std::array<const HestonKernels*, 4> supported_heston() noexcept;

/// Those of the widest set that this processor has.
[[nodiscard]] const HestonKernels& heston_kernels() noexcept;

/// Of a weight times 1 + |x|^2, beyond which the contour is not followed.
inline constexpr double kNegligibleWeight = 1e-14;

}  // namespace strikeproof::simd
