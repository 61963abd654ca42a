// Surfaces of SVI smiles without static arbitrage: SSVI [1] and eSSVI [2].
//
//   w = (theta + r k + S)/2,  S = sqrt(psi^2 k^2 + 2 r theta k + theta^2),  r = rho psi
//
// which is homogeneous of degree 1 in (theta, psi, r). S is computed as the hypotenuse of c = theta
// + r k and q k, q^2 = psi^2 - r^2, and theta + r k + S without cancellation.
//
//   no butterfly arbitrage if  psi (1 + |rho|) < 4  and  psi^2 (1 + |rho|) <= 4 theta    [1, 4.2]
//   no calendar arbitrage if theta does not fall, |r2 - r1| <= psi2 - psi1 and
//   psi/theta does not rise                                                              [2, 3]
//
// Between expiries psi and r are linear in theta, and theta grows with time; both sets of
// conditions then hold for every time once they hold at the expiries [3, section 5]. Before the
// first expiry all three go to 0 in proportion: implied volatility is that of the first expiry
// where theta is linear. After the last one theta grows at its last rate, psi and r are held.
//
// Local variance is w_t / g(k) with Durrleman's g [4].
//
// [1] Gatheral, J. and Jacquier, A. (2014), Arbitrage-free SVI volatility surfaces, Quantitative
//     Finance 14(1), 59-71.
// [2] Hendriks, S. and Martini, C. (2019), The extended SSVI volatility surface, J. Computational
//     Finance 22(5), 25-39.
// [3] Corbetta, J., Cohort, P., Laachir, I. and Martini, C. (2019), Robust calibration and
//     arbitrage-free interpolation of SSVI slices, Decisions in Economics and Finance 42, 665-677.
// [4] Gatheral, J. (2006), The Volatility Surface, Wiley, (1.10).
// [5] Steffen, M. (1990), A simple method for monotonic interpolation in one dimension, Astronomy
//     and Astrophysics 239, 443-450.
#include "strikeproof/ssvi.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace strikeproof::ssvi {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// q = sqrt(psi^2 - r^2).
double square_root_of_difference(double psi, double r) noexcept {
  return std::sqrt(std::max((psi - r) * (psi + r), 0.0));
}

struct Root {
  double c;
  double qk;
  double s;
};

Root root_of(const Smile& smile, double k) noexcept {
  const double c = smile.theta + smile.rho_psi * k;
  const double qk = square_root_of_difference(smile.psi, smile.rho_psi) * k;
  return {c, qk, std::hypot(c, qk)};
}

/// f(x) = 1 - (1 - exp(-x))/x = sum (-1)^(n+1) x^n/(n+1)! and f'.
PsiPoint heston_shape(double x) noexcept {
  constexpr double kSeries = 1.0;
  if (x >= kSeries) {
    const double decay = std::exp(-x);
    return {1.0 - (1.0 - decay) / x, (1.0 - decay * (1.0 + x)) / (x * x)};
  }
  constexpr int kTerms = 20;
  PsiPoint found{0.0, 0.0};
  double term = 0.5;  // x^(n-1)/(n+1)! with its sign
  for (int n = 1; n <= kTerms; ++n) {
    found.value += term * x;
    found.slope += term * n;
    term *= -x / (n + 2);
  }
  return found;
}

/// Steffen's slopes: never beyond twice the smaller neighbouring secant, so the cubic is monotone.
std::vector<double> monotone_slopes(const std::vector<double>& x, const std::vector<Slice>& nodes) {
  const std::size_t last = x.size() - 1;
  std::vector<double> secants;
  for (std::size_t i = 0; i < last; ++i) {
    secants.push_back((nodes[i + 1].theta - nodes[i].theta) / (x[i + 1] - x[i]));
  }
  std::vector<double> slopes(x.size(), secants.front());
  slopes[last] = secants.back();
  for (std::size_t i = 1; i < last; ++i) {
    const double before = x[i] - x[i - 1];
    const double after = x[i + 1] - x[i];
    const double mean = (secants[i - 1] * after + secants[i] * before) / (before + after);
    const double least =
        std::min({std::abs(secants[i - 1]), std::abs(secants[i]), 0.5 * std::abs(mean)});
    const bool same = (secants[i - 1] > 0.0) == (secants[i] > 0.0);
    slopes[i] = same ? std::copysign(2.0 * least, secants[i]) : 0.0;
  }
  return slopes;
}

}  // namespace

Gradient gradient(const Smile& smile, double log_moneyness) noexcept {
  const auto [c, qk, s] = root_of(smile, log_moneyness);
  const double k = log_moneyness;
  const double value = c > 0.0 ? 0.5 * (c + s) : 0.5 * qk * qk / (s - c);
  return {value, 0.5 * (1.0 + c / s), 0.5 * smile.psi * k * k / s,
          0.5 * k * (1.0 + smile.theta / s)};
}

Point at(const Smile& smile, double log_moneyness) noexcept {
  const auto& [theta, psi, r, theta_by_time, psi_by_time, r_by_time] = smile;
  const auto [c, qk, s] = root_of(smile, log_moneyness);
  const double q = square_root_of_difference(psi, r);
  const Gradient by = gradient(smile, log_moneyness);
  const double ratio = theta * q / s;
  return {{by.value, 0.5 * (r + (c * r + qk * q) / s), 0.5 * ratio * ratio / s},
          by.by_theta * theta_by_time + by.by_psi * psi_by_time + by.by_rho_psi * r_by_time};
}

