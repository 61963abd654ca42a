// The random numbers of a block of paths, step by step; internal to the core.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "strikeproof/monte_carlo.hpp"

namespace strikeproof::monte_carlo {

/// How many numbers a path takes.
struct Demand {
  std::span<const Step> steps;
  std::size_t normals;   // a step
  std::size_t uniforms;  // a step
};

/// Numbers that each thread writes into a buffer of its own.
class NumberSource {
 public:
  NumberSource() = default;
  NumberSource(const NumberSource&) = delete;
  NumberSource& operator=(const NumberSource&) = delete;
  NumberSource(NumberSource&&) = delete;
  NumberSource& operator=(NumberSource&&) = delete;
  virtual ~NumberSource() = default;

  struct Buffer {
    std::vector<double> normals;
    std::vector<double> uniforms;
    std::vector<double> spare;
    std::uint64_t first;
    std::size_t count;
  };
  struct StepRows {
    PathRows normals;
    PathRows uniforms;
  };

  /// Paths that are best drawn together, a multiple of 64.
  [[nodiscard]] virtual std::size_t block() const noexcept = 0;
  [[nodiscard]] virtual Buffer buffer() const = 0;
  /// For `count` paths from `first` on, a multiple of 16 and at most block().
  virtual void begin(std::uint32_t replicate, std::uint64_t first, std::size_t count,
                     Buffer& buffer) const noexcept = 0;
  /// Steps in their order, each once; the caller may write over what it gets.
  virtual StepRows step(std::size_t step, Buffer& buffer) const noexcept = 0;
};

inline constexpr std::uint16_t kMainStream = 0;
inline constexpr std::uint16_t kPilotStream = 1;

[[nodiscard]] std::unique_ptr<NumberSource> pseudo_numbers(const Demand& demand, std::uint64_t seed,
                                                           std::uint16_t stream);

/// Throws std::invalid_argument where the sequence has too few dimensions.
[[nodiscard]] std::unique_ptr<NumberSource> sobol_numbers(const Demand& demand, std::uint64_t seed,
                                                          std::uint32_t replicates);

}  // namespace strikeproof::monte_carlo
