// Random and quasi-random numbers that are functions of their place; see src/random.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace strikeproof::random {

/// Four words of 32 bits from a counter and a key: Philox4x32-10.
[[nodiscard]] std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                                  std::array<std::uint32_t, 2> key) noexcept;

/// Where a number of a simulation stands, besides its path.
struct Place {
  std::uint64_t seed;
  std::uint32_t step = 0;
  std::uint16_t dimension = 0;
  std::uint16_t stream = 0;
};

/// Numbers of paths first, first + 1, ... at one place: uniform in (0, 1), odd multiples of 2^-53.
void uniforms(const Place& place, std::uint64_t first, std::span<double> out) noexcept;

/// The same through the inverse normal distribution.
void normals(const Place& place, std::uint64_t first, std::span<double> out) noexcept;

inline constexpr std::size_t kSobolDimensions = 2048;
inline constexpr std::uint64_t kSobolPoints = std::uint64_t{1} << 32;

/// Sobol's sequence with the directions of Joe and Kuo, in Gray code's order from the origin on,
/// as it is (the origin first) or with Owen's scrambling.
class Sobol {
 public:
  /// `dimensions` from 1 to kSobolDimensions.
  explicit Sobol(std::size_t dimensions);

  /// Each (seed, replicate) is an independent scrambling: every point uniform, every net kept.
  Sobol(std::size_t dimensions, std::uint64_t seed, std::uint32_t replicate);

  /// The same sequence scrambled; both share one table of directions.
  [[nodiscard]] Sobol scrambled(std::uint64_t seed, std::uint32_t replicate) const;

  [[nodiscard]] std::size_t dimensions() const noexcept { return dimensions_; }

  /// Coordinate `dimension` of points first, first + 1, ..., below kSobolPoints: in [0, 1), or, if
  /// scrambled, odd multiples of 2^-53 in (0, 1).
  void uniforms(std::size_t dimension, std::uint64_t first, std::span<double> out) const noexcept;

  /// The same through the inverse normal distribution; for scrambled points.
  void normals(std::size_t dimension, std::uint64_t first, std::span<double> out) const noexcept;

 private:
  std::size_t dimensions_;
  std::shared_ptr<const std::vector<std::uint32_t>> directions_;  // 32 a dimension, bits reversed
  std::vector<std::uint64_t> seeds_;  // one a dimension; empty: not scrambled
};

/// Brownian motion at given times from independent normals, the first of which say most.
class BrownianBridge {
 public:
  /// `times` positive and ascending.
  explicit BrownianBridge(std::span<const double> times);

  struct Step {
    std::size_t at;              // index of the time that this normal fixes
    std::ptrdiff_t left, right;  // neighbours known by then; -1: the start, or none
    double left_weight, right_weight;
    double deviation;
  };

  /// In the order of the normals.
  [[nodiscard]] const std::vector<Step>& steps() const noexcept { return steps_; }

  /// For `paths` paths at once, by rows of time: normals[k * paths + p] to motion[j * paths + p].
  void build(const double* normals, std::size_t paths, double* motion) const noexcept;

 private:
  std::vector<Step> steps_;
};

}  // namespace strikeproof::random
