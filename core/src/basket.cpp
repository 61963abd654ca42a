// Basket options by quadrature over all risk factors but one.
//
//   ln S_k(T) = ln F_k - v_k^2/2 + sum_j V_kj e_j,  V V' = covariance, e_j independent normal
//
// The first factor is chosen so that V_k1 has the sign of the weight w_k for every k [1]: given the
// other factors the basket rises in e_1, is worth the strike at one point d, and
//
//   E[(phi (A - K))+ | e_2 ...] = phi (sum a_k exp(V_k1^2/2) N(phi (V_k1 - d)) - K N(-phi d))
//
// with a_k = w_k F_k exp(-v_k^2/2 + sum_{j>1} V_kj e_j). What is left is analytic in e_2 ... e_n:
// trapezoids for two assets, Gauss-Hermite rules for more. Delta by S_k is the same sum's k-th term
// over S_k.
//
// The lognormal approximation matches two moments of the basket [2].
//
// [1] Choi, J. (2018), Sum of all Black-Scholes-Merton models, J. Futures Markets 38(6), 627-644.
// [2] Levy, E. (1992), J. Int. Money and Finance 11, 474-491.
#include "strikeproof/basket.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "strikeproof/black_scholes.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::basket {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using Matrix = std::array<ByAsset, kMostAssets>;

ByAsset no_deltas() noexcept {
  ByAsset none{};
  none.fill(kNaN);
  return none;
}

// Lower triangular C with C C' = a; false where a is not positive definite.
bool cholesky(std::size_t n, const Matrix& a, Matrix& c) noexcept {
  c = {};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= c[i][k] * c[j][k];
      if (i == j) {
        if (!(sum > 1e-14 * a[i][i])) return false;
        c[i][i] = std::sqrt(sum);
      } else {
        c[i][j] = sum / c[j][j];
      }
    }
  }
  return true;
}

Matrix covariance(const Market& m, double time) noexcept {
  Matrix a{};
  for (std::size_t i = 0; i < m.count; ++i) {
    for (std::size_t j = 0; j < m.count; ++j) {
      a[i][j] = m.correlation[i][j] * m.volatility[i] * m.volatility[j] * time;
    }
  }
  return a;
}

// Loadings of the first factor: those of the basket itself, but with the sign of the weights.
ByAsset first_loadings(std::size_t n, const Matrix& a, const ByAsset& value) noexcept {
  ByAsset load{};
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) load[i] += a[i][j] * value[j];
    if (load[i] * value[i] > 0.0) least = std::min(least, std::fabs(load[i]));
  }
  if (!std::isfinite(least)) least = 1.0;
  for (std::size_t i = 0; i < n; ++i) {
    if (load[i] * value[i] <= 0.1 * least * std::fabs(value[i])) {
      load[i] = std::copysign(0.1 * least, value[i]);
    }
  }
  return load;
}

// V of the head, from the first column's direction: q = C^-1 load, completed by Householder's
// reflection that takes the first unit vector to q.
Matrix factors(std::size_t n, const Matrix& c, const ByAsset& load) noexcept {
  ByAsset q{};
  double norm = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = load[i];
    for (std::size_t k = 0; k < i; ++k) sum -= c[i][k] * q[k];
    q[i] = sum / c[i][i];
    norm += q[i] * q[i];
  }
  norm = std::sqrt(norm);
  ByAsset u = q;  // the reflection I - 2 u u' / (u' u)
  for (double& x : u) x /= norm;
  const double sign = u[0] > 0.0 ? -1.0 : 1.0;  // away from cancellation
  u[0] -= sign;
  double square = 0.0;
  for (std::size_t i = 0; i < n; ++i) square += u[i] * u[i];
  Matrix v{};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double along = 0.0;
      for (std::size_t k = 0; k < n; ++k) along += c[i][k] * u[k];
      v[i][j] = c[i][j] - 2.0 * along * u[j] / square;
    }
    v[i][0] *= sign;  // the reflection took it to sign times q
  }
  return v;
}

struct Rule {
  std::vector<double> node, weight;  // for the standard normal density
};

// Gauss-Hermite by Newton's method on the normalised recurrence, roots found from the largest down.
Rule gauss_hermite(std::size_t n) {
  Rule rule{std::vector<double>(n), std::vector<double>(n)};
  const auto size = static_cast<double>(n);
  const double first = 0.75112554446494248;  // pi^(-1/4)
  double z = 0.0;
  for (std::size_t i = 0; i < (n + 1) / 2; ++i) {
    const auto& x = rule.node;
    if (i == 0) z = std::sqrt(2.0 * size + 1.0) - 1.85575 * std::pow(2.0 * size + 1.0, -1.0 / 6.0);
    if (i == 1) z -= 1.14 * std::pow(size, 0.426) / z;
    if (i == 2) z = 1.86 * z - 0.86 * x[0];
    if (i == 3) z = 1.91 * z - 0.91 * x[1];
    if (i > 3) z = 2.0 * z - x[i - 2];
    double slope = 1.0;
    for (int step = 0; step < 20; ++step) {
      double value = first;
      double before = 0.0;
      for (std::size_t j = 1; j <= n; ++j) {
        const auto order = static_cast<double>(j);
        const double next =
            z * std::sqrt(2.0 / order) * value - std::sqrt((order - 1.0) / order) * before;
        before = value;
        value = next;
      }
      slope = std::sqrt(2.0 * size) * before;
      const double change = value / slope;
      z -= change;
      if (std::fabs(change) < 1e-15) break;
    }
    rule.node[i] = z;
    rule.node[n - 1 - i] = -z;
    rule.weight[i] = rule.weight[n - 1 - i] = 2.0 / (slope * slope);
  }
  const double scale = std::sqrt(2.0);
  for (double& x : rule.node) x *= scale;
  for (double& w : rule.weight) w /= 1.7724538509055160;
  return rule;
}

