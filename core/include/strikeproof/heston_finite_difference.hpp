// Options under Heston's stochastic volatility by finite differences in spot and variance: early
// exercise, barriers, digital payoffs; see src/heston_finite_difference.cpp for method and sources.
#pragma once

#include <cstdint>

#include "strikeproof/finite_difference.hpp"
#include "strikeproof/heston.hpp"

namespace strikeproof::heston_finite_difference {

/// Alternating directions: of the second order in time for any correlation.
enum class Scheme : std::uint8_t {
  kModifiedCraigSneyd = 0,
  kHundsdorferVerwer = 1,
};

/// Errors fall as the square of the three numbers together.
struct Settings {
  int spot_points;             // kMinimumPoints to kMaximumPoints
  int variance_points;         // the same
  int time_steps;              // 2 to kMaximumSteps
  bool extrapolation = false;  // Richardson's, from this grid and one twice as fine in all three
  Scheme scheme = Scheme::kModifiedCraigSneyd;
  // each cell and step of the above is cut into so many: nested grids; the limits hold for the
  // products too
  int refinement = 1;
};

inline constexpr int kMinimumPoints = 10;
inline constexpr int kMaximumPoints = 1'000;
inline constexpr int kMaximumSteps = 10'000;
inline constexpr int kMaximumRefinement = 16;

/// Derivatives by spot, time as it passes, and the initial variance.
struct Values {
  double price, delta, gamma, theta, initial_variance;
};

struct Result {
  Values value;  // all NaN unless status is kOk
  Status status;
};

/// Values with the errors that grids of half and twice the cells and steps tell.
struct Estimate {
  Values value;
  Values error;  // >= 0, absolute
  double order;  // of the price; NaN where the three grids do not move in one direction
};

struct EstimateResult {
  Estimate value;
  Status status;
};

/// European and American exercise, the latter not of knock-ins; barriers watched at all times.
/// Others are kOutOfDomain.
[[nodiscard]] Result value(const finite_difference::Contract& contract,
                           const heston::Market& market, const Settings& settings) noexcept;

[[nodiscard]] EstimateResult estimate(const finite_difference::Contract& contract,
                                      const heston::Market& market,
                                      const Settings& settings) noexcept;

}  // namespace strikeproof::heston_finite_difference
