// Calibration of Heston's and Bates's models to implied volatilities; see
// src/heston_calibration.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace strikeproof::calibration {

/// One quote of a European option.
struct Quote {
  double strike;
  double time_to_expiry;
  double forward;
  double volatility;  // Black's, implied by the price
  double weight;      // of the volatility's error: its square multiplies the squared error
};

enum class Family : std::uint8_t { kHeston, kBates };

/// Interval of a parameter; ends may be equal: the parameter is then held there.
struct Bounds {
  double lower;
  double upper;
};

enum class Stop : std::uint8_t { kGradient, kStep, kReduction, kEvaluations, kUnusable, kStalled };

struct Settings {
  int most_evaluations = 200;  // of the surface, per start
  std::vector<double> start;   // parameters; empty: starts are made from the quotes
};

struct Result {
  std::vector<double> parameters;  // heston::Model's, then bates::Jumps's
  std::vector<double> errors;      // model's volatility less the quote's, in the order of quotes
  double sum_of_squares;           // of weight * error
  std::vector<double> inverse_normal;  // (J'J)^-1 by rows, J: weighted errors by free parameters
  double condition_number;             // of J with its columns scaled to length 1
  int evaluations;                     // of the surface, all starts together
  int starts;
  Stop stop;
};

/// Parameters of `family` that minimise the weighted sum of squared errors of volatility.
[[nodiscard]] Result calibrate(Family family, std::span<const Quote> quotes,
                               std::span<const Bounds> bounds, const Settings& settings);

}  // namespace strikeproof::calibration
