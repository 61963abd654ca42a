// Trees for options with early exercise.
//
//   v_j <- P_u v_{j+1} + P_d v_j  or  P_u v_{j+2} + P_m v_{j+1} + P_d v_j,  then max(v, exercise)
//
// Leisen-Reimer [1, section 4]: with b = r - q, p = h(d2), p' = h(d1) for Peizer and Pratt's
// inversion h of the binomial distribution (method 2),
//   u = exp(b dt) p'/p,   d = exp(b dt) (1 - p')/(1 - p)
// so that the strike keeps its place among the final nodes for every number of steps, which is odd.
// Far from the money d2 is held within 0.4 sqrt(n), where h is a distribution's body and not its
// tail: any centre gives the same drift and variance.
//
// Trinomial: x = ln(S/F), F the forward, moves by -h, 0, h with h = sigma sqrt(3 dt) [2, 3];
//   P_u = a / (1 + e^h),  P_d = a e^h / (1 + e^h),  a h^2 = w^2 + w^4/4,  w^2 = sigma^2 dt
// keep the forward exactly and the second moment of x; a is below 1 for any drift. The payoff of
// the node whose cell [x - h/2, x + h/2] holds the strike is averaged over that cell, to first
// order: K delta^2 / (2 h) more, delta = what reaches over the kink. Without it the error jumps
// with n [4].
//
// A tree for the Greeks is one node wider on both sides at time 0: value and neighbours at the same
// moment give delta and gamma by a parabola [5]. Vega and rho are exact derivatives of the tree.
// Richardson: errors fall as n^-2 (Leisen-Reimer, European) or n^-1 (else).
//
// [1] Leisen, D. and Reimer, M. (1996), Binomial models for option valuation, Applied Math. Finance
//     3(4), 319-346.
// [2] Boyle, P. (1986), Option valuation using a three-jump process, Int. Options J. 3, 7-12.
// [3] Kamrad, B. and Ritchken, P. (1991), Management Science 37(12), 1640-1652.
// [4] Heston, S. and Zhou, G. (2000), On the rate of convergence of discrete-time contingent
// claims,
//     Math. Finance 10(1), 53-75.
// [5] Pelsser, A. and Vorst, T. (1994), The binomial model and the Greeks, J. Derivatives 1(3).
#include "strikeproof/lattice.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "numeric/exercise_rules.hpp"

namespace strikeproof::lattice {
namespace {

using math::value_of;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The value at time 0 and, in a tree for Greeks, its neighbours' with their spots.
template <class T>
struct Root {
  T value;
  double below = 0.0, above = 0.0;            // values
  double spot_below = 0.0, spot_above = 0.0;  // spots
  bool exercised = false;
  bool valid = true;
};

template <class T>
struct Problem {
  const ExercisableOption& option;
  MarketOf<T> market;
  int wing;  // 1 for Greeks, 0 for the price
  double phi;

