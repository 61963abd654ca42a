// SSVI and eSSVI surfaces by variables without bounds: every point is a surface without arbitrage.
//
// eSSVI [1]: theta_1 = exp(x), theta_i = p_i theta_(i-1) + exp(x) with
//   p_i = max((1 + rho_(i-1))/(1 + rho_i), (1 - rho_(i-1))/(1 - rho_i)),
// and psi_i anywhere between p_i psi_(i-1) and the least of psi_(i-1) theta_i/theta_(i-1) and F_i,
//   F_i = min(f_i, F_(i+1)/p_(i+1)),  f_i = min(4/(1 + |rho_i|), 2 sqrt(theta_i/(1 + |rho_i|))),
// the last so that the later slices find room.
//
// SSVI [2]: theta_i - theta_(i-1) = exp(x). Power law: 0 < gamma < 1/2 and eta below both
// 4/(1 + |rho|) and the eta for which the largest psi^2 (1 + |rho|)/theta, at theta = 1 - 2 gamma,
// is 4; pure power: the same at the last theta; Heston-like: eta > (1 + |rho|)/4.
//
// [1] Mingone, A. (2022), No arbitrage global parametrization for the eSSVI volatility surface,
//     Quantitative Finance 22(12), 2205-2217.
// [2] Gatheral, J. and Jacquier, A. (2014), Arbitrage-free SVI volatility surfaces, Quantitative
//     Finance 14(1), 59-71, section 4.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "strikeproof/ssvi.hpp"

namespace strikeproof::ssvi {

inline constexpr double kSteepestRho = 0.999;
inline constexpr double kMostExcess = 1e4;  // of the Heston-like eta over its least value

[[nodiscard]] inline double logistic(double x) noexcept { return 1.0 / (1.0 + std::exp(-x)); }

[[nodiscard]] inline double logit(double share) noexcept {
  constexpr double kMargin = 1e-4;
  const double inside = std::clamp(share, kMargin, 1.0 - kMargin);
  return std::log(inside / (1.0 - inside));
}

/// A share that never vanishes: a flat smile is the limit of smiles, not one of them.
[[nodiscard]] inline double share_of(double x) noexcept {
  constexpr double kLeast = 1e-7;
  return kLeast + (1.0 - kLeast) * logistic(x);
}

[[nodiscard]] inline double rho_of(double x) noexcept {
  return kSteepestRho * (2.0 * logistic(x) - 1.0);
}

[[nodiscard]] inline double variable_of_rho(double rho) noexcept {
  return logit(0.5 * (rho / kSteepestRho + 1.0));
}

/// What the wings' slopes stay below 2 by, relatively: at 2 calls of large strikes do not vanish.
inline constexpr double kBelowSteepest = 1.0 - 1e-9;

/// Largest psi of a slice by the conditions of Gatheral and Jacquier.
[[nodiscard]] inline double steepest_psi(double theta, double rho) noexcept {
  const double both = 1.0 + std::abs(rho);
  return std::min(kBelowSteepest * 4.0 / both, 2.0 * std::sqrt(theta / both));
}

/// What a point of a domain stands for.
struct Place {
  std::vector<Slice> slices;
  std::vector<double> reported;  // parameters as they are reported
};

class SlicesDomain {
 public:
  explicit SlicesDomain(std::size_t expiries) : expiries_(expiries) {}

  [[nodiscard]] std::size_t variables() const noexcept { return 3 * expiries_; }

  void outward(std::span<const double> x, Place& point) const {
    std::vector<Slice>& slices = point.slices;
    slices.assign(expiries_, Slice{});
    for (std::size_t i = 0; i < expiries_; ++i) slices[i].rho = rho_of(x[3 * i + 1]);
    for (std::size_t i = 0; i < expiries_; ++i) {
      const double least = i == 0 ? 0.0 : stretch(slices, i) * slices[i - 1].theta;
      slices[i].theta = least + std::exp(x[3 * i]);
    }
    const std::vector<double> room = rooms(slices);
    for (std::size_t i = 0; i < expiries_; ++i) {
      const auto [low, high] = psi_range(slices, room, i);
      slices[i].psi = low + (high - low) * share_of(x[3 * i + 2]);
    }
    point.reported.clear();
    for (const Slice& slice : slices) {
      point.reported.insert(point.reported.end(), {slice.theta, slice.rho, slice.psi});
    }
  }