svi::Raw raw(const Smile& smile) noexcept {
  if (!(smile.psi > 0.0)) return {smile.theta, 0.0, 0.0, 0.0, 1.0};
  const double rho = smile.rho_psi / smile.psi;
  const double square = (1.0 - rho) * (1.0 + rho);
  return {0.5 * smile.theta * square, 0.5 * smile.psi, rho, -rho * smile.theta / smile.psi,
          smile.theta * std::sqrt(square) / smile.psi};
}

PsiPoint psi(Family family, double eta, double gamma, double theta) noexcept {
  if (family == Family::kHeston) {
    const PsiPoint shape = heston_shape(eta * theta);
    return {shape.value / eta, shape.slope};
  }
  const bool bounded = family == Family::kPowerLaw;
  const double base = bounded ? theta / (1.0 + theta) : theta;
  const double value = eta * std::pow(base, 1.0 - gamma);
  return {value, (1.0 - gamma) * value / (bounded ? theta * (1.0 + theta) : theta)};
}

LocalVolatility local_volatility(const Smile& smile, double log_moneyness) noexcept {
  const Point point = at(smile, log_moneyness);
  const double g = svi::durrleman(log_moneyness, point.by_moneyness);
  if (!(g > 0.0 && point.by_time >= 0.0)) return {kNan, Status::kOutOfDomain};
  const double found = std::sqrt(point.by_time / g);
  if (!std::isfinite(found)) return {kNan, Status::kOverflow};
  return {found, Status::kOk};
}

Surface::Surface(std::span<const double> times, std::span<const Slice> slices, Family family,
                 double eta, double gamma, Interpolation interpolation)
    : family_(family), eta_(eta), gamma_(gamma), interpolation_(interpolation) {
  times_.push_back(0.0);
  times_.insert(times_.end(), times.begin(), times.end());
  nodes_.push_back({0.0, slices.front().rho, 0.0});
  nodes_.insert(nodes_.end(), slices.begin(), slices.end());
  slopes_ = monotone_slopes(times_, nodes_);
}

Surface::Level Surface::theta(double time_to_expiry) const noexcept {
  const double t = time_to_expiry;
  const std::size_t last = times_.size() - 1;
  if (t >= times_[last]) {
    const double slope = slopes_[last];
    const bool there = t == times_[last];
    return {nodes_[last].theta + slope * (t - times_[last]), slope, there ? 1.0 : 2.0, last};
  }
  const auto above = std::upper_bound(times_.begin() + 1, times_.end(), t);
  const auto after = static_cast<std::size_t>(above - times_.begin());
  const double width = times_[after] - times_[after - 1];
  const double x = (t - times_[after - 1]) / width;
  const double from = nodes_[after - 1].theta;
  const double rise = nodes_[after].theta - from;
  if (interpolation_ == Interpolation::kLinear || rise == 0.0) {
    return {from + rise * x, rise / width, x, after};
  }
  const double left = slopes_[after - 1] * width / rise;
  const double right = slopes_[after] * width / rise;
  const double bend = left + right - 2.0;
  const double share = x * (left + x * (1.0 - left - bend * (1.0 - x)));
  const double slope = left + x * (2.0 * (1.0 - left - bend) + 3.0 * bend * x);
  return {from + rise * share, rise * slope / width, share, after};
}

Smile Surface::between(const Level& level) const noexcept {
  const Slice& before = nodes_[level.after - 1];
  const Slice& after = nodes_[level.after];
  const double r_before = before.rho * before.psi;
  const double r_after = after.rho * after.psi;
  if (level.share > 1.0) {
    return {level.value, after.psi, r_after, level.by_time, 0.0, 0.0};
  }
  const double rise = after.theta - before.theta;
  const double width = times_[level.after] - times_[level.after - 1];
  const double speed = rise == 0.0 ? 1.0 / width : level.by_time / rise;
  const double psi_rise = after.psi - before.psi;
  const double r_rise = r_after - r_before;
  return {level.value,
          before.psi + psi_rise * level.share,
          r_before + r_rise * level.share,
          level.by_time,
          psi_rise * speed,
          r_rise * speed};
}

Smile Surface::smile(double time_to_expiry) const noexcept {
  const Level level = theta(time_to_expiry);
  if (family_ == Family::kSlices) return between(level);
  const double rho = nodes_.back().rho;
  const bool held = family_ == Family::kPurePower && level.share > 1.0;
  PsiPoint found = psi(family_, eta_, gamma_, held ? nodes_.back().theta : level.value);
  if (held) found.slope = 0.0;
  const double by_time = found.slope * level.by_time;
  return {level.value, found.value, rho * found.value, level.by_time, by_time, rho * by_time};
}

std::vector<Violation> arbitrage(const Surface& surface, std::span<const double> times) {
  std::vector<Violation> found;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const svi::Raw slice = raw(surface.smile(times[i]));
    for (const svi::Violation& violation : svi::butterfly(slice)) {
      found.push_back({violation, times[i], kNan});
    }
    if (i + 1 == times.size()) break;
    const svi::Raw later = raw(surface.smile(times[i + 1]));
    for (const svi::Violation& violation : svi::calendar(slice, later)) {
      found.push_back({violation, times[i], times[i + 1]});
    }
  }
  return found;
}

}  // namespace strikeproof::ssvi
