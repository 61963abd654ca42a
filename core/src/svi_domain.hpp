// SVI smiles by variables without bounds: every point is a smile with positive variance and wings
// within Lee's bound, and in the narrower domain one without butterfly arbitrage.
//
// Wide domain: least variance v = exp(x0), slopes of the wings p = b (1 + rho) and q = b (1 - rho)
// between 0 and 2, m, sigma = exp(x4); a = v - sigma sqrt(p q).
//
// Narrow domain [1]: with k = sigma (l + mu) and w = sigma N(l), N = alpha + b (rho l +
// sqrt(l^2 + 1)),
//
//   g = G1(l) - G2(l)/(2 sigma),  G2 = N'^2/(2N) - N'',
//   G1 = (1 - N' ((l + mu)/(2N) + 1/4)) (1 - N' ((l + mu)/(2N) - 1/4)).
//
// G1 > 0 for all l, which Fukasawa showed to be necessary, is an interval of mu:
//
//   sup over N' < 0 of 2N/N' - l + N/2  <  mu  <  inf over N' > 0 of 2N/N' - l - N/2
//
// and then g >= 0 for all l exactly if sigma >= sup G2/(2 G1).
//
// [1] Martini, C. and Mingone, A. (2022), No arbitrage SVI, SIAM J. Financial Mathematics 13(1),
//     227-261.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include "numeric/lowest.hpp"
#include "strikeproof/svi.hpp"

namespace strikeproof::svi {

inline constexpr std::size_t kParameters = 5;
using Variables = std::array<double, kParameters>;
using Slopes = std::array<Variables, kParameters>;  // of a, b, rho, m, sigma by the variables

inline constexpr double kSteepest = 2.0;
inline constexpr double kMargin = 1e-9;  // relative, what is kept from the ends of intervals

[[nodiscard]] inline double logistic(double x) noexcept { return 1.0 / (1.0 + std::exp(-x)); }

[[nodiscard]] inline double logit(double share) noexcept {
  const double inside = std::clamp(share, 1e-6, 1.0 - 1e-6);
  return std::log(inside / (1.0 - inside));
}

[[nodiscard]] inline bool finite(const Raw& raw) noexcept {
  return std::isfinite(raw.a + raw.b + raw.rho + raw.m + raw.sigma) && raw.sigma > 0.0;
}

class WideDomain {
 public:
  static bool outward(std::span<const double> x, Raw& raw, Slopes& slopes) noexcept {
    const double v = std::exp(x[0]);
    const double p = kSteepest * logistic(x[1]);
    const double q = kSteepest * logistic(x[2]);
    const double sigma = std::exp(x[4]);
    const double root = std::sqrt(p * q);
    const double sum = p + q;
    raw = {v - sigma * root, 0.5 * sum, (p - q) / sum, x[3], sigma};
    const double by_p = p * (1.0 - p / kSteepest);  // of p by x1
    const double by_q = q * (1.0 - q / kSteepest);
    slopes = {};
    slopes[0] = {v, -0.5 * sigma * root * by_p / p, -0.5 * sigma * root * by_q / q, 0.0,
                 -sigma * root};
    slopes[1] = {0.0, 0.5 * by_p, 0.5 * by_q, 0.0, 0.0};
    slopes[2] = {0.0, 2.0 * q * by_p / (sum * sum), -2.0 * p * by_q / (sum * sum), 0.0, 0.0};
    slopes[3][3] = 1.0;
    slopes[4][4] = sigma;
    return finite(raw) && sum > 0.0;
  }

  static Variables inward(const Raw& raw) noexcept {
    constexpr double kLeastShare = 1e-3;
    const double typical = std::max(std::abs(raw.a) + raw.b * raw.sigma, 1e-12);
    return {std::log(std::max(least_variance(raw), kLeastShare * typical)),
            logit(raw.b * (1.0 + raw.rho) / kSteepest), logit(raw.b * (1.0 - raw.rho) / kSteepest),
            raw.m, std::log(raw.sigma)};
  }
};

/// Shape of a smile in units of sigma.
class Shape {
 public:
  Shape(double alpha, double p, double q) : alpha_(alpha), p_(p), q_(q) {
    bottom_ = std::asinh(0.5 * (q - p) / std::sqrt(p * q));
  }

  struct Interval {
    double low;
    double high;
  };

  /// Of mu; empty where low >= high.
  [[nodiscard]] Interval fukasawa() const {
    const auto above = [this](double u) {
      const Point n = at(u);
      return 2.0 * n.value / n.slope - std::sinh(u) - 0.5 * n.value;
    };
    const auto below = [this](double u) {
      const Point n = at(u);
      return -(2.0 * n.value / n.slope - std::sinh(u) + 0.5 * n.value);
    };
    return {-numeric::lowest(below, bottom_ - kReach, bottom_ - kNear, kSteps).value,
            numeric::lowest(above, bottom_ + kNear, bottom_ + kReach, kSteps).value};
  }

