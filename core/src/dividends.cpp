// Options on a stock with known cash dividends D_i at t_i.
//
// Escrowed model [1, section 9.1]: X = S - sum of D_i exp(-(r - q) t_i) is lognormal; European
// options are Black-Scholes-Merton on X, American ones go to the grid (src/finite_difference.cpp).
// [1] has no yield; beside one it is r - q that gives the stock its forward
// (numeric/exercise_rules.hpp).
//
// Spot model [2]: S is lognormal between the dates and falls from S to max(S - D_i, 0) at them.
// Backwards from the last date, after which a European option is Black-Scholes-Merton,
//   V(x, t_{i-1}+) = exp(-r dt) int phi((y - x - (r - q - sigma^2/2) dt) / s) / s  G_i(y) dy,
//   G_i(y) = V(max(e^y - D_i, 0), t_i+),   s = sigma sqrt(dt),  y = ln S
// by Gauss-Legendre panels as wide as G_i and the density are smooth; V is evaluated where the
// earlier date needs it, so that nothing is interpolated. American calls with q <= 0 <= r are
// exercised just before a dividend only [2, section 3]: G_i = max(e^y - K, V), panels divided where
// the two meet. V is convex in the spot, so that exercise pays on an interval of spots: up to
// infinity at q = 0, but at q < 0 those who own much of the stock wait. Below the panels G_i is
// G_i(0).
//
// Bos and Vandermark [3], an approximation: near dividends lower the spot, distant ones raise the
// strike, with b = r - q,
//   S' = S - sum of (1 - t_i/T) D_i exp(-b t_i),   K' = K + sum of (t_i/T) D_i exp(b (T - t_i))
//
// [1] Haug, E. (2007), The Complete Guide to Option Pricing Formulas, 2nd ed., McGraw-Hill.
// [2] Haug, E., Haug, J. and Lewis, A. (2003), Back to basics: a new approach to the discrete
// dividend
//     problem, Wilmott Magazine, September, 37-47.
// [3] Bos, M. and Vandermark, S. (2002), Finessing fixed dividends, Risk 15(9), 157-158.
#include "strikeproof/dividends.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "numeric/exercise_rules.hpp"
#include "numeric/one_factor.hpp"
#include "strikeproof/math/gauss_legendre.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::dividends {
namespace {

using math::value_of;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kDeviations = 9.0;
constexpr std::size_t kPanelPoints = 12;
constexpr double kPanelWidth = 2.0;  // in standard deviations of the smoothest factor's scale
constexpr std::size_t kMaximumPanels = 4000;

struct Dividend {
  double time, amount;
};

// Inputs that may carry derivatives: spot (twice), volatility, rate, time.
template <class T>
struct State {
  T spot, volatility, rate;
  double dividend_yield;
};

template <class T>
T black_scholes_value(double phi, const T& spot, const T& strike, const T& time,
                      const State<T>& m) noexcept {
  using math::normal_cdf;
  using std::exp;
  using std::log;
  using std::sqrt;
  const T discount = exp(-m.rate * time);
  if (!(value_of(spot) > 0.0)) return phi > 0.0 ? T(0.0) : strike * discount;
  const T held = spot * exp(-m.dividend_yield * time);
  const T w = m.volatility * sqrt(time);
  const T d1 = log(held / (strike * discount)) / w + 0.5 * w;
  return phi * (held * normal_cdf(phi * d1) - strike * discount * normal_cdf(phi * (d1 - w)));
}

std::vector<Dividend> merged(const CashDividends& dividends, double expiry) {
  std::vector<Dividend> found;
  for (std::size_t i = 0; i < dividends.times.size(); ++i) {
    const Dividend d{dividends.times[i], dividends.amounts[i]};
    if (!(d.time > 0.0) || d.time >= expiry || d.amount == 0.0) continue;
    if (!found.empty() && found.back().time == d.time) {
      found.back().amount += d.amount;
    } else {
      found.push_back(d);
    }
  }
  return found;
}

// Nodes at one date, with weights times G.
template <class T>
struct Slice {
  std::vector<double> node;  // ln S
  std::vector<T> weighted;
  T bottom{};        // G at spot 0
  double low = 0.0;  // below the first panel
};

template <class T>
class Recursion {
 public:
  Recursion(const ExercisableOption& option, const State<T>& state,
            const std::vector<Dividend>& dividends)
      : option_(option),
        state_(state),
        dividends_(dividends),
        phi_(static_cast<double>(option.type)),
        slices_(dividends.size()) {}

