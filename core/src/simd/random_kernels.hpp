// Entry points of the random numbers' kernels, one table per instruction set; internal to the core.
//
// The bits are the same for every instruction set: these kernels never fuse a * b + c.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "strikeproof/random.hpp"

namespace strikeproof::simd {

/// Paths that share a call: a counter yields numbers for paths p and p + 8 of a group of 16.
inline constexpr std::size_t kPathGroup = 16;

/// One dimension of Sobol's sequence: 32 directions, bits reversed, and a seed of its scrambling.
struct SobolColumn {
  const std::uint32_t* directions;
  bool scrambled;
  std::uint64_t seed;
};

struct RandomKernels {
  /// `first` and `count` are multiples of kPathGroup.
  void (*uniforms)(const random::Place& place, std::uint64_t first, std::size_t count,
                   double* out) noexcept;
  void (*normals)(const random::Place& place, std::uint64_t first, std::size_t count,
                  double* out) noexcept;
  void (*sobol)(const SobolColumn& column, std::uint64_t first, std::size_t count,
                double* out) noexcept;
  /// Normals of uniforms in place; `count` is a multiple of kPathGroup.
  void (*inverse_normal)(std::size_t count, double* values) noexcept;
};

extern const RandomKernels kRandomBaseline;
extern const RandomKernels kRandomAvx2;
extern const RandomKernels kRandomAvx512;
extern const RandomKernels kRandomScalar;

/// Every table that runs on this processor, the one in use first; null at the end.
[[nodiscard]] std::array<const RandomKernels*, 5> supported_random() noexcept;

/// Those of the instruction set in use.
[[nodiscard]] const RandomKernels& random_kernels() noexcept;

}  // namespace strikeproof::simd