  /// Smallest sigma without butterfly arbitrage, mu being inside the interval.
  [[nodiscard]] double least_sigma(double mu) const {
    const auto minus_ratio = [this, mu](double u) {
      const Point n = at(u);
      const double middle = n.slope * (std::sinh(u) + mu) / (2.0 * n.value);
      const double quarter = 0.25 * n.slope;
      const double first = (1.0 - middle - quarter) * (1.0 - middle + quarter);
      return -(0.5 * n.slope * n.slope / n.value - n.curvature) / (2.0 * first);
    };
    const double left = numeric::lowest(minus_ratio, bottom_ - kReach, bottom_, kSteps).value;
    const double right = numeric::lowest(minus_ratio, bottom_, bottom_ + kReach, kSteps).value;
    return -std::min(left, right);
  }

 private:
  static constexpr double kReach = 14.0;
  static constexpr double kNear = 1e-6;
  static constexpr int kSteps = 64;

  [[nodiscard]] Point at(double u) const noexcept {
    const double l = std::sinh(u);
    const double root = std::cosh(u);
    const double ratio = l / root;
    return {alpha_ + 0.5 * (p_ * (root + l) + q_ * (root - l)),
            0.5 * (p_ * (1.0 + ratio) - q_ * (1.0 - ratio)),
            0.5 * (p_ + q_) / (root * root * root)};
  }

  double alpha_;
  double p_;
  double q_;
  double bottom_;  // asinh of the place of the least variance
};

class NarrowDomain {
 public:
  static bool outward(std::span<const double> x, Raw& raw, Slopes& slopes) {
    constexpr double kStep = 1e-5;
    if (!smile(x, raw)) return false;
    Variables moved{};
    for (std::size_t j = 0; j < kParameters; ++j) {
      std::copy_n(x.begin(), kParameters, moved.begin());
      Raw up{};
      Raw down{};
      moved[j] = x[j] + kStep;
      if (!smile(moved, up)) return false;
      moved[j] = x[j] - kStep;
      if (!smile(moved, down)) return false;
      const auto rise = [](double high, double low) { return (high - low) / (2.0 * kStep); };
      slopes[0][j] = rise(up.a, down.a);
      slopes[1][j] = rise(up.b, down.b);
      slopes[2][j] = rise(up.rho, down.rho);
      slopes[3][j] = rise(up.m, down.m);
      slopes[4][j] = rise(up.sigma, down.sigma);
    }
    return true;
  }

  /// The nearest point of the domain, coordinate by coordinate.
  static bool inward(const Raw& raw, Variables& x) {
    constexpr double kInside = 0.02;
    constexpr int kRaises = 40;
    const double p = std::clamp(raw.b * (1.0 + raw.rho), 1e-6, kSteepest - 1e-3);
    const double q = std::clamp(raw.b * (1.0 - raw.rho), 1e-6, kSteepest - 1e-3);
    double bottom = std::max(raw.a / raw.sigma + std::sqrt(p * q), 1e-4);
    for (int raise = 0; raise < kRaises; ++raise, bottom *= 1.5) {
      const Shape shape(bottom - std::sqrt(p * q), p, q);
      const Shape::Interval allowed = shape.fukasawa();
      if (!(allowed.low < allowed.high)) continue;
      const double share = (raw.m / raw.sigma - allowed.low) / (allowed.high - allowed.low);
      const double inside = std::clamp(share, kInside, 1.0 - kInside);
      const double mu = allowed.low + (allowed.high - allowed.low) * inside;
      const double excess = raw.sigma / shape.least_sigma(mu) - 1.0;
      x = {std::log(bottom), logit(p / kSteepest), logit(q / kSteepest), logit(inside),
           std::log(std::max(excess, kInside))};
      return true;
    }
    return false;
  }

 private:
  static bool smile(std::span<const double> x, Raw& raw) {
    const double p = kSteepest * logistic(x[1]);
    const double q = kSteepest * logistic(x[2]);
    if (!(p > 0.0 && q > 0.0 && p < kSteepest && q < kSteepest)) return false;
    const double alpha = std::exp(x[0]) - std::sqrt(p * q);
    const Shape shape(alpha, p, q);
    const Shape::Interval allowed = shape.fukasawa();
    if (!(allowed.low < allowed.high)) return false;
    const double mu = allowed.low + (allowed.high - allowed.low) * logistic(x[3]);
    const double sigma = shape.least_sigma(mu) * (1.0 + kMargin + std::exp(x[4]));
    raw = {sigma * alpha, 0.5 * (p + q), (p - q) / (p + q), sigma * mu, sigma};
    return finite(raw);
  }
};

}  // namespace strikeproof::svi
