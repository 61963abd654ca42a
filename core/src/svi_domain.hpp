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

  /// Where the extremes are that bound mu (below and above) and sigma.
  struct Places {
    double low;
    double high;
    double sigma;
  };

  struct Interval {
    double low;
    double high;
  };

  [[nodiscard]] double lower_bound(double u) const noexcept {
    const Point n = at(u);
    return 2.0 * n.value / n.slope - std::sinh(u) + 0.5 * n.value;
  }

  [[nodiscard]] double upper_bound(double u) const noexcept {
    const Point n = at(u);
    return 2.0 * n.value / n.slope - std::sinh(u) - 0.5 * n.value;
  }

  /// G2/(2 G1).
  [[nodiscard]] double ratio(double mu, double u) const noexcept {
    const Point n = at(u);
    const double middle = n.slope * (std::sinh(u) + mu) / (2.0 * n.value);
    const double quarter = 0.25 * n.slope;
    const double first = (1.0 - middle - quarter) * (1.0 - middle + quarter);
    return (0.5 * n.slope * n.slope / n.value - n.curvature) / (2.0 * first);
  }

  /// Interval of mu, empty where low >= high.
  [[nodiscard]] Interval fukasawa(Places& places) const {
    const numeric::Lowest low = numeric::lowest([this](double u) { return -lower_bound(u); },
                                                bottom_ - kReach, bottom_ - kNear, kSteps);
    const numeric::Lowest high = numeric::lowest([this](double u) { return upper_bound(u); },
                                                 bottom_ + kNear, bottom_ + kReach, kSteps);
    places.low = low.at;
    places.high = high.at;
    return {-low.value, high.value};
  }

  /// Smallest sigma without butterfly arbitrage, mu being inside the interval.
  [[nodiscard]] double least_sigma(double mu, Places& places) const {
    const auto minus_ratio = [this, mu](double u) { return -ratio(mu, u); };
    const numeric::Lowest left = numeric::lowest(minus_ratio, bottom_ - kReach, bottom_, kSteps);
    const numeric::Lowest right = numeric::lowest(minus_ratio, bottom_, bottom_ + kReach, kSteps);
    const numeric::Lowest& best = left.value < right.value ? left : right;
    places.sigma = best.at;
    return -best.value;
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
  /// Derivatives are differences with the extremes held in place: there the bounds' derivatives by
  /// the place are 0.
  static bool outward(std::span<const double> x, Raw& raw, Slopes& slopes) {
    constexpr double kStep = 1e-5;
    Shape::Places places{};
    if (!smile(x, raw, places)) return false;
    Variables moved{};
    std::copy_n(x.begin(), kParameters, moved.begin());
    for (std::size_t j = 0; j < kParameters; ++j) {
      moved[j] = x[j] + kStep;
      const Raw up = smile_at(moved, places);
      moved[j] = x[j] - kStep;
      const Raw down = smile_at(moved, places);
      moved[j] = x[j];
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
      Shape::Places places{};
      const Shape::Interval allowed = shape.fukasawa(places);
      if (!(allowed.low < allowed.high)) continue;
      const double share = (raw.m / raw.sigma - allowed.low) / (allowed.high - allowed.low);
      const double inside = std::clamp(share, kInside, 1.0 - kInside);
      const double mu = allowed.low + (allowed.high - allowed.low) * inside;
      const double excess = raw.sigma / shape.least_sigma(mu, places) - 1.0;
      x = {std::log(bottom), logit(p / kSteepest), logit(q / kSteepest), logit(inside),
           std::log(std::max(excess, kInside))};
      return true;
    }
    return false;
  }

 private:
  /// Slopes of the wings, alpha, the share of mu's interval and the excess of sigma.
  struct Coordinates {
    explicit Coordinates(std::span<const double> x)
        : p(kSteepest * logistic(x[1])),
          q(kSteepest * logistic(x[2])),
          alpha(std::exp(x[0]) - std::sqrt(p * q)),
          share(logistic(x[3])),
          excess(std::exp(x[4])) {}

    [[nodiscard]] Raw raw(const Shape::Interval& allowed, double least_sigma) const noexcept {
      const double mu = allowed.low + (allowed.high - allowed.low) * share;
      const double sigma = least_sigma * (1.0 + kMargin + excess);
      return {sigma * alpha, 0.5 * (p + q), (p - q) / (p + q), sigma * mu, sigma};
    }

    double p;
    double q;
    double alpha;
    double share;
    double excess;
  };

  static bool smile(std::span<const double> x, Raw& raw, Shape::Places& places) {
    const Coordinates at(x);
    if (!(at.p > 0.0 && at.q > 0.0 && at.p < kSteepest && at.q < kSteepest)) return false;
    const Shape shape(at.alpha, at.p, at.q);
    const Shape::Interval allowed = shape.fukasawa(places);
    if (!(allowed.low < allowed.high)) return false;
    const double mu = allowed.low + (allowed.high - allowed.low) * at.share;
    raw = at.raw(allowed, shape.least_sigma(mu, places));
    return finite(raw);
  }

  static Raw smile_at(std::span<const double> x, const Shape::Places& places) {
    const Coordinates at(x);
    const Shape shape(at.alpha, at.p, at.q);
    const Shape::Interval allowed{shape.lower_bound(places.low), shape.upper_bound(places.high)};
    const double mu = allowed.low + (allowed.high - allowed.low) * at.share;
    return at.raw(allowed, shape.ratio(mu, places.sigma));
  }
};

}  // namespace strikeproof::svi
