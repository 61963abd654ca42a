// American options exercised between two boundaries, by collocation of either.
//
// In the terms of a put with strike 1 (a call is mirrored) and q < r < 0 [1]: exercise pays for
// Y(tau) < S < B(tau), with tau the time left, B(0) = 1 and Y(0) = r / q, until the two meet at
// some tau*; with more time left it never pays. Above B the holder waits for B to be hit from above
// whatever Y is, and below Y for Y from below, so each has an equation of its own [1]. With
//
//   d+(t, z) = (ln z + (r - q) t) / (sigma sqrt(t)) + sigma sqrt(t) / 2
//   f(u; b) = exp(q u) phi(d+(tau-u, b(tau)/b(u))) / (sigma sqrt(tau-u)),  d+ the same below
//
// the smooth fit at B and at Y reads
//
//   int_0^tau |q| (exp(q u) N(d+) + f) du = N(d+(tau, B(tau))) + int_0^tau |r| / B(u) f du
//   int_0^tau |q| f du = int_0^tau |q| exp(q u) N(-d+) + |r| / Y(u) f du
//
// Both are solved as in simd/american_newton.hpp, H = (ln b - ln b(0))^2 between nodes. Then
//
//   value = European + int_0^min(T, tau*) p(T-u, S/B(u)) - p(T-u, S/Y(u)) du
//   p(s, z) = r exp(-r s) N(-d-(s, z)) - q S exp(-q s) N(-d+(s, z))
//
// [1] Andersen, L. and Lake, M. (2021), Fast American option pricing: the double-boundary case,
//     Wilmott 2021(116), 30-41.
#include "american_two_boundaries.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "simd/american_scheme.hpp"
#include "strikeproof/black_scholes.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::american::two_boundaries {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kNodes = 24;
constexpr std::size_t kPoints = 24;
constexpr std::size_t kPricePoints = 120;

using Nodes = std::array<double, kNodes>;
using Matrix = std::array<Nodes, kNodes>;

const simd::AmericanScheme& scheme() {
  static const simd::AmericanScheme made =
      simd::make_american_scheme({kNodes, kPoints, kPricePoints, 0, 0.0, 0.0}, nullptr);
  return made;
}

struct Put {
  double spot;
  double time;
  double rate;
  double yield;
  double volatility;
};

enum class Side { kUpper, kLower };

// One boundary up to some time left.
struct Boundary {
  Side side;
  double horizon;    // time left at the last node
  double log_start;  // ln b(0)
  Nodes log_at;      // ln b - ln b(0) at the nodes, of the side's sign
  bool found;
};

double log_between(const double* row, const Boundary& b) noexcept {
  double sum = 0.0;
  for (std::size_t j = 0; j < kNodes; ++j) sum += row[j] * b.log_at[j] * b.log_at[j];
  const double root = std::sqrt(std::max(sum, 0.0));
  return b.side == Side::kUpper ? -root : root;
}

// Both sides of a node's equation; slopes by ln b(tau) and, of one point, by ln b(u).
struct Sides {
  double left;
  double right;
  double left_own;
  double right_own;
};

struct Integrand {
  double between;
  Sides at;
  double left_other;
  double right_other;
};

Integrand integrand(const Put& put, const Boundary& b, std::size_t i, std::size_t k) noexcept {
  const auto& rule = scheme().boundary;
  const double x = scheme().x[i] * std::sqrt(b.horizon);
  const double tau = x * x;
  const double sine = rule.sine[k];
  const double inverse = 1.0 / (put.volatility * x * sine);
  Integrand p{};
  p.between = log_between(rule.interpolation.data() + (i * kPoints + k) * kNodes, b);
  const double carry = (put.rate - put.yield) * tau * sine * sine;
  const double d = (b.log_at[i] - p.between + carry) * inverse + 0.5 * put.volatility * x * sine;
  const double grown =
      tau * rule.weight[k] * std::exp(put.yield * tau * rule.cosine[k] * rule.cosine[k]);
  const double f = grown * math::normal_pdf(d) * inverse;
  const double f_own = -f * d * inverse;
  const double paid = -put.rate * std::exp(-b.log_start - p.between);  // |r| / b(u)
  const double lost = -put.yield;
  const bool upper = b.side == Side::kUpper;
  p.at.left = lost * (f + (upper ? grown * math::normal_cdf(d) : 0.0));
  p.at.left_own = lost * (f_own + (upper ? f : 0.0));
  p.at.right = paid * f + (upper ? 0.0 : lost * grown * math::normal_cdf(-d));
  p.at.right_own = paid * f_own - (upper ? 0.0 : lost * f);
  p.left_other = -p.at.left_own;
  p.right_other = -p.at.right_own - paid * f;
  return p;
}

