// Basket options by quadrature over all risk factors but one.
//
//   ln S_k(T) = ln F_k - v_k^2/2 + sum_j V_kj e_j,  V V' = covariance, e_j independent normal
//
// The first factor is chosen so that V_k1 has the sign of the weight w_k for every k [1]: given the
// other factors the basket rises in e_1, is worth the strike at one point d, and
//
//   E[(phi (A - K))+ | e_2 ...] = phi (sum a_k exp(V_k1^2/2) N(phi (V_k1 - d)) - K N(-phi d))
//
// with a_k = w_k F_k exp(-v_k^2/2 + sum_{j>1} V_kj e_j). Where assets move against each other that
// factor moves the basket little, and the expectation bends sharply in the others. The rotation of
// basket_factors.cpp leaves that to e_2 alone, whose integral is taken by trapezoids that are
// halved until nothing moves: they converge exponentially once they resolve the bend [2]. What is
// left is smooth in e_3 ... e_n: Gauss-Hermite rules, then trapezoids, each finer than the one
// before, until two agree; where none do the status is kNotConverged. Delta by S_k is the same
// sum's k-th term over S_k.
//
// The lognormal approximation matches two moments of the basket [3].
//
// [1] Choi, J. (2018), Sum of all Black-Scholes-Merton models, J. Futures Markets 38(6), 627-644.
// [2] Trefethen, L. N. and Weideman, J. A. C. (2014), The exponentially convergent trapezoidal
//     rule, SIAM Review 56(3), 385-458.
// [3] Levy, E. (1992), J. Int. Money and Finance 11, 474-491.
#include "strikeproof/basket.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "basket_factors.hpp"
#include "basket_result.hpp"
#include "numeric/normal_rules.hpp"
#include "strikeproof/black_scholes.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::basket {
namespace {

using numeric::Rule;

Matrix covariance(const Market& m, double time) noexcept {
  Matrix a{};
  for (std::size_t i = 0; i < m.count; ++i) {
    for (std::size_t j = 0; j < m.count; ++j) {
      a[i][j] = m.correlation[i][j] * m.volatility[i] * m.volatility[j] * time;
    }
  }
  return a;
}

// sum of a_k exp(load_k d) = strike: increasing in d; `guess` is inside (-60, 60).
double crossing(std::size_t n, const ByAsset& a, const ByAsset& load, double strike,
                double guess) noexcept {
  const auto excess = [&](double d, double& slope) {
    double sum = -strike;
    slope = 0.0;
    for (std::size_t k = 0; k < n; ++k) {
      const double term = a[k] * std::exp(load[k] * d);
      sum += term;
      slope += load[k] * term;
    }
    return sum;
  };
  double low = -60.0;
  double high = 60.0;
  double d = guess;
  for (int step = 0; step < 200; ++step) {
    double slope = 0.0;
    const double miss = excess(d, slope);
    (miss > 0.0 ? high : low) = d;
    double next = d - miss / slope;
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (std::fabs(next - d) < 1e-14 * (1.0 + std::fabs(d))) return next;
    d = next;
  }
  return d;
}

constexpr std::size_t kMostHermite = 22;
constexpr std::array<std::size_t, 9> kLevels{10, 15, kMostHermite, 40, 56, 80, 112, 160, 320};

const Rule& hermite_rule(std::size_t points) {
  static const std::vector<Rule> rules = [] {
    std::vector<Rule> made;
    for (std::size_t n = 0; n <= kMostHermite; ++n) made.push_back(numeric::gauss_hermite(n));
    return made;
  }();
  return rules[points];
}

constexpr std::size_t kLeastPoints = 6;
constexpr double kMostLines = 7e4;     // integrals over the second factor, of one rule
constexpr double kPriceChange = 2e-8;  // between the last two rules, of the largest asset
constexpr double kLegChange = 2e-7;    // of the deltas' sums
constexpr double kLineChange = 1e-7;   // between the last two steps of a line
constexpr double kLineChangeOfTwo = 1e-9;
constexpr double kLeastStep = 1.0 / 1024.0;
constexpr double kReach = 6.5;  // deviations; beyond them is 1e-10
constexpr double kReachOfTwo = 9.0;
constexpr double kWidest = 100.0;   // exp(kWidest^2 / 2) is beyond the range of a double
constexpr double kNothing = 1e-13;  // of the largest asset

struct Sum {
  double price = 0.0;
  ByAsset leg{};  // expected value of w_k S_k where exercised

