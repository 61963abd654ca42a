// Volatility surfaces of Gatheral and Jacquier (SSVI) and of Hendriks and Martini (eSSVI); see
// src/ssvi.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "strikeproof/status.hpp"
#include "strikeproof/svi.hpp"

namespace strikeproof::ssvi {

/// w(k) = (theta + rho psi k + sqrt((psi k + rho theta)^2 + theta^2 (1 - rho^2)))/2.
struct Slice {
  double theta;  // > 0, total variance at the money
  double rho;    // within (-1, 1)
  double psi;    // > 0, theta phi(theta): twice the mean slope of the wings
};

enum class Family : std::uint8_t {
  kSlices = 0,     // eSSVI: every expiry has a rho and a psi of its own
  kPowerLaw = 1,   // phi = eta/(theta^gamma (1 + theta)^(1 - gamma))
  kPurePower = 2,  // phi = eta theta^-gamma, psi held beyond the last theta
  kHeston = 3,     // phi = (1 - (1 - exp(-x))/x)/x, x = eta theta
};

enum class Interpolation : std::uint8_t {
  kLinear = 0,  // of theta by time
  kSmooth = 1,  // Steffen's monotone cubic: local volatility without jumps at the expiries
};

/// What the smile of one time is made of, and its derivatives by time.
struct Smile {
  double theta;
  double psi;
  double rho_psi;
  double theta_by_time;
  double psi_by_time;
  double rho_psi_by_time;
};

/// Total variance and its derivatives by k and by time.
struct Point {
  svi::Point by_moneyness;
  double by_time;
};

[[nodiscard]] Point at(const Smile& smile, double log_moneyness) noexcept;

/// Total variance and its derivatives by theta, psi and rho psi.
struct Gradient {
  double value;
  double by_theta;
  double by_psi;
  double by_rho_psi;
};

[[nodiscard]] Gradient gradient(const Smile& smile, double log_moneyness) noexcept;

/// The smile as a slice of SVI.
[[nodiscard]] svi::Raw raw(const Smile& smile) noexcept;

/// psi of one of the families with a formula, and its derivative by theta.
struct PsiPoint {
  double value;
  double slope;
};
[[nodiscard]] PsiPoint psi(Family family, double eta, double gamma, double theta) noexcept;

/// Dupire's local volatility, or why there is none.
struct LocalVolatility {
  double value;  // NaN unless status is kOk
  Status status;
};
[[nodiscard]] LocalVolatility local_volatility(const Smile& smile, double log_moneyness) noexcept;

/// A surface over all times above 0. Engines hold the smile of a time and ask it for many k.
class Surface {
 public:
  /// Times ascend from above 0, one per slice. A family with a formula reads theta of every slice,
  /// rho of the first, eta and gamma; kSlices reads neither of the two.
  Surface(std::span<const double> times, std::span<const Slice> slices, Family family, double eta,
          double gamma, Interpolation interpolation);

  [[nodiscard]] Smile smile(double time_to_expiry) const noexcept;

 private:
  struct Level {
    double value;
    double by_time;
    double share;  // of the way from the node before to the node after; above 1 after the last
    std::size_t after;
  };
  [[nodiscard]] Level theta(double time_to_expiry) const noexcept;
  [[nodiscard]] Smile between(const Level& level) const noexcept;

  Family family_;
  double eta_;
  double gamma_;
  std::vector<double> times_;   // with 0 in front
  std::vector<Slice> nodes_;    // with the origin in front
  std::vector<double> slopes_;  // of theta by time at the nodes
  Interpolation interpolation_;
};

struct Violation {
  svi::Violation at;
  double time;        // of the smile; of the earlier one
  double later_time;  // NaN where one smile is to blame
};

/// Static arbitrage of the smiles at ascending `times`: of each, and of neighbours.
[[nodiscard]] std::vector<Violation> arbitrage(const Surface& surface,
                                               std::span<const double> times);

}  // namespace strikeproof::ssvi
