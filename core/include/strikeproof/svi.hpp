// Smiles of one expiry as Gatheral's SVI hyperbola; see src/svi.cpp and src/svi_arbitrage.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "strikeproof/result.hpp"
#include "strikeproof/status.hpp"

namespace strikeproof::svi {

/// w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)), k = ln(strike / forward), w: volatility
/// squared times time to expiry.
struct Raw {
  double a;
  double b;    // >= 0
  double rho;  // within [-1, 1]
  double m;
  double sigma;  // > 0
};

/// w(k) = delta + omega/2 (1 + zeta rho (k - mu) + sqrt((zeta (k - mu) + rho)^2 + 1 - rho^2)).
struct Natural {
  double delta;
  double mu;
  double rho;    // within (-1, 1)
  double omega;  // >= 0
  double zeta;   // > 0
};

/// Variance per year and its at-the-money skew, slopes of the wings, smallest variance.
struct JumpWings {
  double v;        // > 0, variance per year at the money
  double psi;      // slope of the volatility at the money by k, times the square root of time
  double p;        // >= 0, slope of the left wing of w, downward, over sqrt(v t)
  double c;        // >= 0, slope of the right wing of w over sqrt(v t)
  double v_tilde;  // smallest variance per year
};

struct NaturalResult {
  Natural value;  // all NaN unless status is kOk
  Status status;
};

struct JumpWingsResult {
  JumpWings value;  // all NaN unless status is kOk
  Status status;
};

struct RawResult {
  Raw value;  // all NaN unless status is kOk
  Status status;
};

/// kOutOfDomain where |rho| = 1, which the natural parameters cannot say.
[[nodiscard]] NaturalResult natural_from_raw(const Raw& raw) noexcept;
[[nodiscard]] RawResult raw_from_natural(const Natural& natural) noexcept;

/// kOutOfDomain where the variance at the money is not positive or the time is not.
[[nodiscard]] JumpWingsResult jump_wings_from_raw(const Raw& raw, double time_to_expiry) noexcept;

/// kOutOfDomain unless -p < 2 psi < c and v > v_tilde; where the smallest variance is that at the
/// money (2 psi = (c - p)/2 sqrt(...)), jump wings do not say how wide the smile's bottom is.
[[nodiscard]] RawResult raw_from_jump_wings(const JumpWings& wings, double time_to_expiry) noexcept;

/// Total variance and its derivatives by k.
struct Point {
  double value;
  double slope;
  double curvature;
};

[[nodiscard]] Point total_variance(const Raw& raw, double log_moneyness) noexcept;

/// Smallest total variance of the smile.
[[nodiscard]] double least_variance(const Raw& raw) noexcept;

/// g(k) = (1 - k w'/(2w))^2 - w'^2/4 (1/w + 1/4) + w''/2: the density over Black's.
[[nodiscard]] double durrleman(double log_moneyness, const Point& w) noexcept;

/// Risk-neutral density of ln(spot at expiry / forward).
[[nodiscard]] double density(double log_moneyness, const Point& w) noexcept;

enum class Fault : std::uint8_t {
  kButterfly = 0,  // g < 0: a negative density
  kVariance = 1,   // total variance is not positive
  kLeftWing = 2,   // slope of the left wing beyond -2
  kRightWing = 3,  // slope of the right wing 2 or more: calls of large strikes do not vanish
  kCalendar = 4,   // the later total variance is below the earlier one
};

/// An interval of k where the rule is broken.
struct Violation {
  Fault fault;
  double place;  // k where it is broken most
  double size;   // there: g, total variance, 2 less the slope, later over earlier variance less 1
  double from;
  double to;
};

/// Where a smile allows butterfly arbitrage; empty: nowhere on the real line. Decided by the real
/// roots of a polynomial, not on a grid.
[[nodiscard]] std::vector<Violation> butterfly(const Raw& raw);

/// Where `later` is below `earlier`, whose variance is positive; empty: nowhere.
[[nodiscard]] std::vector<Violation> calendar(const Raw& earlier, const Raw& later);

}  // namespace strikeproof::svi