  [[nodiscard]] T intrinsic(const T& spot) const noexcept {
    return intrinsic_value(phi, spot, option.strike);
  }
};

// sqrt((1 - exp(-y)) / y), smooth at 0.
template <class T>
T root_of_mean_decay(const T& y) noexcept {
  using std::expm1;
  using std::sqrt;
  if (value_of(y) < 1e-4) return 1.0 - 0.25 * y + (5.0 / 96.0) * y * y;
  return sqrt(-expm1(-y) / y);
}

// Peizer and Pratt's method 2 [1, eq. (22)].
template <class T>
T inversion(const T& z, double n) noexcept {
  const T x = z / (n + 1.0 / 3.0 + 0.1 / (n + 1.0));
  return 0.5 + 0.5 * std::sqrt(n + 1.0 / 6.0) * x * root_of_mean_decay(x * x * (n + 1.0 / 6.0));
}

template <class T>
struct Binomial {
  T up, down;                        // factors of spot
  T discounted_up, discounted_down;  // probabilities times discount
  bool valid;
};

template <class T>
Binomial<T> binomial(const Problem<T>& problem, int steps) noexcept {
  using std::exp;
  using std::sqrt;
  const MarketOf<T>& m = problem.market;
  const double n = steps;
  const double time = problem.option.time_to_expiry;
  const T drift = m.rate - m.dividend_yield;
  const T w = m.volatility * std::sqrt(time);
  T centre = (std::log(m.spot / problem.option.strike) + drift * time) / w;
  const double bound = 0.4 * std::sqrt(n);
  if (std::abs(value_of(centre)) > bound) centre = T(std::copysign(bound, value_of(centre)));
  const T p = inversion(centre - 0.5 * w, n);
  const T stock = inversion(centre + 0.5 * w, n);
  const T growth = exp(drift * (time / n));
  const T discount = exp(-m.rate * (time / n));
  const bool valid = value_of(p) > 1e-6 && value_of(stock) < 1.0 - 1e-6;
  return {growth * stock / p, growth * (1.0 - stock) / (1.0 - p), discount * p,
          discount * (1.0 - p), valid};
}

// Steps at which a Bermudan option may be exercised, the nearest to its dates.
std::vector<char> exercise_steps(const ExercisableOption& option, int steps) {
  std::vector<char> open(static_cast<std::size_t>(steps) + 1,
                         option.exercise == Exercise::kAmerican ? 1 : 0);
  if (option.exercise == Exercise::kBermudan) {
    for (const double t : option.times) {
      if (t > option.time_to_expiry) break;
      open[static_cast<std::size_t>(std::lround(t / option.time_to_expiry * steps))] = 1;
    }
  }
  return open;
}

template <class T>
Root<T> root_of(const Problem<T>& problem, const std::vector<T>& values, const T& spot,
                const T& below, const T& above, bool open) noexcept {
  Root<T> root;
  const auto wing = static_cast<std::size_t>(problem.wing);
  root.value = values[wing];
  const double gain = value_of(problem.intrinsic(spot));
  root.exercised = open && gain > 0.0 && value_of(root.value) <= gain * (1.0 + 1e-13);
  if (root.exercised) root.value = problem.intrinsic(spot);
  if (wing == 0) return root;
  root.below = value_of(values[0]);
  root.above = value_of(values[2]);
  root.spot_below = value_of(below);
  root.spot_above = value_of(above);
  return root;
}

template <class T>
Root<T> leisen_reimer(const Problem<T>& problem, int asked) {
  const int steps = asked | 1;
  const Binomial<T> tree = binomial(problem, steps);
  if (!tree.valid) return {.value = T(kNaN), .valid = false};
  const std::size_t nodes = static_cast<std::size_t>(steps + 2 * problem.wing) + 1;
  std::vector<T> spots(nodes), values(nodes);
  const T ratio = tree.up / tree.down;
  using std::exp;
  using std::log;
  const T log_down = log(tree.down), log_ratio = log(ratio);
  for (std::size_t j = 0; j < nodes; ++j) {
    spots[j] = problem.market.spot *
               exp(steps * log_down + (static_cast<double>(j) - problem.wing) * log_ratio);
    values[j] = problem.intrinsic(spots[j]);
  }
  const std::vector<char> open = exercise_steps(problem.option, steps);
  const T back = 1.0 / tree.down;
  for (int i = steps - 1; i >= 0; --i) {
    const auto last = static_cast<std::size_t>(i + 2 * problem.wing);
    for (std::size_t j = 0; j <= last; ++j) {
      values[j] = tree.discounted_up * values[j + 1] + tree.discounted_down * values[j];
      spots[j] = spots[j] * back;
    }
    if (open[static_cast<std::size_t>(i)] == 0) continue;
    for (std::size_t j = 0; j <= last; ++j) {
      values[j] = larger(problem.phi * (spots[j] - problem.option.strike), values[j]);
    }
  }
  const T spot(problem.market.spot);
  return root_of(problem, values, spot, spot / ratio, spot * ratio, open[0] != 0);
}

struct Segment {
  double end;
  int steps;
  bool open;  // exercise at its end
};

// Between exercise dates, each with its share of the steps.
std::vector<Segment> segments_of(const ExercisableOption& option, int steps) {
  std::vector<Segment> segments;
  const double expiry = option.time_to_expiry;
  double begin = 0.0;
  const auto add = [&](double end, bool open) {
    if (!(end > begin)) return;
    // the product of the largest times is infinite
    const double wanted = std::min(steps * (end - begin) / expiry, static_cast<double>(steps));
    const double share = std::ceil(wanted - 1e-9);
    segments.push_back({end, std::max(1, static_cast<int>(share)), open});
    begin = end;
  };
  if (option.exercise == Exercise::kBermudan) {
    for (const double t : option.times) add(std::min(t, expiry), t < expiry);
  }
  add(expiry, option.exercise == Exercise::kAmerican);
  return segments;
}

template <class T>
struct Trinomial {
  const Problem<T>& problem;
  T h;                     // distance of nodes in x
  std::vector<T> shape{};  // exp(x) of the nodes
  std::vector<T> values{};
  std::size_t count = 0;  // nodes at the moment reached