  void add(double weight, const Sum& other) noexcept {
    price += weight * other.price;
    for (std::size_t k = 0; k < kMostAssets; ++k) leg[k] += weight * other.leg[k];
  }
};

double change_of_legs(const Sum& a, const Sum& b) noexcept {
  double most = 0.0;
  for (std::size_t k = 0; k < kMostAssets; ++k) {
    most = std::max(most, std::fabs(a.leg[k] - b.leg[k]));
  }
  return most;
}

class Quadrature {
 public:
  Quadrature(const BasketOption& o, const ByAsset& forward, std::size_t count,
             const Matrix& v) noexcept
      : option_(o), count_(count), v_(v) {
    for (std::size_t k = 0; k < count_; ++k) {
      double variance = 0.0;
      for (std::size_t j = 0; j < count_; ++j) variance += v[k][j] * v[k][j];
      start_[k] = forward[k] * std::exp(-0.5 * variance);
      scale_ = std::max(scale_, std::fabs(forward[k]));
      load_[k] = v[k][0];
      growth_[k] = std::exp(0.5 * load_[k] * load_[k]);
      low_ = std::min(low_, v[k][1]);
      high_ = std::max(high_, v[k][1]);
      for (std::size_t j = 0; j < count_; ++j) widest_ = std::max(widest_, std::fabs(v[k][j]));
      for (std::size_t j = 2; j < count_; ++j) {
        curvature_[j] += std::fabs(forward[k]) * v[k][j] * v[k][j];
        largest_curvature_ = std::max(largest_curvature_, curvature_[j]);
      }
      plane_growth_ = std::max(plane_growth_, growth_[k] * std::exp(0.5 * v[k][1] * v[k][1]));
    }
  }

  // False where no two rules agree, or one would have too many points.
  bool run(Sum& sum) {
    if (!(widest_ < kWidest)) return false;
    if (count_ == 2) {
      sum = line(1.0, start_);
      return settled_;
    }
    Sum before;
    for (std::size_t level = 0; level < kLevels.size(); ++level) {
      double lines = 1.0;
      for (std::size_t j = 2; j < count_; ++j) {
        set_rule(j, points_of(kLevels[level], j));
        lines *= static_cast<double>(rules_[j].node.size());
      }
      if (lines > kMostLines) return false;
      settled_ = true;
      sum = {};
      outer(2, 1.0, start_, sum);
      const bool close = std::fabs(sum.price - before.price) <= kPriceChange * scale_ &&
                         change_of_legs(sum, before) <= kLegChange * scale_;
      if (level > 0 && close && settled_) return true;
      before = sum;
    }
    return false;
  }

 private:
  // Fewer for factors in which the basket is less curved.
  [[nodiscard]] std::size_t points_of(std::size_t most, std::size_t factor) const {
    const double share = std::sqrt(std::sqrt(curvature_[factor] / largest_curvature_));
    if (!(share <= 1.0)) return most;  // no number: nothing is known
    const double wanted = std::ceil(share * static_cast<double>(most));
    return std::max<std::size_t>(static_cast<std::size_t>(wanted), kLeastPoints);
  }

  // Gauss-Hermite rules gain slowly on features as wide as a deviation, trapezoids do not.
  void set_rule(std::size_t factor, std::size_t points) {
    if (points <= kMostHermite) {
      rules_[factor] = hermite_rule(points);
      return;
    }
    double shift = 0.0;
    for (std::size_t k = 0; k < count_; ++k) shift = std::max(shift, std::fabs(v_[k][factor]));
    rules_[factor] =
        numeric::trapezoids(kReach + shift, 2.0 * kReach / static_cast<double>(points));
  }

