// American options one at a time: limits, two boundaries, and a tree where nothing else answers.
//
// Without volatility the holder picks the best date: the value is the largest over t in [0, T] of
//
//   phi (S exp(-q t) - K exp(-r t)),  with a stationary point at t = ln(r K / (q S)) / (r - q)
//
// The tree is that of [1] with an odd number of steps; the error it makes in the European option is
// taken off [2].
//
// [1] Leisen, D. and Reimer, M. (1996), Binomial models for option valuation, Appl. Math. Finance
//     3(4), 319-346.
// [2] Hull, J. and White, A. (1988), The use of the control variate technique in option pricing,
//     J. Financial and Quantitative Analysis 23(3), 237-251.
#include "strikeproof/american_careful.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "american_two_boundaries.hpp"
#include "strikeproof/black_scholes.hpp"

namespace strikeproof::american::careful {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr int kSteps = 1001;
constexpr double kLeastDeviation = 1e-7;  // of ln S_T; below it nothing is left to chance
constexpr double kFurthest = 40.0;        // deviations; the density there is below 1e-347
constexpr Greeks kNoGreeks{kNaN, kNaN, kNaN, kNaN, kNaN, kNaN};

Status checked(const VanillaOption& o, const FlatMarket& m) noexcept {
  for (const double value :
       {o.strike, o.time_to_expiry, m.spot, m.rate, m.dividend_yield, m.volatility}) {
    if (!std::isfinite(value)) return Status::kNonFinite;
  }
  const bool inside =
      o.strike >= 0.0 && o.time_to_expiry >= 0.0 && m.spot >= 0.0 && m.volatility >= 0.0;
  return inside ? Status::kOk : Status::kOutOfDomain;
}

// Whether chance decides nothing: no spread, or the strike further off than any spot will go.
bool is_certain(const VanillaOption& o, const FlatMarket& m) noexcept {
  const double w = m.volatility * std::sqrt(o.time_to_expiry);
  if (m.spot == 0.0 || o.strike == 0.0 || !(w > kLeastDeviation)) return true;
  const double drift = std::fabs(m.rate - m.dividend_yield) * o.time_to_expiry;
  return std::fabs(std::log(m.spot / o.strike)) > drift + kFurthest * w + 0.5 * w * w;
}

Greeks certain(const VanillaOption& o, const FlatMarket& m) noexcept {
  const auto phi = static_cast<double>(o.type);
  const double T = o.time_to_expiry;
  const double r = m.rate;
  const double q = m.dividend_yield;
  const double stationary = std::log(r * o.strike / (q * m.spot)) / (r - q);
  Greeks best{};
  for (const double t : {0.0, stationary, T}) {
    if (!(t >= 0.0 && t <= T)) continue;
    const double asset = std::exp(-q * t);
    const double cash = o.strike * std::exp(-r * t);
    const double value = phi * (m.spot * asset - cash);
    if (value <= best.price) continue;
    // only the last date moves as time passes
    const double theta = t == T && T > 0.0 ? phi * (q * m.spot * asset - r * cash) : 0.0;
    best = {value, phi * asset, 0.0, 0.0, theta, phi * t * cash};
  }
  return best;
}

// Inversion of the binomial distribution by Peizer and Pratt, method 2 of [1].
double inverted(double z) noexcept {
  constexpr double n = kSteps;
  const double scaled = z / (n + 1.0 / 3.0 + 0.1 / (n + 1.0));
  const double root = std::sqrt(0.25 - 0.25 * std::exp(-scaled * scaled * (n + 1.0 / 6.0)));
  return z < 0.0 ? 0.5 - root : 0.5 + root;
}

// Values at the first three levels of the tree: [0] now, [1][2] a step on, [3][4][5] two steps on.
struct Tree {
  std::array<double, 6> american;
  double european;
  double up;
  double down;
};

Tree grow(const VanillaOption& o, const FlatMarket& m) noexcept {
  const auto phi = static_cast<double>(o.type);
  const double step = o.time_to_expiry / kSteps;
  const double w = m.volatility * std::sqrt(o.time_to_expiry);
  const double d2 =
      (std::log(m.spot / o.strike) + (m.rate - m.dividend_yield) * o.time_to_expiry) / w - 0.5 * w;
  const double p = inverted(d2);
  const double p_asset = inverted(d2 + w);
  const double growth = std::exp((m.rate - m.dividend_yield) * step);
  Tree tree{};
  tree.up = growth * p_asset / p;
  tree.down = (growth - p * tree.up) / (1.0 - p);
  const double discount = std::exp(-m.rate * step);
  std::array<double, kSteps + 1> held{};
  std::array<double, kSteps + 1> european{};
  const double ratio = tree.up / tree.down;
  const auto spot_at = [&](int level, int ups) {
    return m.spot * std::exp(level * std::log(tree.down) + ups * std::log(ratio));
  };
  double spot = spot_at(kSteps, 0);
  for (std::size_t k = 0; k <= kSteps; ++k, spot *= ratio) {
    european[k] = held[k] = std::max(phi * (spot - o.strike), 0.0);
  }
  for (int level = kSteps - 1; level >= 0; --level) {
    spot = spot_at(level, 0);
    for (std::size_t k = 0; k <= static_cast<std::size_t>(level); ++k, spot *= ratio) {
      european[k] = discount * (p * european[k + 1] + (1.0 - p) * european[k]);
      const double waited = discount * (p * held[k + 1] + (1.0 - p) * held[k]);
      held[k] = std::max(waited, phi * (spot - o.strike));
    }
    if (level == 2) std::copy_n(held.begin(), 3, tree.american.begin() + 3);
    if (level == 1) std::copy_n(held.begin(), 2, tree.american.begin() + 1);
  }
  tree.american[0] = held[0];
  tree.european = european[0];
  return tree;
}

double corrected(const Tree& tree, const VanillaOption& o, const FlatMarket& m) noexcept {
  const double exact = black_scholes::price(o, m).value;
  const auto phi = static_cast<double>(o.type);
  const double intrinsic = std::max(phi * (m.spot - o.strike), 0.0);
  return std::max({tree.american[0] + (exact - tree.european), exact, intrinsic});
}

bool is_finite(const Tree& tree) noexcept {
  return std::isfinite(tree.american[0]) && std::isfinite(tree.european);
}

// Derivative of a price by one input of the market.
template <class Price>
double slope_of(const FlatMarket& market, double FlatMarket::* input, double size,
                const Price& price) noexcept {
  FlatMarket higher = market;
  FlatMarket lower = market;
  higher.*input += size;
  lower.*input -= size;
  return (price(higher) - price(lower)) / (2.0 * size);
}

template <class Price>
void put_slopes(const FlatMarket& m, const Price& price, Greeks& g) noexcept {
  const double spread = m.volatility * m.spot;
  g.theta = m.rate * g.price - (m.rate - m.dividend_yield) * m.spot * g.delta -
            0.5 * spread * spread * g.gamma;
  g.vega = slope_of(m, &FlatMarket::volatility, 1e-3 * m.volatility, price);
  g.rho = slope_of(m, &FlatMarket::rate, 1e-5, price);
}

// Between two boundaries exercise is due: the intrinsic value.
Greeks two_boundary_greeks(const VanillaOption& o, const FlatMarket& m, Greeks g) noexcept {
  if (std::fabs(g.delta) == 1.0 && g.gamma == 0.0) {
    g.vega = g.theta = g.rho = 0.0;
  } else {
    put_slopes(
        m, [&](const FlatMarket& moved) { return two_boundaries::value(o, moved).value.price; }, g);
  }
  return g;
}

GreeksResult tree_greeks(const VanillaOption& option, const FlatMarket& market) noexcept {
  const Tree tree = grow(option, market);
  if (!is_finite(tree)) return {kNoGreeks, Status::kNotConverged};
  const auto& v = tree.american;
  const double up = market.spot * tree.up;
  const double down = market.spot * tree.down;
  const std::array top{market.spot * tree.down * tree.down, market.spot * tree.up * tree.down,
                       market.spot * tree.up * tree.up};
  Greeks g{};
  g.price = corrected(tree, option, market);
  g.delta = (v[2] - v[1]) / (up - down);
  g.gamma = ((v[5] - v[4]) / (top[2] - top[1]) - (v[4] - v[3]) / (top[1] - top[0])) /
            (0.5 * (top[2] - top[0]));
  put_slopes(market, [&](const FlatMarket& m) { return corrected(grow(option, m), option, m); }, g);
  if (!is_finite(g)) return {kNoGreeks, Status::kNotConverged};
  return {g, Status::kOk};
}

}  // namespace

