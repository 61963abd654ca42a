// What the one-factor solver is told by contract and market: payoffs, events, the plan of its grid;
// internal to the core. Method and sources: src/finite_difference.cpp.
#pragma once

#include <vector>

#include "numeric/one_factor.hpp"
#include "numeric/spot_grid.hpp"

namespace strikeproof::numeric {

/// What exercise pays as a function of the spot: phi (S - K), or a digital payoff.
struct PayoffTerms {
  finite_difference::Payoff kind;
  double phi;
  double strike;
  double cash;

  /// At expiry: never negative; half of a digital payoff exactly at the strike.
  [[nodiscard]] double at_expiry(double spot) const noexcept;
  /// slope S + level, of the side where the spot is.
  [[nodiscard]] double slope(double spot) const noexcept;
  [[nodiscard]] double level(double spot) const noexcept;
  [[nodiscard]] bool in_the_money(double spot) const noexcept {
    return phi * (spot - strike) >= 0.0;
  }
};

[[nodiscard]] PayoffTerms payoff_of(const finite_difference::Contract& contract) noexcept;

enum class EventKind : int { kWatch = 0, kExercise = 1, kDividend = 2 };

struct Event {
  double time;
  EventKind kind;
  double amount;  // of a dividend
};

/// Within (0, expiry), of barriers within (0, expiry]; in order of time, on one date the barrier is
/// watched first and the dividend paid last.
[[nodiscard]] std::vector<Event> events_of(const OneFactorProblem& problem);

/// Grid for the contract; a barrier watched at all times bounds it where the contract ends there.
[[nodiscard]] AxisPlan plan_of(const OneFactorProblem& problem,
                               const finite_difference::Settings& settings, Refinement refinement);

}  // namespace strikeproof::numeric