  void outer(std::size_t factor, double weight, const ByAsset& a, Sum& sum) {
    if (factor == count_) {
      sum.add(weight, line(weight, a));
      return;
    }
    const Rule& rule = rules_[factor];
    for (std::size_t i = 0; i < rule.node.size(); ++i) {
      const double mass = weight * rule.weight[i];
      const ByAsset there = moved(a, factor, rule.node[i]);
      double most = std::fabs(option_.strike);
      for (std::size_t k = 0; k < count_; ++k) {
        most = std::max(most, std::fabs(there[k]) * plane_growth_);
      }
      if (mass * most < kNothing * scale_) continue;
      outer(factor + 1, mass, there, sum);
    }
  }

  [[nodiscard]] ByAsset moved(const ByAsset& a, std::size_t factor, double x) const noexcept {
    ByAsset there = a;
    for (std::size_t k = 0; k < count_; ++k) there[k] *= std::exp(v_[k][factor] * x);
    return there;
  }

  // The integral over the second factor by trapezoids, halved until nothing moves; what has little
  // weight may move more.
  Sum line(double weight, const ByAsset& a) noexcept {
    const double allowed =
        scale_ * (count_ == 2 ? kLineChangeOfTwo : kLineChange * std::max(1.0, 1e-5 / weight));
    double step = count_ == 2 ? 1.0 / 8.0 : 1.0;
    crossing_ = 0.0;
    Sum coarse = comb(a, 0.0, step);
    for (;;) {
      Sum fine;
      fine.add(0.5, coarse);
      fine.add(0.5, comb(a, 0.5 * step, step));
      step *= 0.5;
      const double change =
          std::max(std::fabs(fine.price - coarse.price), 0.1 * change_of_legs(fine, coarse));
      if (change <= allowed) return fine;
      if (!(step > kLeastStep)) {
        settled_ = false;
        return fine;
      }
      coarse = fine;
    }
  }

  // Step times the density at offset + i step.
  [[nodiscard]] Sum comb(const ByAsset& a, double offset, double step) noexcept {
    Sum sum;
    const double reach = count_ == 2 ? kReachOfTwo : kReach;
    const double first = std::ceil((low_ - reach - offset) / step);
    const double last = std::floor((high_ + reach - offset) / step);
    for (double i = first; i <= last; ++i) {
      const double x = offset + i * step;
      add_point(step * math::normal_pdf(x), moved(a, 1, x), sum);
    }
    return sum;
  }

  void add_point(double weight, const ByAsset& a, Sum& sum) noexcept {
    const auto phi = static_cast<double>(option_.type);
    const double d = crossing(count_, a, load_, option_.strike, crossing_);
    crossing_ = d;
    double value = -option_.strike * math::normal_cdf(-phi * d);
    for (std::size_t k = 0; k < count_; ++k) {
      const double leg = a[k] * growth_[k] * math::normal_cdf(phi * (load_[k] - d));
      value += leg;
      sum.leg[k] += weight * phi * leg;
    }
    sum.price += weight * phi * value;
  }

