// What an estimate averages, and the average; internal to the core.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "strikeproof/monte_carlo.hpp"
#include "strikeproof/parallel.hpp"

namespace strikeproof::monte_carlo {

/// Samples whose sum is one unit: sums do not depend on how units are shared out.
inline constexpr std::size_t kUnit = 64;

/// What a thread needs to draw samples.
class Workspace {
 public:
  Workspace() = default;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  Workspace(Workspace&&) = delete;
  Workspace& operator=(Workspace&&) = delete;
  virtual ~Workspace() = default;
};

/// Samples as functions of their number.
class Sampler {
 public:
  Sampler() = default;
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;
  Sampler(Sampler&&) = delete;
  Sampler& operator=(Sampler&&) = delete;
  virtual ~Sampler() = default;

  [[nodiscard]] virtual std::size_t outputs() const noexcept = 0;
  /// Samples that are best drawn together: a multiple of kUnit.
  [[nodiscard]] virtual std::size_t block() const noexcept = 0;
  [[nodiscard]] virtual std::unique_ptr<Workspace> workspace() const = 0;
  /// Samples first, first + 1, ..., count of them, of a replicate: rows of block() numbers.
  virtual void sample(std::uint32_t replicate, std::uint64_t first, std::size_t count,
                      Workspace& workspace, double* out) const noexcept = 0;
};

/// How many samples to draw, and when to stop.
struct Plan {
  std::uint32_t replicates;        // 1: samples are independent; else only replicates are
  std::uint64_t samples;           // a replicate, before the error is first looked at
  std::uint64_t most;              // a replicate
  std::uint64_t paths_per_sample;  // what the caller calls a path
  double absolute_target;
  double relative_target;
};

/// Throws std::invalid_argument where the settings contradict each other.
[[nodiscard]] Plan plan_of(const Settings& settings);

[[nodiscard]] std::optional<std::vector<Estimate>> estimate(const Sampler& sampler,
                                                            const Plan& plan,
                                                            const Parallel& parallel,
                                                            const Progress& progress);

/// Means and covariances of the outputs over the first samples of replicate 0.
struct Moments {
  std::vector<double> mean;
  std::vector<double> covariance;  // by rows
};
[[nodiscard]] std::optional<Moments> moments(const Sampler& sampler, std::size_t samples,
                                             const Parallel& parallel);

}  // namespace strikeproof::monte_carlo