// ln (left / right) of node i, and its row of derivatives by the nodes.
double linearised(const Put& put, const Boundary& b, std::size_t i, Nodes& row) noexcept {
  std::array<Integrand, kPoints> points;
  Sides sum{};
  for (std::size_t k = 0; k < kPoints; ++k) {
    points[k] = integrand(put, b, i, k);
    sum.left += points[k].at.left;
    sum.right += points[k].at.right;
    sum.left_own += points[k].at.left_own;
    sum.right_own += points[k].at.right_own;
  }
  if (b.side == Side::kUpper) {
    const double x = scheme().x[i] * std::sqrt(b.horizon);
    const double w = put.volatility * x;
    const double d = (b.log_at[i] + (put.rate - put.yield) * x * x) / w + 0.5 * w;
    sum.right += math::normal_cdf(d);
    sum.right_own += math::normal_pdf(d) / w;
  }
  row.fill(0.0);
  for (std::size_t k = 0; k < kPoints; ++k) {
    const double* const c = scheme().boundary.interpolation.data() + (i * kPoints + k) * kNodes;
    const double other = points[k].left_other / sum.left - points[k].right_other / sum.right;
    const double between = points[k].between;
    const double moved = between != 0.0 ? other / between : 0.0;
    for (std::size_t j = 0; j < kNodes; ++j) row[j] += moved * c[j] * b.log_at[j];
  }
  row[i] += sum.left_own / sum.left - sum.right_own / sum.right;
  return std::log(sum.left / sum.right);
}

// Gauss elimination in the order of time.
void solve(Matrix& matrix, Nodes& vector) noexcept {
  for (std::size_t k = 0; k < kNodes; ++k) {
    for (std::size_t i = k + 1; i < kNodes; ++i) {
      const double part = matrix[i][k] / matrix[k][k];
      for (std::size_t j = k + 1; j < kNodes; ++j) matrix[i][j] -= part * matrix[k][j];
      vector[i] -= part * vector[k];
    }
  }
  for (std::size_t i = kNodes; i-- > 0;) {
    for (std::size_t j = i + 1; j < kNodes; ++j) vector[i] -= matrix[i][j] * vector[j];
    vector[i] /= matrix[i][i];
  }
}

Boundary find(const Put& put, Side side, double horizon) noexcept {
  constexpr int kMostSteps = 40;
  constexpr double kFarthest = 1.4;  // factor of ln b - ln b(0) in a step
  const double span = std::log(put.yield / put.rate);
  Boundary b{side, horizon, side == Side::kUpper ? 0.0 : -span, {}, false};
  const double sign = side == Side::kUpper ? -1.0 : 1.0;
  for (std::size_t i = 0; i < kNodes; ++i) {
    const double w = put.volatility * scheme().x[i] * std::sqrt(horizon);
    b.log_at[i] = sign * std::min(side == Side::kUpper ? 1.5 * w : 0.64 * w, 0.4 * span);
  }
  for (int step = 0; step < kMostSteps && !b.found; ++step) {
    Matrix matrix;
    Nodes change;
    for (std::size_t i = 0; i < kNodes; ++i) change[i] = linearised(put, b, i, matrix[i]);
    solve(matrix, change);
    double largest = 0.0;
    for (std::size_t i = 0; i < kNodes; ++i) {
      if (!std::isfinite(change[i])) return b;
      const double own = std::fabs(b.log_at[i]);
      const double next = sign * (b.log_at[i] - change[i]);
      b.log_at[i] = sign * std::clamp(next, own / kFarthest, own * kFarthest);
      largest = std::max(largest, scheme().x[i] * std::fabs(change[i]));
    }
    b.found = largest < 1e-9;
  }
  return b;
}

struct Region {
  Boundary upper;
  Boundary lower;
  bool found;
};

Region region(const Put& put, double horizon) noexcept {
  const Boundary upper = find(put, Side::kUpper, horizon);
  if (!upper.found) return {upper, upper, false};
  const Boundary lower = find(put, Side::kLower, horizon);
  return {upper, lower, lower.found};
}

// ln B - ln Y at a node.
double gap(const Region& r, std::size_t i) noexcept {
  return r.upper.log_at[i] - r.lower.log_start - r.lower.log_at[i];
}

// Where the boundaries meet, from their straight lines in x between nodes: 0 if they do not.
double meeting(const Region& r) noexcept {
  const double root = std::sqrt(r.upper.horizon);
  for (std::size_t i = 0; i < kNodes; ++i) {
    if (gap(r, i) > 0.0) continue;
    const double before = i > 0 ? gap(r, i - 1) : -r.lower.log_start;
    const double from = i > 0 ? scheme().x[i - 1] : 0.0;
    const double x = root * (from + (scheme().x[i] - from) * before / (before - gap(r, i)));
    return x * x;
  }
  return 0.0;
}

