// Static arbitrage of SVI smiles, decided by the roots of polynomials.
//
// Butterfly. With k = m + sigma (t - 1/t)/2, t > 0, the hyperbola's root is sigma (t + 1/t)/2 and
// w = P/(2t), k = K/(2t), w' = Q/D with
//
//   P = 2 a t + b sigma ((1 + rho) t^2 + 1 - rho),   K = 2 m t + sigma (t^2 - 1),
//   Q = b ((1 + rho) t^2 - (1 - rho)),   D = t^2 + 1,   w'' = 8 (b/sigma) t^3/D^3.
//
// 64 t^2 D^3 w^2 times Durrleman's g is the polynomial of degree 10
//
//   N = 4 D (2 P D - K Q)^2 - D Q^2 (8 t P + P^2) + 64 (b/sigma) t^3 P^2,
//
// so where w > 0, g is negative exactly where N is. Wings steeper than 2 contradict Lee's formula
// [1]; they show as N < 0 at an end as well. A right wing of slope 2 leaves calls that do not
// vanish at large strikes.
//
// Calendar. With R_i the root of slice i, w_2 - w_1 = L + b_2 R_2 - b_1 R_1, L linear in k. Squared
// twice this gives the quartic (L^2 + b_2^2 R_2^2 - b_1^2 R_1^2)^2 - 4 L^2 b_2^2 R_2^2 [2, section
// 3], whose roots are all the candidates for a change of sign; between two of them one value tells.
// Where L and b_2 R_2 - b_1 R_1 vanish together the root is double and may not be isolated: the
// root of L is a candidate of its own.
//
// Coefficients and differences are carried in sums of two doubles. The place and the depth of a
// violation are searched for within its interval, which the roots bound.
//
// [1] Lee, R. (2004), The moment formula for implied volatility at extreme strikes, Mathematical
//     Finance 14(3), 469-480.
// [2] Gatheral, J. and Jacquier, A. (2014), Arbitrage-free SVI volatility surfaces, Quantitative
//     Finance 14(1), 59-71.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "numeric/lowest.hpp"
#include "numeric/polynomial_roots.hpp"
#include "strikeproof/svi.hpp"

