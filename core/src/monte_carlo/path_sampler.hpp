// Samples that are discounted payoffs of simulated paths; internal to the core.
#pragma once

#include <memory>
#include <vector>

#include "numbers.hpp"
#include "sampler.hpp"

namespace strikeproof::monte_carlo {

/// Several payoffs on the same paths, each output a row; throws std::invalid_argument where they do
/// not fit together. What it is given must outlive it.
class PathSampler final : public Sampler {
 public:
  PathSampler(const Dynamics& dynamics, std::vector<const Payoff*> payoffs,
              const NumberSource& numbers, bool antithetic);

  [[nodiscard]] std::size_t outputs() const noexcept override { return outputs_; }
  [[nodiscard]] std::size_t block() const noexcept override { return numbers_.block(); }
  [[nodiscard]] std::unique_ptr<Workspace> workspace() const override;
  void sample(std::uint32_t replicate, std::uint64_t first, std::size_t count, Workspace& workspace,
              double* out) const noexcept override;

 private:
  struct Side;
  struct Place;
  void start(Side& side, std::size_t count) const noexcept;
  void advance(Side& side, std::size_t step, std::size_t count,
               const NumberSource::StepRows& rows) const noexcept;

  const Dynamics& dynamics_;
  std::vector<const Payoff*> payoffs_;
  const NumberSource& numbers_;
  bool antithetic_;
  bool continuous_;
  bool reads_spot_ = false;
  std::size_t outputs_ = 0;
};

/// The numbers that a payoff (and controls, which take none of their own) wants of a model.
[[nodiscard]] Demand demand_of(const Dynamics& dynamics, const Payoff& payoff);

}  // namespace strikeproof::monte_carlo
