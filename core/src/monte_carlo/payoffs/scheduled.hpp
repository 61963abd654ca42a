// What all payoffs share; internal to the core.
#pragma once

#include <utility>

#include "strikeproof/monte_carlo.hpp"
#include "strikeproof/term_structure.hpp"

namespace strikeproof::monte_carlo {

class Scheduled : public Payoff {
 public:
  explicit Scheduled(Schedule schedule) : schedule_(std::move(schedule)) {}

  [[nodiscard]] const Schedule& schedule() const noexcept override { return schedule_; }

 protected:
  [[nodiscard]] bool is_last(const Observation& seen) const noexcept {
    return seen.date + 1 == schedule_.dates.size();
  }

 private:
  Schedule schedule_;
};

/// Discount factor of the schedule's last date.
[[nodiscard]] inline double final_discount(const Schedule& schedule,
                                           const term_structure::RateCurve& rate) noexcept {
  return rate.discount(schedule.dates.back());
}

}  // namespace strikeproof::monte_carlo