  bool run(T& value) {
    for (std::size_t i = dividends_.size(); i-- > 0;) {
      if (!fill(i)) return false;
    }
    value = before(0, state_.spot, 0.0);
    return true;
  }

 private:
  [[nodiscard]] double next_time(std::size_t i) const {
    return i + 1 < dividends_.size() ? dividends_[i + 1].time : option_.time_to_expiry;
  }

  // V(spot, t_i+), t_i the date of dividend i.
  [[nodiscard]] T after(std::size_t i, double spot) const {
    if (i + 1 < dividends_.size()) return before(i + 1, T(spot), dividends_[i].time);
    const T time(option_.time_to_expiry - dividends_[i].time);
    return black_scholes_value(phi_, T(spot), T(option_.strike), time, state_);
  }

  // V(spot, t) as an integral over the slice of dividend i, t before it and after the one before.
  [[nodiscard]] T before(std::size_t i, const T& spot, double t) const {
    using math::normal_cdf;
    using std::exp;
    using std::log;
    const Slice<T>& slice = slices_[i];
    const double dt = dividends_[i].time - t;
    const T discount = exp(-state_.rate * dt);
    if (!(value_of(spot) > 0.0)) return discount * slice.bottom;
    const T s = state_.volatility * std::sqrt(dt);
    const T drift =
        state_.rate - state_.dividend_yield - 0.5 * state_.volatility * state_.volatility;
    const T mean = log(spot) + drift * dt;
    const double reach = kDeviations * value_of(s);
    const auto from =
        std::lower_bound(slice.node.begin(), slice.node.end(), value_of(mean) - reach) -
        slice.node.begin();
    const T inverse = 1.0 / s;
    T sum(0.0);
    for (auto k = static_cast<std::size_t>(from); k < slice.node.size(); ++k) {
      if (slice.node[k] > value_of(mean) + reach) break;
      const T z = (slice.node[k] - mean) * inverse;
      sum += exp(-0.5 * z * z) * slice.weighted[k];
    }
    sum *= math::kInverseRootTwoPi * inverse;
    return discount * (sum + slice.bottom * normal_cdf((slice.low - mean) * inverse));
  }

  [[nodiscard]] double gain(double log_spot) const {
    return phi_ * (std::exp(log_spot) - option_.strike);
  }

  [[nodiscard]] double continuation(std::size_t i, double log_spot) const {
    return value_of(after(i, std::max(std::exp(log_spot) - dividends_[i].amount, 0.0)));
  }

  [[nodiscard]] double excess(std::size_t i, double log_spot) const {
    return gain(log_spot) - continuation(i, log_spot);
  }

  // Where the excess of dividend i is largest: it rises up to there and falls from there on.
  [[nodiscard]] double summit(std::size_t i, double low, double high) const {
    constexpr double kGolden = 0.61803398874989485;
    double left = high - kGolden * (high - low), right = low + kGolden * (high - low);
    double at_left = excess(i, left), at_right = excess(i, right);
    while (high - low > 1e-6) {
      if (at_left < at_right) {
        low = std::exchange(left, right);
        at_left = std::exchange(at_right, excess(i, right = low + kGolden * (high - low)));
      } else {
        high = std::exchange(right, left);
        at_right = std::exchange(at_left, excess(i, left = high - kGolden * (high - low)));
      }
    }
    return 0.5 * (low + high);
  }

  // Where the excess changes sign between a point where exercise pays and one where it does not.
  [[nodiscard]] double crossing(std::size_t i, double paying, double waiting) const {
    for (int step = 0; step < 60 && std::fabs(paying - waiting) > 1e-12; ++step) {
      const double middle = 0.5 * (paying + waiting);
      (excess(i, middle) > 0.0 ? paying : waiting) = middle;
    }
    return 0.5 * (paying + waiting);
  }

  struct Interval {
    double from, to;
  };

  // Where exercise just before dividend i pays; empty at `high` if nowhere below it.
  [[nodiscard]] Interval exercised(std::size_t i, double low, double high) const {
    if (option_.exercise != Exercise::kAmerican) return {high, high};
    low = std::max(low, std::log(option_.strike));
    if (!(low < high)) return {high, high};
    if (excess(i, high) > 0.0) return {crossing(i, high, low), high};
    const double best = state_.dividend_yield < 0.0 ? summit(i, low, high) : high;
    if (!(excess(i, best) > 0.0)) return {high, high};
    return {crossing(i, best, low), crossing(i, best, high)};
  }