namespace strikeproof::svi {
namespace {

using math::DoubleDouble;
using math::two_product;
using math::two_sum;
using numeric::Polynomial;
using numeric::operator+;
using numeric::operator*;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int kSteps = 96;
constexpr double kFarthest = 30.0;  // |ln t| of the search; wings beyond have reached their limits

struct Terms {
  Polynomial variance;   // P
  Polynomial durrleman;  // N
};

Terms terms_of(const Raw& raw) {
  const DoubleDouble zero{0.0, 0.0};
  const DoubleDouble right = two_sum(1.0, raw.rho) * raw.b;
  const DoubleDouble left = two_sum(1.0, -raw.rho) * raw.b;
  const Polynomial p{left * raw.sigma, {2.0 * raw.a, 0.0}, right * raw.sigma};
  const Polynomial k{{-raw.sigma, 0.0}, {2.0 * raw.m, 0.0}, {raw.sigma, 0.0}};
  const Polynomial q{-left, zero, right};
  const Polynomial d{{1.0, 0.0}, zero, {1.0, 0.0}};
  const DoubleDouble minus{-1.0, 0.0};
  const Polynomial linear = DoubleDouble{2.0, 0.0} * (p * d) + minus * (k * q);
  const Polynomial lifted = Polynomial{zero, {8.0, 0.0}} * p + p * p;
  const DoubleDouble bend = DoubleDouble{64.0 * raw.b, 0.0} / DoubleDouble{raw.sigma, 0.0};
  const Polynomial cube{zero, zero, zero, bend};
  return {p, DoubleDouble{4.0, 0.0} * (d * linear * linear) + minus * (d * q * q * lifted) +
                 cube * p * p};
}

double log_moneyness(const Raw& raw, double t) {
  if (t == 0.0) return -kInfinity;
  if (t == kInfinity) return kInfinity;
  return raw.m + 0.5 * raw.sigma * (t - 1.0 / t);
}

/// Intervals of t > 0 between the roots, with a point inside each.
struct Interval {
  double from;
  double inside;
  double to;
};

std::vector<Interval> between(const std::vector<double>& roots) {
  std::vector<Interval> found;
  double from = 0.0;
  for (const double root : roots) {
    if (root > from) {
      found.push_back({from, from == 0.0 ? 0.5 * root : std::sqrt(from) * std::sqrt(root), root});
    }
    from = root;
  }
  found.push_back({from, from == 0.0 ? 1.0 : 2.0 * from, kInfinity});
  return found;
}

Violation variance_violation(const Raw& raw, const Polynomial& variance) {
  const double root = std::sqrt((1.0 - raw.rho) * (1.0 + raw.rho));
  const double place = raw.rho == 0.0 ? raw.m : raw.m - raw.rho * raw.sigma / root;
  Violation found{Fault::kVariance, place, least_variance(raw), place, place};
  const std::vector<double> roots = numeric::positive_roots(variance);
  for (const Interval& interval : between(roots)) {
    if (!(numeric::value(variance, interval.inside).high < 0.0)) continue;
    found.from = log_moneyness(raw, interval.from);
    found.to = log_moneyness(raw, interval.to);
  }
  return found;
}

Violation butterfly_violation(const Raw& raw, const Interval& interval) {
  const auto g = [&raw](double u) {
    const double k = raw.m + raw.sigma * std::sinh(u);
    return durrleman(k, total_variance(raw, k));
  };
  const double from = std::max(std::log(interval.from), -kFarthest);
  const double to = std::min(std::log(interval.to), kFarthest);
  const numeric::Lowest best = numeric::lowest(g, std::min(from, to), to, kSteps);
  Violation found{Fault::kButterfly, raw.m + raw.sigma * std::sinh(best.at), best.value,
                  log_moneyness(raw, interval.from), log_moneyness(raw, interval.to)};
  const auto limit = [](double slope) { return 0.25 - slope * slope / 16.0; };
  const double left = limit(raw.b * (1.0 - raw.rho));
  const double right = limit(raw.b * (1.0 + raw.rho));
  if (found.from == -kInfinity && left < found.size) {
    found.place = -kInfinity;
    found.size = left;
  }
  if (found.to == kInfinity && right < found.size) {
    found.place = kInfinity;
    found.size = right;
  }
  return found;
}

std::vector<double> real_roots(const Polynomial& p) {
  Polynomial mirrored = p;
  for (std::size_t i = 1; i < mirrored.size(); i += 2) mirrored[i] = -mirrored[i];
  std::vector<double> found = numeric::positive_roots(p);
  for (const double root : numeric::positive_roots(mirrored)) found.push_back(-root);
  if (p.front().high == 0.0) found.push_back(0.0);
  std::sort(found.begin(), found.end());
  return found;
}

/// Later against earlier variance, in two doubles so that wings do not drown the difference.
class Difference {
 public:
  Difference(const Raw& earlier, const Raw& later) : earlier_(earlier), later_(later) {}

  /// L.
  [[nodiscard]] Polynomial line() const {
    const DoubleDouble minus{-1.0, 0.0};
    const auto one = [](const Raw& raw) {
      const DoubleDouble slope = two_product(raw.b, raw.rho);
      return Polynomial{DoubleDouble{raw.a, 0.0} - slope * raw.m, slope};
    };
    return one(later_) + minus * one(earlier_);
  }

  /// b^2 R^2 of a slice.
  [[nodiscard]] static Polynomial square_of_root(const Raw& raw) {
    const DoubleDouble b = two_product(raw.b, raw.b);
    const DoubleDouble end = two_product(raw.m, raw.m) + two_product(raw.sigma, raw.sigma);
    return {b * end, b * (-2.0 * raw.m), b};
  }

  [[nodiscard]] Polynomial quartic() const {
    const Polynomial l = line();
    const Polynomial late = square_of_root(later_);
    const Polynomial square = l * l;
    const Polynomial middle = square + late + DoubleDouble{-1.0, 0.0} * square_of_root(earlier_);
    return middle * middle + DoubleDouble{-4.0, 0.0} * (square * late);
  }

  /// Every place where the difference may change its sign, ascending.
  [[nodiscard]] std::vector<double> candidates() const {
    std::vector<double> found = real_roots(quartic());
    const Polynomial l = line();
    if (l[1].high != 0.0) found.push_back(-(l[0] / l[1]).high);
    std::sort(found.begin(), found.end());
    return found;
  }