PriceResult price(const VanillaOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return {kNaN, status};
  if (is_certain(option, market)) {
    const double value = certain(option, market).price;
    if (!std::isfinite(value)) return {kNaN, Status::kOverflow};
    return {value, Status::kOk};
  }
  if (two_boundaries::applies(option, market)) {
    const GreeksResult found = two_boundaries::value(option, market);
    if (found.status == Status::kOk) return {found.value.price, Status::kOk};
  }
  const Tree tree = grow(option, market);
  if (!is_finite(tree)) return {kNaN, Status::kNotConverged};
  return {corrected(tree, option, market), Status::kOk};
}

GreeksResult greeks(const VanillaOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return {kNoGreeks, status};
  if (is_certain(option, market)) {
    const Greeks g = certain(option, market);
    // growth beyond the range of a double: infinity times zero, or less infinity
    if (!is_finite(g)) return {kNoGreeks, Status::kOverflow};
    return {g, Status::kOk};
  }
  if (two_boundaries::applies(option, market)) {
    const GreeksResult found = two_boundaries::value(option, market);
    if (found.status == Status::kOk) {
      const Greeks g = two_boundary_greeks(option, market, found.value);
      if (is_finite(g)) return {g, Status::kOk};
    }
  }
  return tree_greeks(option, market);
}

}  // namespace strikeproof::american::careful
