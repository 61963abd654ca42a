// Entry points of the kernels that take simulated paths over one step of a model; internal to the
// core.
//
// The bits are the same for every instruction set: these kernels never fuse a * b + c.
#pragma once

#include <array>
#include <cstddef>

namespace strikeproof::simd {

/// One step of Heston's model by the quadratic-exponential scheme; symbols: dynamics_kernel.hpp.
struct QuadraticExponentialStep {
  double decay;        // e
  double pull;         // c
  double spread;       // h
  double slope;        // K2
  double diffusion;    // K3
  double moment;       // A
  double drift;        // of the logarithm of the forward
  double half_length;  // years
};

/// One step of Heston's model by Euler's scheme with full truncation.
struct FullTruncationStep {
  double pull;         // mean reversion times length
  double level;        // the same times the long-run variance
  double noise;        // volatility of variance times the root of the length
  double root_length;  // of years
  double length;       // years
  double correlation;
  double complement;  // sqrt(1 - correlation^2)
  double drift;
};

/// A function on [-reach, reach] by a cubic on each of `intervals` equal parts, held beyond.
struct CubicTable {
  const double* coefficients;  // four a part, from the lowest power up, in the part's own [0, 1]
  std::size_t intervals;
  double reach;
  double scale;  // intervals / (2 reach)
};

/// One step of a local volatility model; `start` and `end` are volatilities at its two ends.
struct LocalVolatilityStep {
  CubicTable start;
  CubicTable end;
  double length;
  double root_length;
  double log_forward_before;
  double log_forward_after;
};

/// The numbers of one step, and the rows that it updates.
struct VarianceRows {
  const double* variance_normals;
  const double* spot_normals;
  double* variance;
  double* log_spot;
  double* integrated;  // variance over the step, approximately; may be null
};

/// `count` is a multiple of kPathGroup.
struct DynamicsKernels {
  void (*quadratic_exponential)(std::size_t count, const QuadraticExponentialStep& step,
                                const VarianceRows& rows) noexcept;
  void (*full_truncation)(std::size_t count, const FullTruncationStep& step,
                          const VarianceRows& rows) noexcept;
  void (*local_volatility)(std::size_t count, const LocalVolatilityStep& step,
                           const double* normals, double* log_spot, double* integrated) noexcept;
};

extern const DynamicsKernels kDynamicsBaseline;
extern const DynamicsKernels kDynamicsAvx2;
extern const DynamicsKernels kDynamicsAvx512;
extern const DynamicsKernels kDynamicsScalar;

/// Every table that runs on this processor, the one in use first; null at the end.
[[nodiscard]] std::array<const DynamicsKernels*, 5> supported_dynamics() noexcept;

/// Those of the instruction set in use.
[[nodiscard]] const DynamicsKernels& dynamics_kernels() noexcept;

}  // namespace strikeproof::simd