  /// Later over earlier variance, less 1.
  [[nodiscard]] double at(double k) const {
    const DoubleDouble earlier = variance(earlier_, k);
    return ((variance(later_, k) - earlier) / earlier).high;
  }

  /// Its limit in a wing, of the slopes or, where there are none, of the levels.
  [[nodiscard]] double limit(double side) const {
    const DoubleDouble before = two_sum(side, earlier_.rho) * earlier_.b;
    const DoubleDouble after = two_sum(side, later_.rho) * later_.b;
    const DoubleDouble rise = after - before;
    if (before.high != 0.0) return (rise / before).high;
    if (after.high != 0.0) return kInfinity;
    return later_.a / earlier_.a - 1.0;
  }

 private:
  static DoubleDouble variance(const Raw& raw, double k) {
    const DoubleDouble x = two_sum(k, -raw.m);
    const DoubleDouble root = math::square_root(x * x + math::two_product(raw.sigma, raw.sigma));
    return DoubleDouble{raw.a, 0.0} + (x * raw.rho + root) * raw.b;
  }

  const Raw& earlier_;
  const Raw& later_;
};

}  // namespace

std::vector<Violation> butterfly(const Raw& raw) {
  constexpr double kSteepest = 2.0;
  std::vector<Violation> found;
  const Terms terms = terms_of(raw);
  if (!(least_variance(raw) > 0.0)) return {variance_violation(raw, terms.variance)};
  for (const Interval& interval : between(numeric::positive_roots(terms.durrleman))) {
    if (numeric::value(terms.durrleman, interval.inside).high < 0.0) {
      found.push_back(butterfly_violation(raw, interval));
    }
  }
  const double left = raw.b * (1.0 - raw.rho);
  const double right = raw.b * (1.0 + raw.rho);
  if (left > kSteepest) {
    found.push_back({Fault::kLeftWing, -kInfinity, kSteepest - left, -kInfinity, -kInfinity});
  }
  if (right >= kSteepest) {
    found.push_back({Fault::kRightWing, kInfinity, kSteepest - right, kInfinity, kInfinity});
  }
  return found;
}

namespace {

/// Adds a violation, to the one before where that ends where this begins: most roots of the quartic
/// belong to other signs of the square roots.
void join(std::vector<Violation>& found, const Violation& next) {
  if (found.empty() || found.back().to != next.from) {
    found.push_back(next);
    return;
  }
  Violation& last = found.back();
  last.to = next.to;
  if (next.size < last.size) {
    last.place = next.place;
    last.size = next.size;
  }
}

}  // namespace

std::vector<Violation> calendar(const Raw& earlier, const Raw& later) {
  const Difference difference(earlier, later);
  const std::vector<double> roots = difference.candidates();
  const double center = 0.5 * (earlier.m + later.m);
  const double width = 0.5 * (earlier.sigma + later.sigma);
  const auto place = [&](double u) { return center + width * std::sinh(u); };
  const auto position = [&](double k) { return std::asinh((k - center) / width); };
  std::vector<Violation> found;
  for (std::size_t i = 0; i <= roots.size(); ++i) {
    const double from = i == 0 ? -kInfinity : roots[i - 1];
    const double to = i == roots.size() ? kInfinity : roots[i];
    if (!(from < to)) continue;
    const double low = std::max(position(from), -kFarthest);
    const double high = std::min(position(to), kFarthest);
    const double inside = difference.at(place(0.5 * (low + high)));
    if (!(inside < 0.0)) continue;
    const numeric::Lowest best =
        numeric::lowest([&](double u) { return difference.at(place(u)); }, low, high, kSteps);
    Violation violation{Fault::kCalendar, place(best.at), best.value, from, to};
    for (const double side : {-1.0, 1.0}) {
      const bool open = side < 0.0 ? from == -kInfinity : to == kInfinity;
      if (open && difference.limit(side) < violation.size) {
        violation.place = side * kInfinity;
        violation.size = difference.limit(side);
      }
    }
    join(found, violation);
  }
  return found;
}

}  // namespace strikeproof::svi