  // Panels between two points.
  bool add_panels(std::size_t i, double from, double to, double width, bool is_exercised) {
    static constexpr auto kRule = math::gauss_legendre<kPanelPoints>();
    if (!(to > from)) return true;
    const double wanted = std::ceil((to - from) / width);
    if (!(wanted < kMaximumPanels)) return false;
    const auto panels = static_cast<std::size_t>(wanted);
    const double half = 0.5 * (to - from) / static_cast<double>(panels);
    Slice<T>& slice = slices_[i];
    for (std::size_t p = 0; p < panels; ++p) {
      const double centre = from + (2.0 * static_cast<double>(p) + 1.0) * half;
      for (std::size_t k = 0; k < kPanelPoints; ++k) {
        const std::size_t j = k < kPanelPoints / 2 ? k : kPanelPoints - 1 - k;
        const double side = k < kPanelPoints / 2 ? -1.0 : 1.0;
        const double y = centre + side * half * kRule.node[j];
        slice.node.push_back(y);
        slice.weighted.push_back((half * kRule.weight[j]) * continued(i, y, is_exercised));
      }
    }
    return true;
  }

  [[nodiscard]] T continued(std::size_t i, double y, bool is_exercised) const {
    if (is_exercised) return T(gain(y));
    return after(i, std::max(std::exp(y) - dividends_[i].amount, 0.0));
  }

  bool fill(std::size_t i) {
    const double t = dividends_[i].time;
    const double earlier = i == 0 ? 0.0 : dividends_[i - 1].time;
    const double sigma = value_of(state_.volatility);
    const double total = sigma * std::sqrt(t);
    const double near = t - earlier, far = next_time(i) - t;
    const double width = kPanelWidth * sigma * std::sqrt(near * far / (near + far));
    const double drift = (value_of(state_.rate) - state_.dividend_yield - 0.5 * sigma * sigma) * t;
    const double spot = value_of(state_.spot);
    const double high = std::log(spot) + drift + (kDeviations + total) * total;
    double least = spot * std::exp(drift - kDeviations * total);
    for (std::size_t k = 0; k < i; ++k) least -= dividends_[k].amount;
    const double floor = i == 0 ? 0.0 : 1e-9 * spot;
    const double low = std::log(std::max(least, floor));
    Slice<T>& slice = slices_[i];
    slice.low = low;
    slice.bottom = after(i, 0.0);
    const Interval due = exercised(i, low, high);
    // V(S - D) is flat below D and bends there
    const double bend = std::clamp(std::log(dividends_[i].amount), low, due.from);
    return add_panels(i, low, bend, width, false) && add_panels(i, bend, due.from, width, false) &&
           add_panels(i, due.from, due.to, width, true) &&
           add_panels(i, due.to, high, width, false);
  }