  void start(int steps);
  void smooth(const T& forward) noexcept;
  bool step_back(double dt) noexcept;
  void exercise(const T& forward, std::size_t outer) noexcept;
};

template <class T>
void Trinomial<T>::start(int steps) {
  using std::exp;
  const int half = steps + problem.wing;
  count = static_cast<std::size_t>(2 * half + 1);
  shape.resize(count);
  values.resize(count);
  const T forward =
      problem.market.spot *
      exp((problem.market.rate - problem.market.dividend_yield) * problem.option.time_to_expiry);
  for (std::size_t j = 0; j < count; ++j) {
    shape[j] = exp((static_cast<double>(j) - half) * h);
    values[j] = problem.intrinsic(forward * shape[j]);
  }
  smooth(forward);
}

template <class T>
void Trinomial<T>::smooth(const T& forward) noexcept {
  using std::log;
  const T kink = log(problem.option.strike / forward) / h;  // in nodes from the centre
  const double centre = 0.5 * static_cast<double>(count - 1);
  const double nearest = std::round(value_of(kink));
  if (!(std::abs(nearest) <= centre)) return;  // or no number at all
  const T away = kink - nearest;
  const T reach = 0.5 - (value_of(away) < 0.0 ? -away : away);
  values[static_cast<std::size_t>(nearest + centre)] +=
      0.5 * problem.option.strike * h * reach * reach;
}

template <class T>
bool Trinomial<T>::step_back(double dt) noexcept {
  using std::exp;
  const T variance = problem.market.volatility * problem.market.volatility * dt;
  const T moved = variance * (1.0 + 0.25 * variance) / (h * h);
  if (!(value_of(moved) < 1.0)) return false;
  const T discount = exp(-problem.market.rate * dt);
  const T up = discount * moved / (1.0 + exp(h));
  const T down = discount * moved - up;
  const T stay = discount - discount * moved;
  count -= 2;
  for (std::size_t j = 0; j < count; ++j) {
    values[j] = up * values[j + 2] + (stay * values[j + 1] + down * values[j]);
  }
  return true;
}

template <class T>
void Trinomial<T>::exercise(const T& forward, std::size_t outer) noexcept {
  for (std::size_t j = 0; j < count; ++j) {
    const T gain = problem.phi * (forward * shape[j + outer] - problem.option.strike);
    values[j] = larger(gain, values[j]);
  }
}

template <class T>
Root<T> trinomial(const Problem<T>& problem, int steps) {
  using std::exp;
  const std::vector<Segment> segments = segments_of(problem.option, steps);
  const MarketOf<T>& m = problem.market;
  double widest = 0.0, begin = 0.0;
  int total = 0;
  for (const Segment& s : segments) {
    widest = std::max(widest, (s.end - begin) / s.steps);
    total += s.steps;
    begin = s.end;
  }
  Trinomial<T> tree{problem, m.volatility * std::sqrt(3.0 * widest)};
  tree.start(total);
  const bool american = problem.option.exercise == Exercise::kAmerican;
  std::size_t outer = 0;
  for (std::size_t k = segments.size(); k-- > 0;) {
    const Segment& s = segments[k];
    const double from = k == 0 ? 0.0 : segments[k - 1].end;
    const double dt = (s.end - from) / s.steps;
    for (int i = s.steps - 1; i >= 0; --i, ++outer) {
      if (!tree.step_back(dt)) return {.value = T(kNaN), .valid = false};
      const bool date = i == 0 && k > 0 && segments[k - 1].open;
      if (american || date) {
        tree.exercise(m.spot * exp((m.rate - m.dividend_yield) * (from + i * dt)), outer + 1);
      }
    }
  }
  const ExercisableOption& option = problem.option;
  const bool now = american || (option.exercise == Exercise::kBermudan && !option.times.empty() &&
                                option.times.front() == 0.0);
  if (now && !american) tree.exercise(T(m.spot), outer);
  const T step = exp(tree.h), spot(m.spot);
  return root_of(problem, tree.values, spot, spot / step, spot * step, now);
}

// Derivatives at the middle of three points by their parabola.
void set_slopes(const Root<VolatilityAndRate>& root, double spot, Greeks& g) noexcept {
  const double right = root.spot_above - spot, left = spot - root.spot_below;
  const double up = (root.above - g.price) / right, down = (g.price - root.below) / left;
  g.delta = (up * left + down * right) / (left + right);
  g.gamma = 2.0 * (up - down) / (left + right);
}

template <class T>
Root<T> solve(const ExercisableOption& option, const FlatMarket& market, Tree tree, int steps,
              int wing) {
  const double phi = static_cast<double>(option.type);
  const Problem<T> problem{option, market_of(market, T{}), wing, phi};
  return tree == Tree::kTrinomial ? trinomial(problem, steps) : leisen_reimer(problem, steps);
}

// Weight of the finer tree's result; the other one has what is missing to 1.
double extrapolation_weight(double order, const Settings& s) noexcept {
  const bool binomial = s.tree == Tree::kLeisenReimer;
  const double coarse = binomial ? s.steps | 1 : s.steps;
  const double fine = binomial ? (2 * s.steps) | 1 : 2 * s.steps;
  return 1.0 / (1.0 - std::pow(coarse / fine, order));
}

// Order of price, vega and rho; slopes between nodes are of the first order always.
double price_order(const ExercisableOption& option, const Settings& s) noexcept {
  return s.tree == Tree::kLeisenReimer && option.exercise == Exercise::kEuropean ? 2.0 : 1.0;
}

Status check_all(const ExercisableOption& option, const FlatMarket& market,
                 const Settings& settings) noexcept {
  if (settings.steps < 1 || settings.steps > kMaximumSteps) return Status::kOutOfDomain;
  return check(option, market);
}

bool greeks_once(const ExercisableOption& option, const FlatMarket& market, Tree tree, int steps,
                 Greeks& g) noexcept {
  const auto root = solve<VolatilityAndRate>(option, market, tree, steps, 1);
  if (!root.valid) return false;
  g.price = root.value.value;
  g.vega = root.value.first[0];
  g.rho = root.value.first[1];
  set_slopes(root, market.spot, g);
  if (root.exercised) {
    g.delta = static_cast<double>(option.type);
    g.gamma = 0.0;
  }
  g.theta = root.exercised ? 0.0 : theta_of(g, market);
  return is_finite(g);
}

Greeks mixed(const Greeks& fine, const Greeks& coarse, double value, double slope) noexcept {
  const auto mix = [](double a, double b, double weight) { return b + weight * (a - b); };
  return {mix(fine.price, coarse.price, value), mix(fine.delta, coarse.delta, slope),
          mix(fine.gamma, coarse.gamma, slope), mix(fine.vega, coarse.vega, value),
          mix(fine.theta, coarse.theta, slope), mix(fine.rho, coarse.rho, value)};
}

// What extrapolation may overshoot: a right of exercise today is worth its gain at least.
double floor_of(const ExercisableOption& option, const FlatMarket& market) noexcept {
  const bool now = option.exercise == Exercise::kAmerican;
  const double gain = static_cast<double>(option.type) * (market.spot - option.strike);
  return now ? std::max(gain, 0.0) : 0.0;
}

}  // namespace

PriceResult price(const ExercisableOption& option, const FlatMarket& market,
                  const Settings& settings) noexcept {
  const Status status = check_all(option, market, settings);
  if (status != Status::kOk) return {kNaN, status};
  if (is_certain(option, market)) return price_of(certain_value(option, market));
  const auto coarse = solve<double>(option, market, settings.tree, settings.steps, 0);
  double value = coarse.value;
  if (settings.extrapolation) {
    const auto fine = solve<double>(option, market, settings.tree, 2 * settings.steps, 0);
    const double weight = extrapolation_weight(price_order(option, settings), settings);
    value += weight * (fine.value - coarse.value);
    value = std::max(value, floor_of(option, market));
  }
  if (!std::isfinite(value)) return {kNaN, Status::kNotConverged};
  return {value, Status::kOk};
}

GreeksResult greeks(const ExercisableOption& option, const FlatMarket& market,
                    const Settings& settings) noexcept {
  const Status status = check_all(option, market, settings);
  if (status != Status::kOk) return {no_greeks(), status};
  if (is_certain(option, market)) return certain_value(option, market);
  Greeks coarse{}, fine{};
  if (!greeks_once(option, market, settings.tree, settings.steps, coarse)) {
    return {no_greeks(), Status::kNotConverged};
  }
  if (!settings.extrapolation) return {coarse, Status::kOk};
  if (!greeks_once(option, market, settings.tree, 2 * settings.steps, fine)) {
    return {no_greeks(), Status::kNotConverged};
  }
  Greeks found = mixed(fine, coarse, extrapolation_weight(price_order(option, settings), settings),
                       extrapolation_weight(1.0, settings));
  found.price = std::max(found.price, floor_of(option, market));
  return {found, Status::kOk};
}

}  // namespace strikeproof::lattice