  const BasketOption& option_;
  std::size_t count_;
  const Matrix& v_;
  std::array<Rule, kMostAssets> rules_{};
  ByAsset curvature_{};
  double largest_curvature_ = 0.0;
  ByAsset start_{};
  ByAsset load_{};
  ByAsset growth_{};    // exp(load^2 / 2)
  double scale_ = 0.0;  // the largest asset of the basket, at expiry
  double low_ = 0.0;    // the second factor's means under the assets' measures
  double high_ = 0.0;
  double widest_ = 0.0;  // deviation of an asset by a factor
  double plane_growth_ = 1.0;
  double crossing_ = 0.0;  // where the last point was, near where the next one is
  bool settled_ = true;
};

ByAsset forwards(const BasketOption& o, const Market& m) noexcept {
  ByAsset forward{};
  for (std::size_t k = 0; k < m.count; ++k) {
    const double carry = (m.rate - m.dividend_yield[k]) * o.time_to_expiry;
    forward[k] = o.weight[k] * m.spot[k] * std::exp(carry);
  }
  return forward;
}

DeltasResult accurate(const BasketOption& o, const Market& m) {
  const Matrix a = covariance(m, o.time_to_expiry);
  Matrix c{};
  if (!cholesky(m.count, a, c)) return failed(Status::kOutOfDomain);
  const ByAsset forward = forwards(o, m);
  const Matrix v = rotated_factors(m.count, a, c, forward);
  Sum sum;
  if (!Quadrature(o, forward, m.count, v).run(sum)) {
    return failed(Status::kNotConverged);
  }
  const double discount = std::exp(-m.rate * o.time_to_expiry);
  DeltasResult result{std::max(discount * sum.price, 0.0), {}, Status::kOk};
  for (std::size_t k = 0; k < m.count; ++k) result.delta[k] = discount * sum.leg[k] / m.spot[k];
  return result;
}

double two_moments(const BasketOption& o, const Market& m) noexcept {
  const Matrix a = covariance(m, o.time_to_expiry);
  const ByAsset forward = forwards(o, m);
  double first = 0.0;
  for (std::size_t k = 0; k < m.count; ++k) first += forward[k];
  double second = 0.0;
  for (std::size_t i = 0; i < m.count; ++i) {
    for (std::size_t j = 0; j < m.count; ++j) second += forward[i] * forward[j] * std::exp(a[i][j]);
  }
  const double spread = std::sqrt(std::log(second / (first * first)));
  const double discount = std::exp(-m.rate * o.time_to_expiry);
  return discount * black_scholes::price({o.type, o.strike, 1.0}, {first, 0.0, 0.0, spread}).value;
}

DeltasResult lognormal(const BasketOption& o, const Market& m) noexcept {
  for (std::size_t k = 0; k < m.count; ++k) {
    if (o.weight[k] <= 0.0) return failed(Status::kOutOfDomain);
  }
  if (o.strike < 0.0) return failed(Status::kOutOfDomain);
  DeltasResult result{two_moments(o, m), {}, Status::kOk};
  for (std::size_t k = 0; k < m.count; ++k) {
    Market up = m;
    Market down = m;
    const double size = 1e-5 * m.spot[k];
    up.spot[k] += size;
    down.spot[k] -= size;
    result.delta[k] = (two_moments(o, up) - two_moments(o, down)) / (2.0 * size);
  }
  return result;
}

}  // namespace

Status check(const Market& m) noexcept {
  if (m.count < 2 || m.count > kMostAssets) return Status::kOutOfDomain;
  if (!std::isfinite(m.rate)) return Status::kNonFinite;
  bool inside = true;
  for (std::size_t i = 0; i < m.count; ++i) {
    for (const double x : {m.spot[i], m.dividend_yield[i], m.volatility[i]}) {
      if (!std::isfinite(x)) return Status::kNonFinite;
    }
    inside = inside && m.spot[i] > 0.0 && m.volatility[i] > 0.0 && m.correlation[i][i] == 1.0;
    for (std::size_t j = 0; j < m.count; ++j) {
      if (!std::isfinite(m.correlation[i][j])) return Status::kNonFinite;
      inside = inside && m.correlation[i][j] == m.correlation[j][i];
    }
  }
  Matrix c{};
  return inside && cholesky(m.count, m.correlation, c) ? Status::kOk : Status::kOutOfDomain;
}

DeltasResult price(const BasketOption& option, const Market& market) noexcept {
  Status status = check(market);
  if (status == Status::kOk) {
    if (!std::isfinite(option.strike + option.time_to_expiry)) status = Status::kNonFinite;
    for (std::size_t k = 0; k < market.count; ++k) {
      if (!std::isfinite(option.weight[k])) status = Status::kNonFinite;
    }
  }
  if (status == Status::kOk) {
    bool inside = option.time_to_expiry > 0.0;
    for (std::size_t k = 0; k < market.count; ++k) inside = inside && option.weight[k] != 0.0;
    if (!inside) status = Status::kOutOfDomain;
  }
  if (status != Status::kOk) return failed(status);
  const DeltasResult found =
      option.method == Method::kAccurate ? accurate(option, market) : lognormal(option, market);
  return in_range(found, market.count);
}

}  // namespace strikeproof::basket
