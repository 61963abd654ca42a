// What is simulated: options of one lognormal asset.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "strikeproof/monte_carlo.hpp"
#include "strikeproof/monte_carlo_models.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"

namespace strikeproof::benchmarks {

[[nodiscard]] inline term_structure::RateCurve simulated_rate() {
  return term_structure::RateCurve::flat(0.03);
}

[[nodiscard]] inline monte_carlo::BlackScholesModel simulated_model() {
  return {{100.0},
          {term_structure::VolatilityCurve::flat(0.2)},
          {term_structure::RateCurve::flat(0.0)},
          simulated_rate(),
          {1.0}};
}

/// A call of a year.
[[nodiscard]] inline std::unique_ptr<monte_carlo::Payoff> simulated_european() {
  return monte_carlo::european({OptionType::kCall, monte_carlo::EuropeanKind::kVanilla, 100.0},
                               {{1.0}, false}, simulated_rate());
}

/// A call of a year on the arithmetic average of so many fixings.
[[nodiscard]] inline std::unique_ptr<monte_carlo::Payoff> simulated_asian(std::size_t fixings) {
  monte_carlo::Schedule schedule{{}, false};
  const auto count = static_cast<double>(fixings);
  for (std::size_t k = 1; k <= fixings; ++k) {
    schedule.dates.push_back(static_cast<double>(k) / count);
  }
  return monte_carlo::asian({asian::Average::kArithmetic,
                             asian::Strike::kFixed,
                             OptionType::kCall,
                             100.0,
                             std::vector<double>(fixings, 1.0 / count),
                             {},
                             {}},
                            schedule, simulated_rate());
}

}  // namespace strikeproof::benchmarks
