// Calibration of SSVI and eSSVI surfaces; see src/ssvi_calibration.cpp.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "strikeproof/ssvi.hpp"
#include "strikeproof/svi_calibration.hpp"

namespace strikeproof::ssvi {

struct Quote {
  std::size_t expiry;  // index of its time
  double log_moneyness;
  double volatility;  // Black's
  double weight;      // of the volatility's error
};

struct CalibrationSettings {
  Family family = Family::kSlices;
  double robust_scale = std::numeric_limits<double>::infinity();  // of volatility
  int most_evaluations = 300;                                     // per start
};

struct Calibration {
  std::vector<Slice> slices;
  double eta;                  // NaN for kSlices
  double gamma;                // NaN for kSlices and kHeston
  std::vector<double> errors;  // of volatility, surface less quote
  double sum_of_squares;       // of weighted errors, large ones reduced by the robust loss
  // Of the reported parameters: (J'J)^-1 by rows. kSlices: theta, rho and psi of every slice in
  // turn; else rho, eta, gamma (not for kHeston), theta of every slice.
  std::vector<double> inverse_normal;
  double condition_number;  // of J by the variables of the fit, columns scaled to length 1
  int evaluations;
  int starts;
  svi::Stop stop;
};

/// Surface without static arbitrage that minimises the weighted squared errors of volatility.
/// Times ascend; every one has a quote.
[[nodiscard]] Calibration calibrate(std::span<const double> times, std::span<const Quote> quotes,
                                    const CalibrationSettings& settings);

}  // namespace strikeproof::ssvi