// The region up to T or to where it closes: horizons are shortened until the equations have
// solutions, then moved to the meeting point until it stays.
Region widest(const Put& put) noexcept {
  constexpr int kMostTrials = 60;
  double low = 0.0;
  double high = put.time;
  double horizon = put.time;
  Region best{};
  for (int trial = 0; trial < kMostTrials; ++trial) {
    const Region r = region(put, horizon);
    const double met = r.found ? meeting(r) : 0.0;
    if (r.found && met == 0.0) {
      best = r;
      low = horizon;
      if (horizon == put.time || high - low < 1e-10 * put.time) return best;
      horizon = high < put.time ? 0.5 * (low + high) : std::min(high, 2.0 * low);
    } else {
      high = horizon;
      horizon = met > low ? met : (low > 0.0 ? 0.5 * (low + high) : 0.5 * high);
      if (met > 0.0 && high - met < 1e-9 * high) return r;
    }
  }
  return best;
}

struct Premium {
  double value;
  double delta;
  double gamma;
};

// What exercise below b would be worth, taken over the time that b is known.
Premium below(const Put& put, const Boundary& b) noexcept {
  const auto& rule = scheme().price;
  Premium sum{};
  for (std::size_t k = 0; k < kPricePoints; ++k) {
    const double s = put.time - b.horizon + b.horizon * rule.sine[k] * rule.sine[k];
    const double w = put.volatility * std::sqrt(s);
    const double level = b.log_start + log_between(rule.interpolation.data() + k * kNodes, b);
    const double plus = (std::log(put.spot) - level + (put.rate - put.yield) * s) / w + 0.5 * w;
    const double minus = plus - w;
    const double weight = b.horizon * rule.weight[k];
    const double cash = put.rate * std::exp(-put.rate * s) * weight;
    const double asset = put.yield * std::exp(-put.yield * s) * weight;
    const double cash_slope = cash * math::normal_pdf(minus) / (w * put.spot);
    const double asset_slope = asset * math::normal_pdf(plus) / w;
    sum.value += cash * math::normal_cdf(-minus) - asset * put.spot * math::normal_cdf(-plus);
    sum.delta += asset_slope - cash_slope - asset * math::normal_cdf(-plus);
    sum.gamma +=
        cash_slope / put.spot * (1.0 + minus / w) + asset_slope / put.spot * (1.0 - plus / w);
  }
  return sum;
}

bool is_due(const Put& put, const Region& r) noexcept {
  const double log_spot = std::log(put.spot);
  const double upper = r.upper.log_at[kNodes - 1];
  const double lower = r.lower.log_start + r.lower.log_at[kNodes - 1];
  return r.upper.horizon == put.time && log_spot <= upper && log_spot >= lower;
}

}  // namespace

bool applies(const VanillaOption& option, const FlatMarket& market) noexcept {
  const bool put = option.type == OptionType::kPut;
  const double rate = put ? market.rate : market.dividend_yield;
  const double yield = put ? market.dividend_yield : market.rate;
  return yield < rate && rate < -simd::kNoRate;
}

GreeksResult value(const VanillaOption& option, const FlatMarket& market) noexcept {
  const bool is_put = option.type == OptionType::kPut;
  const double scale = is_put ? option.strike : market.spot;
  const Put put{is_put ? market.spot / scale : option.strike / scale, option.time_to_expiry,
                is_put ? market.rate : market.dividend_yield,
                is_put ? market.dividend_yield : market.rate, market.volatility};
  const Region r = widest(put);
  Greeks g{kNaN, kNaN, kNaN, kNaN, kNaN, kNaN};
  if (!r.found) return {g, Status::kNotConverged};
  const double sign = is_put ? -1.0 : 1.0;
  if (is_due(put, r)) {
    g = {sign * (market.spot - option.strike), sign, 0.0, kNaN, 0.0, kNaN};
    return {g, Status::kOk};
  }
  const Premium high = below(put, r.upper);
  const Premium low = below(put, r.lower);
  const double f = high.value - low.value;
  const double slope = high.delta - low.delta;
  const double curvature = high.gamma - low.gamma;
  const Greeks european = black_scholes::greeks(option, market).value;
  const double intrinsic = std::max(sign * (market.spot - option.strike), 0.0);
  g.price = std::max(european.price + std::max(scale * f, 0.0), intrinsic);
  g.delta = european.delta + (is_put ? slope : f - put.spot * slope);
  g.gamma = european.gamma + (is_put ? curvature : put.spot * put.spot * curvature) / scale;
  return {g, Status::kOk};
}

}  // namespace strikeproof::american::two_boundaries
