// Calibration of one SVI smile; see src/svi_calibration.cpp.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "strikeproof/svi.hpp"

namespace strikeproof::svi {

struct Quote {
  double log_moneyness;
  double volatility;  // Black's
  double weight;      // of the volatility's error
};

struct CalibrationSettings {
  bool no_butterfly = true;
  double robust_scale = std::numeric_limits<double>::infinity();  // of volatility
  int most_evaluations = 400;                                     // per start
};

/// Reasons why an iteration ended, in the order of numeric::StopReason.
enum class Stop : std::uint8_t { kGradient, kStep, kReduction, kEvaluations, kUnusable };

struct Calibration {
  Raw raw;
  std::vector<double> errors;          // of volatility, smile less quote
  double sum_of_squares;               // of weighted errors, large ones reduced by the robust loss
  std::vector<double> inverse_normal;  // (J'J)^-1 by rows, J: weighted errors by raw parameters
  double condition_number;             // of J with its columns scaled to length 1
  int evaluations;
  int starts;
  Stop stop;
  bool constrained;  // the best smile without the constraint had butterfly arbitrage
};

/// Smile that minimises the weighted squared errors of volatility.
[[nodiscard]] Calibration calibrate(std::span<const Quote> quotes, double time_to_expiry,
                                    const CalibrationSettings& settings);

}  // namespace strikeproof::svi
