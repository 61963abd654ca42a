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
  double extra_variance;
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

struct HestonKernels {
  /// Nodes first, first + stride, ... (eight) into `block`, and their slopes unless null. False
  /// where what follows is negligible.
  bool (*nodes)(const HestonContour& contour, double first, double stride, double* block,
                double* slopes) noexcept;
  /// Price and delta; price, delta and gamma; the same and the slopes.
  void (*price)(const double* blocks, const double* slopes, std::size_t count, double log_strike,
                PartialSum* sums) noexcept;
  void (*greeks)(const double* blocks, const double* slopes, std::size_t count, double log_strike,
                 PartialSum* sums) noexcept;
  void (*slopes)(const double* blocks, const double* slopes, std::size_t count, double log_strike,
                 PartialSum* sums) noexcept;
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