  /// The variables of slices that are admissible, or of admissible ones near them.
  [[nodiscard]] std::vector<double> inward(std::vector<Slice> slices) const {
    constexpr double kLeastRise = 1e-3;  // of theta, relative
    constexpr double kInside = 0.02;
    std::vector<double> x(variables());
    for (std::size_t i = 0; i < expiries_; ++i) {
      slices[i].rho = std::clamp(slices[i].rho, -0.98, 0.98);
      x[3 * i + 1] = variable_of_rho(slices[i].rho);
    }
    for (std::size_t i = 0; i < expiries_; ++i) {
      const double least = i == 0 ? 0.0 : stretch(slices, i) * slices[i - 1].theta;
      const double rise = std::max(slices[i].theta - least, kLeastRise * slices[i].theta);
      slices[i].theta = least + rise;
      x[3 * i] = std::log(rise);
    }
    const std::vector<double> room = rooms(slices);
    for (std::size_t i = 0; i < expiries_; ++i) {
      const auto [low, high] = psi_range(slices, room, i);
      const double share = std::clamp((slices[i].psi - low) / (high - low), kInside, 1.0 - kInside);
      slices[i].psi = low + (high - low) * share;
      x[3 * i + 2] = logit(share);
    }
    return x;
  }

 private:
  struct Range {
    double low;
    double high;
  };

  static double stretch(const std::vector<Slice>& slices, std::size_t i) noexcept {
    const double before = slices[i - 1].rho;
    const double now = slices[i].rho;
    return std::max((1.0 + before) / (1.0 + now), (1.0 - before) / (1.0 - now));
  }

  static std::vector<double> rooms(const std::vector<Slice>& slices) {
    std::vector<double> found(slices.size());
    for (std::size_t i = slices.size(); i-- > 0;) {
      found[i] = steepest_psi(slices[i].theta, slices[i].rho);
      if (i + 1 < slices.size())
        found[i] = std::min(found[i], found[i + 1] / stretch(slices, i + 1));
    }
    return found;
  }

  static Range psi_range(const std::vector<Slice>& slices, const std::vector<double>& room,
                         std::size_t i) {
    if (i == 0) return {0.0, room[0]};
    const Slice& before = slices[i - 1];
    return {stretch(slices, i) * before.psi,
            std::min(room[i], before.psi * slices[i].theta / before.theta)};
  }

  std::size_t expiries_;
};

/// SSVI: one rho and a formula of psi.
class FormulaDomain {
 public:
  FormulaDomain(Family family, std::size_t expiries) : family_(family), expiries_(expiries) {}

  [[nodiscard]] std::size_t variables() const noexcept { return expiries_ + shapes(); }

  void outward(std::span<const double> x, Place& point) const {
    const double rho = rho_of(x[0]);
    const double gamma = family_ == Family::kHeston ? 0.0 : 0.5 * share_of(x[2]);
    std::vector<double> theta(expiries_);
    double level = 0.0;
    for (std::size_t i = 0; i < expiries_; ++i) {
      level += std::exp(x[shapes() + i]);
      theta[i] = level;
    }
    const double eta = eta_of(x[1], rho, gamma, level);
    point.slices.clear();
    for (const double value : theta) {
      point.slices.push_back({value, rho, psi(family_, eta, gamma, value).value});
    }
    point.reported = {rho, eta};
    if (family_ != Family::kHeston) point.reported.push_back(gamma);
    point.reported.insert(point.reported.end(), theta.begin(), theta.end());
  }

  /// Share: of the largest eta that is allowed; for the Heston-like family the nearer to 1 the
  /// nearer to the smallest.
  [[nodiscard]] std::vector<double> start(double rho, double share, double gamma,
                                          const std::vector<double>& theta) const {
    std::vector<double> x{variable_of_rho(rho)};
    x.push_back(logit(family_ == Family::kHeston ? 1.0 - share : share));
    if (family_ != Family::kHeston) x.push_back(logit(2.0 * gamma));
    double before = 0.0;
    for (const double level : theta) {
      x.push_back(std::log(level - before));
      before = level;
    }
    return x;
  }

 private:
  [[nodiscard]] std::size_t shapes() const noexcept { return family_ == Family::kHeston ? 2 : 3; }

  [[nodiscard]] double eta_of(double x, double rho, double gamma, double last) const {
    const double both = 1.0 + std::abs(rho);
    if (family_ == Family::kHeston) return 0.25 * both * std::pow(kMostExcess, logistic(x));
    if (family_ == Family::kPurePower) {
      const double by_slope = kBelowSteepest * 4.0 / both / std::pow(last, 1.0 - gamma);
      return share_of(x) * std::min(by_slope, 2.0 / std::sqrt(both) / std::pow(last, 0.5 - gamma));
    }
    const double peak = std::pow(1.0 - 2.0 * gamma, 1.0 - 2.0 * gamma) /
                        std::pow(2.0 - 2.0 * gamma, 2.0 - 2.0 * gamma);
    return share_of(x) * std::min(4.0 / both, 2.0 / std::sqrt(both * peak));
  }

  Family family_;
  std::size_t expiries_;
};

}  // namespace strikeproof::ssvi
