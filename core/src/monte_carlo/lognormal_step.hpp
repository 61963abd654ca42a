// What lognormal models share: drifts and covariances of every step; internal to the core.
#pragma once

#include <vector>

#include "strikeproof/monte_carlo_models.hpp"

namespace strikeproof::monte_carlo {

/// Log returns of one step: drift + factor z with independent standard normals z.
struct LognormalStep {
  std::vector<double> drift;     // by asset
  std::vector<double> variance;  // by asset
  std::vector<double> factor;    // lower triangle of the assets' square, by rows
};

/// One for every step; the steps' clocks become the assets' summed variance where that ascends.
[[nodiscard]] std::vector<LognormalStep> lognormal_steps(const BlackScholesModel& model,
                                                         std::vector<Step>& steps);

/// Times at which a volatility or a drift jumps, between which the log spot is Brownian with drift.
[[nodiscard]] std::vector<double> nodes_of(const BlackScholesModel& model);

/// log spots of all assets at time 0.
void start_at(const std::vector<double>& spot, const Paths& paths) noexcept;

}  // namespace strikeproof::monte_carlo