// Trapezoids over the normal density: exponentially exact as well, and, unlike the nodes of a Gauss
// rule of that many, close enough for the steep integrands of two assets that move against each
// other, one of which hardly loads on the first factor.
Rule trapezoids(double reach, double step) {
  const auto half = static_cast<std::ptrdiff_t>(reach / step);
  Rule rule;
  double mass = 0.0;
  for (std::ptrdiff_t i = -half; i <= half; ++i) {
    const double x = static_cast<double>(i) * step;
    rule.node.push_back(x);
    rule.weight.push_back(std::exp(-0.5 * x * x));
    mass += rule.weight.back();
  }
  for (double& w : rule.weight) w /= mass;
  return rule;
}

const Rule& rule_for(std::size_t assets) {
  static const std::array rules{trapezoids(9.0, 1.0 / 16.0), gauss_hermite(40), gauss_hermite(24),
                                gauss_hermite(16)};
  return rules[assets - 2];
}

// sum of a_k exp(load_k d) = strike: increasing in d.
double crossing(std::size_t n, const ByAsset& a, const ByAsset& load, double strike) noexcept {
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
  double d = 0.0;
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

struct Sum {
  double price = 0.0;
  ByAsset leg{};  // discounted expected value of w_k S_k where exercised
};

class Quadrature {
 public:
  Quadrature(const BasketOption& o, const Market& m, const Matrix& v) noexcept
      : option_(o), count_(m.count), v_(v), rule_(rule_for(m.count)) {
    for (std::size_t k = 0; k < count_; ++k) {
      double variance = 0.0;
      for (std::size_t j = 0; j < count_; ++j) variance += v[k][j] * v[k][j];
      const double carry = (m.rate - m.dividend_yield[k]) * o.time_to_expiry;
      start_[k] = o.weight[k] * m.spot[k] * std::exp(carry - 0.5 * variance);
      load_[k] = v[k][0];
    }
  }

  Sum run() noexcept {
    Sum sum;
    add(1, 1.0, start_, sum);
    return sum;
  }

 private:
  void add(std::size_t factor, double weight, const ByAsset& a, Sum& sum) noexcept {
    if (factor == count_) {
      last(weight, a, sum);
      return;
    }
    for (std::size_t i = 0; i < rule_.node.size(); ++i) {
      const double mass = weight * rule_.weight[i];
      if (mass < 1e-18) continue;
      ByAsset moved = a;
      for (std::size_t k = 0; k < count_; ++k) moved[k] *= std::exp(v_[k][factor] * rule_.node[i]);
      add(factor + 1, mass, moved, sum);
    }
  }

  void last(double weight, const ByAsset& a, Sum& sum) const noexcept {
    const auto phi = static_cast<double>(option_.type);
    const double d = crossing(count_, a, load_, option_.strike);
    double value = -option_.strike * math::normal_cdf(-phi * d);
    for (std::size_t k = 0; k < count_; ++k) {
      const double leg =
          a[k] * std::exp(0.5 * load_[k] * load_[k]) * math::normal_cdf(phi * (load_[k] - d));
      value += leg;
      sum.leg[k] += weight * phi * leg;
    }
    sum.price += weight * phi * value;
  }

  const BasketOption& option_;
  std::size_t count_;
  const Matrix& v_;
  const Rule& rule_;
  ByAsset start_{};
  ByAsset load_{};
};

DeltasResult accurate(const BasketOption& o, const Market& m) noexcept {
  const Matrix a = covariance(m, o.time_to_expiry);
  Matrix c{};
  if (!cholesky(m.count, a, c)) return {kNaN, no_deltas(), Status::kOutOfDomain};
  ByAsset value{};
  for (std::size_t k = 0; k < m.count; ++k) value[k] = o.weight[k] * m.spot[k];
  const Matrix v = factors(m.count, c, first_loadings(m.count, a, value));
  const Sum sum = Quadrature(o, m, v).run();
  const double discount = std::exp(-m.rate * o.time_to_expiry);
  DeltasResult result{std::max(discount * sum.price, 0.0), no_deltas(), Status::kOk};
  for (std::size_t k = 0; k < m.count; ++k) result.delta[k] = discount * sum.leg[k] / m.spot[k];
  return result;
}

double two_moments(const BasketOption& o, const Market& m) noexcept {
  const Matrix a = covariance(m, o.time_to_expiry);
  ByAsset forward{};
  double first = 0.0;
  for (std::size_t k = 0; k < m.count; ++k) {
    forward[k] =
        o.weight[k] * m.spot[k] * std::exp((m.rate - m.dividend_yield[k]) * o.time_to_expiry);
    first += forward[k];
  }
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
    if (o.weight[k] <= 0.0) return {kNaN, no_deltas(), Status::kOutOfDomain};
  }
  if (o.strike < 0.0) return {kNaN, no_deltas(), Status::kOutOfDomain};
  DeltasResult result{two_moments(o, m), no_deltas(), Status::kOk};
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
  if (status != Status::kOk) return {kNaN, no_deltas(), status};
  const DeltasResult found =
      option.method == Method::kAccurate ? accurate(option, market) : lognormal(option, market);
  if (found.status == Status::kOk && !std::isfinite(found.price)) {
    return {kNaN, no_deltas(), Status::kOverflow};
  }
  return found;
}

}  // namespace strikeproof::basket
