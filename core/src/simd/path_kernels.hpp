// Entry points of the kernels of simulated paths, one table per instruction set; internal to the
// core.
//
// The bits are the same for every instruction set: these kernels never fuse a * b + c.
#pragma once

#include <array>
#include <cstddef>

namespace strikeproof::simd {

/// Rows of numbers, one a path; `count` is a multiple of kPathGroup. `out` may be `x`.
struct PathKernels {
  /// exp(x); x below -700 counts as -700, above 700 gives infinity.
  void (*exponentials)(std::size_t count, const double* x, double* out) noexcept;
  /// ln(x) of positive normal numbers.
  void (*logarithms)(std::size_t count, const double* x, double* out) noexcept;
  /// out += scale x + shift.
  void (*add_scaled)(std::size_t count, double scale, const double* x, double shift,
                     double* out) noexcept;
  /// weight *= the chance that a Brownian bridge of this variance stays above `level` between two
  /// numbers, or below it where `side` is -1; 0 where an end does not.
  void (*survival)(std::size_t count, double side, double level, const double* before,
                   const double* after, const double* variance, double* weight) noexcept;
  /// out = maximum of `out` and of side times a Brownian bridge between two numbers, drawn by
  /// uniforms in (0, 1): with `side` -1 the negative of its minimum.
  void (*extremum)(std::size_t count, double side, const double* before, const double* after,
                   const double* variance, const double* uniforms, double* out) noexcept;
};

extern const PathKernels kPathBaseline;
extern const PathKernels kPathAvx2;
extern const PathKernels kPathAvx512;
extern const PathKernels kPathScalar;

/// Every table that runs on this processor, the one in use first; null at the end.
[[nodiscard]] std::array<const PathKernels*, 5> supported_paths() noexcept;

/// Those of the instruction set in use.
[[nodiscard]] const PathKernels& path_kernels() noexcept;

}  // namespace strikeproof::simd