  const ExercisableOption& option_;
  const State<T>& state_;
  const std::vector<Dividend>& dividends_;
  double phi_;
  std::vector<Slice<T>> slices_;
};

template <class T>
bool quadrature(const ExercisableOption& option, const CashDividends& dividends,
                const State<T>& state, T& value) {
  const std::vector<Dividend> list = merged(dividends, option.time_to_expiry);
  if (list.empty()) {
    value = black_scholes_value(static_cast<double>(option.type), state.spot, T(option.strike),
                                T(option.time_to_expiry), state);
  } else {
    Recursion<T> recursion(option, state, list);
    if (!recursion.run(value)) return false;
  }
  if (option.exercise == Exercise::kAmerican) {
    value = larger(static_cast<double>(option.type) * (state.spot - option.strike), value);
  }
  return std::isfinite(value_of(value));
}

// Closed forms on an adjusted spot and strike; the dates move with `time`.
template <class T>
bool adjusted(const ExercisableOption& option, const CashDividends& dividends, Method method,
              const State<T>& state, const T& time, T& value) noexcept {
  using std::exp;
  const T carry = state.rate - state.dividend_yield;
  const T passed = time - option.time_to_expiry;
  T spot = state.spot, strike(option.strike);
  for (std::size_t i = 0; i < dividends.times.size(); ++i) {
    const double date = dividends.times[i], amount = dividends.amounts[i];
    if (!(date > 0.0) || date >= option.time_to_expiry) continue;
    const T t = date + passed;
    const T worth = present_dividend(amount, carry, t);
    if (method != Method::kBosVandermark) {
      spot -= worth;
      continue;
    }
    const T far = t / time;
    spot -= (1.0 - far) * worth;
    strike += far * worth * exp(carry * time);
  }
  if (value_of(spot) < 0.0) return false;
  value = black_scholes_value(static_cast<double>(option.type), spot, strike, time, state);
  return std::isfinite(value_of(value));
}

bool european(const ExercisableOption& o) noexcept { return o.exercise == Exercise::kEuropean; }

// Exercise pays just before a dividend or not at all.
bool at_dividends_only(const ExercisableOption& o, const FlatMarket& m) noexcept {
  return o.type == OptionType::kCall && m.dividend_yield <= 0.0 && m.rate >= 0.0;
}

// The method in place of kAccurate, or what was asked for.
Method chosen(const ExercisableOption& o, DividendModel model, const FlatMarket& m,
              Method asked) noexcept {
  if (asked != Method::kAccurate) return asked;
  const bool simple = european(o) || (model == DividendModel::kSpot && at_dividends_only(o, m));
  return simple ? Method::kQuadrature : Method::kFiniteDifference;
}

Status check_all(const ExercisableOption& o, const CashDividends& dividends, DividendModel model,
                 const FlatMarket& m, Method method) noexcept {
  Status status = check(o, m);
  if (status == Status::kOk) status = check(dividends);
  if (status != Status::kOk) return status;
  const bool spot = model == DividendModel::kSpot;
  if (o.exercise == Exercise::kBermudan) return Status::kOutOfDomain;
  if (method == Method::kBosVandermark && !(spot && european(o))) return Status::kOutOfDomain;
  const bool integrable = european(o) || (spot && at_dividends_only(o, m));
  if (method == Method::kQuadrature && !integrable) return Status::kOutOfDomain;
  const double worth =
      present_dividends(dividends, 0.0, o.time_to_expiry, m.rate - m.dividend_yield);
  if (!spot && worth > m.spot) return Status::kOutOfDomain;
  return Status::kOk;
}

template <class T>
bool evaluate(const ExercisableOption& option, const CashDividends& dividends, DividendModel model,
              Method method, const State<T>& state, const T& time, T& value) {
  const bool closed = method == Method::kBosVandermark || model == DividendModel::kEscrowed;
  return closed ? adjusted(option, dividends, method, state, time, value)
                : quadrature(option, dividends, state, value);
}

}  // namespace

PriceResult price(const ExercisableOption& option, const CashDividends& dividends,
                  DividendModel model, const FlatMarket& market,
                  const Settings& settings) noexcept {
  const Status status = check_all(option, dividends, model, market, settings.method);
  if (status != Status::kOk) return {kNaN, status};
  if (is_certain(option, market)) {
    return price_of(certain_value(option, market, dividends));
  }
  const Method method = chosen(option, model, market, settings.method);
  if (method == Method::kFiniteDifference) {
    return numeric::price_on_grid({option, market, dividends, model}, settings.grid);
  }
  const State<double> state{market.spot, market.volatility, market.rate, market.dividend_yield};
  double value = kNaN;
  if (!evaluate(option, dividends, model, method, state, option.time_to_expiry, value)) {
    return {kNaN, method == Method::kBosVandermark ? Status::kOutOfDomain : Status::kNotConverged};
  }
  return {std::max(value, 0.0), Status::kOk};  // rounding below zero
}

GreeksResult greeks(const ExercisableOption& option, const CashDividends& dividends,
                    DividendModel model, const FlatMarket& market,
                    const Settings& settings) noexcept {
  using Jet = math::Jet<4, 1>;
  const Status status = check_all(option, dividends, model, market, settings.method);
  if (status != Status::kOk) return {no_greeks(), status};
  if (is_certain(option, market)) return certain_value(option, market, dividends);
  const Method method = chosen(option, model, market, settings.method);
  if (method == Method::kFiniteDifference) {
    return numeric::greeks_on_grid({option, market, dividends, model}, settings.grid);
  }
  const State<Jet> state{Jet::input(market.spot, 0), Jet::input(market.volatility, 1),
                         Jet::input(market.rate, 3), market.dividend_yield};
  Jet value(kNaN);
  const Jet time = Jet::input(option.time_to_expiry, 2);
  if (!evaluate(option, dividends, model, method, state, time, value)) {
    return {no_greeks(),
            method == Method::kBosVandermark ? Status::kOutOfDomain : Status::kNotConverged};
  }
  Greeks g{std::max(value.value, 0.0),
           value.first[0],
           value.second[0],
           value.first[1],
           -value.first[2],
           value.first[3]};
  const bool closed = method == Method::kBosVandermark || model == DividendModel::kEscrowed;
  if (!closed) g.theta = theta_of(g, market);
  if (!is_finite(g)) return {no_greeks(), closed ? Status::kOverflow : Status::kNotConverged};
  return {g, Status::kOk};
}

}  // namespace strikeproof::dividends
