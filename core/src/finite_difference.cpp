// The Black-Scholes-Merton equation on a grid [1, 2].
//
//   dV/dtau = sigma^2 S^2/2 V_SS + (r - q) S V_S - r V,   V(S, 0) = max(phi (S - K), 0)
//
// S from 0, where V only earns the rate, to a top where V = A S + B with known A and B (they decay
// by q and r, jump with dividends, and become phi and -phi K where exercise pays). Nodes gather at
// the strike (numeric/spot_grid.hpp); the payoff of the node whose cell holds the strike is
// averaged over the cell [3]; steps are TR-BDF2 (numeric/time_stepper.hpp), shorter after each
// event as the square of their number, because V moves as the square root of time there.
//
// Early exercise: the obstacle phi (S - K) at all times (American) or at dates (Bermudan).
// Cash dividends, spot model: V(S, t-) = V(max(S - D, 0), t+) by cubic interpolation [2, ch. 7].
// Escrowed model: the equation holds for X = S - PV(dividends to come), the obstacle is
// phi (X + PV(t) - K) [4].
//
// Richardson's extrapolation takes the grid with every spacing halved, which holds the nodes of the
// first, and removes the error of the second order. Vega and rho are exact derivatives of the
// numbers on the grid, which is held.
//
// [1] Black, F. and Scholes, M. (1973), J. Political Economy 81(3), 637-654.
// [2] Wilmott, P., Dewynne, J. and Howison, S. (1993), Option Pricing, Oxford Financial Press.
// [3] Tavella, D. and Randall, C. (2000), Pricing Financial Instruments, Wiley.
// [4] Haug, E. (2007), The Complete Guide to Option Pricing Formulas, 2nd ed., ch. 9.
#include "strikeproof/finite_difference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "numeric/spot_grid.hpp"
#include "numeric/time_stepper.hpp"
#include "numeric/vanilla_pde.hpp"

namespace strikeproof::numeric {
namespace {

using finite_difference::Settings;
using math::value_of;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kDeviations = 6.0;  // of ln S_T, from spot or strike to the top of the grid

struct Event {
  double time;
  double dividend;  // in cash; 0 for none
  bool exercise;    // before the dividend
};

bool may_exercise_today(const ExercisableOption& option) noexcept {
  const bool bermudan = option.exercise == Exercise::kBermudan && !option.times.empty() &&
                        option.times.front() == 0.0;
  return bermudan || option.exercise == Exercise::kAmerican;
}

// Inside (0, T), in order of time.
std::vector<Event> events_of(const VanillaProblem& problem) {
  std::vector<Event> events;
  const double expiry = problem.option.time_to_expiry;
  const auto inside = [expiry](double t) { return t > 0.0 && t < expiry; };
  for (std::size_t i = 0; i < problem.dividends.times.size(); ++i) {
    const double t = problem.dividends.times[i];
    if (inside(t)) events.push_back({t, problem.dividends.amounts[i], false});
  }
  if (problem.option.exercise == Exercise::kBermudan) {
    for (const double t : problem.option.times) {
      if (inside(t)) events.push_back({t, 0.0, true});
    }
  }
  // backwards in time the dividend is met first
  std::ranges::stable_sort(events, [](const Event& a, const Event& b) {
    return a.time != b.time ? a.time < b.time : a.exercise && !b.exercise;
  });
  return events;
}

Grid grid_of(const VanillaProblem& problem, const Settings& settings) {
  const double T = problem.option.time_to_expiry;
  const FlatMarket& m = problem.market;
  const double w = m.volatility * std::sqrt(T);
  const double reach = kDeviations * w + std::abs(m.rate - m.dividend_yield) * T;
  const double strike = problem.option.strike;
  const double top = std::max(m.spot, strike) * std::exp(std::min(reach, 500.0));
  const double alpha = strike * std::clamp(0.5 * w, 1e-6, 0.5);
  return sinh_grid(strike, alpha, std::max(top, 1.001 * std::max(m.spot, strike)),
                   settings.spot_points);
}

template <class T>
class Solver {
 public:
  Solver(const VanillaProblem& problem, const Settings& settings)
      : problem_(problem),
        settings_(settings),
        market_(market_of(problem.market, T{})),
        phi_(static_cast<double>(problem.option.type)),
        grid_(grid_of(problem, settings)),
        generator_(grid_.size()),
        values_(grid_.size()),
        obstacle_(grid_.size()),
        spare_(grid_.size()),
        stepper_(generator_, grid_.size()) {
    const T half_variance = 0.5 * market_.volatility * market_.volatility;
    const T drift = market_.rate - market_.dividend_yield;
    for (std::size_t i = 1; i + 1 < grid_.size(); ++i) {
      const double s = grid_[i];
      generator_.set(grid_, i, half_variance * (s * s), drift * s, market_.rate);
    }
  }

  VanillaSolution<T> run() {
    start();
    const std::vector<Event> events = events_of(problem_);
    double later = problem_.option.time_to_expiry;
    for (std::size_t k = events.size(); k-- > 0;) {
      if (!march(later, events[k].time)) return {.value = T(kNaN), .converged = false};
      meet(events[k]);
      later = events[k].time;
    }
    if (!march(later, 0.0)) return {.value = T(kNaN), .converged = false};
    if (may_exercise_today(problem_.option)) exercise(0.0);
    return read();
  }

 private:
  [[nodiscard]] bool american() const { return problem_.option.exercise == Exercise::kAmerican; }
  [[nodiscard]] bool escrowed() const { return problem_.model == DividendModel::kEscrowed; }

  [[nodiscard]] T to_come(double t) const {
    if (!escrowed()) return T(0.0);
    return present_dividends(problem_.dividends, t, problem_.option.time_to_expiry, market_.rate);
  }

  void set_obstacle(double t) {
    const T level = to_come(t) - problem_.option.strike;
    for (std::size_t i = 0; i < grid_.size(); ++i) obstacle_[i] = phi_ * (grid_[i] + level);
  }

  // The payoff, averaged over the cell that holds the strike.
  void start() {
    const double strike = problem_.option.strike;
    for (std::size_t i = 0; i < grid_.size(); ++i) {
      values_[i] = T(std::max(phi_ * (grid_[i] - strike), 0.0));
      if (i == 0 || i + 1 == grid_.size()) continue;
      const double low = 0.5 * (grid_[i - 1] + grid_[i]), high = 0.5 * (grid_[i] + grid_[i + 1]);
      if (strike < low || strike >= high) continue;
      const double beyond = grid_[i] < strike ? high - strike : strike - low;
      values_[i] += T(beyond * beyond / (2.0 * (high - low)));
    }
    const bool call = phi_ > 0.0;
    low_ = values_.front();
    slope_ = T(call ? 1.0 : 0.0);
    level_ = T(call ? -strike : 0.0);
  }

  // The ends after dt, with early exercise if it is allowed at once.
  Ends<T> ends_after(double dt, double t) {
    using std::exp;
    Ends<T> ends{low_ * exp(-market_.rate * dt),
                 slope_ * exp(-problem_.market.dividend_yield * dt) * grid_.back() +
                     level_ * exp(-market_.rate * dt)};
    if (american()) {
      const T level = to_come(t) - problem_.option.strike;
      ends.low = larger(phi_ * level, ends.low);
      ends.top = larger(phi_ * (grid_.back() + level), ends.top);
    }
    return ends;
  }

  // From the time `later` to `earlier`.
  bool march(double later, double earlier) {
    using std::exp;
    const double length = later - earlier;
    if (!(length > 0.0)) return true;
    const double share = settings_.time_steps * length / problem_.option.time_to_expiry;
    const int steps = std::max(4, static_cast<int>(std::ceil(share)));
    double done = 0.0;
    for (int k = 1; k <= steps; ++k) {
      const double part = static_cast<double>(k) / steps;
      const double next = k == steps ? length : length * part * part;
      const double dt = next - done;
      const double t = k == steps ? earlier : later - next;  // rounding must not cross a dividend
      const Ends<T> middle = ends_after(stepper_.kFirst * dt, t + (1.0 - stepper_.kFirst) * dt);
      const Ends<T> end = ends_after(dt, t);
      if (american()) set_obstacle(t);
      if (!stepper_.step(dt, middle, end, american() ? &obstacle_ : nullptr, values_)) return false;
      low_ = end.low;
      slope_ = slope_ * std::exp(-problem_.market.dividend_yield * dt);
      level_ = level_ * exp(-market_.rate * dt);
      if (american()) exercise_top(t);
      done = next;
    }
    return true;
  }

  void exercise_top(double t) {
    const T gain = to_come(t) - problem_.option.strike;
    const double top = grid_.back();
    if (phi_ * (top + value_of(gain)) > value_of(slope_) * top + value_of(level_)) {
      slope_ = T(phi_);
      level_ = phi_ * gain;
    }
  }

  void exercise(double t) {
    set_obstacle(t);
    for (std::size_t i = 0; i < grid_.size(); ++i) values_[i] = larger(obstacle_[i], values_[i]);
    low_ = values_.front();
    exercise_top(t);
  }

  void meet(const Event& event) {
    if (event.dividend > 0.0 && !escrowed()) {
      for (std::size_t i = 0; i < grid_.size(); ++i) {
        const Stencil s = stencil_at(grid_, std::max(grid_[i] - event.dividend, 0.0));
        spare_[i] = weighted(values_, s.first, s.value);
      }
      values_.swap(spare_);
      level_ -= slope_ * event.dividend;
      values_.front() = low_;
    }
    // the holder acts before the stock goes ex; a jump of the obstacle must be met here, because
    // the second stage of a step would carry it beyond the obstacle
    if (event.exercise || american()) exercise(std::nextafter(event.time, 0.0));
  }

  // At today's spot; a spot net of dividends moves with the rate.
  VanillaSolution<T> read() {
    const T spot = problem_.market.spot - to_come(0.0);
    const Stencil s = stencil_at(grid_, value_of(spot));
    VanillaSolution<T> found;
    found.delta = value_of(weighted(values_, s.first, s.slope));
    found.gamma = value_of(weighted(values_, s.first, s.curvature));
    found.value = weighted(values_, s.first, s.value);
    found.value += found.delta * (spot - value_of(spot));
    if (!may_exercise_today(problem_.option)) return found;
    const double gain = phi_ * (problem_.market.spot - problem_.option.strike);
    if (value_of(found.value) <= gain * (1.0 + 1e-12) && gain > 0.0) {
      found.value = T(gain);
      found.delta = phi_;
      found.gamma = 0.0;
      found.exercised = true;
    }
    return found;
  }

  const VanillaProblem& problem_;
  const Settings& settings_;
  MarketOf<T> market_;
  double phi_;
  Grid grid_;
  Operator<T> generator_;
  std::vector<T> values_, obstacle_, spare_;
  TimeStepper<T> stepper_;
  T low_{}, slope_{}, level_{};  // V at 0; V = slope S + level at the top
};

Status check_all(const VanillaProblem& problem, const Settings& s) noexcept {
  if (s.spot_points < finite_difference::kMinimumPoints ||
      s.spot_points > finite_difference::kMaximumPoints || s.time_steps < 2 ||
      s.time_steps > finite_difference::kMaximumSteps) {
    return Status::kOutOfDomain;
  }
  Status status = check(problem.option, problem.market);
  if (status == Status::kOk) status = check(problem.dividends);
  if (status != Status::kOk || problem.model == DividendModel::kSpot) return status;
  const double worth =
      present_dividends(problem.dividends, 0.0, problem.option.time_to_expiry, problem.market.rate);
  return worth > problem.market.spot ? Status::kOutOfDomain : Status::kOk;
}

// theta where the equation holds; escrowed, X = S - PV moves with time also.
double theta_on_grid(const VanillaProblem& p, const Greeks& g) noexcept {
  if (p.model == DividendModel::kSpot) return theta_of(g, p.market);
  const double worth = present_dividends(p.dividends, 0.0, p.option.time_to_expiry, p.market.rate);
  FlatMarket moving = p.market;
  moving.spot -= worth;
  return theta_of(g, moving) - p.market.rate * worth * g.delta;
}

template <class T>
VanillaSolution<T> extrapolated(const VanillaProblem& problem, const Settings& settings) {
  VanillaSolution<T> found = solve_vanilla<T>(problem, settings);
  if (!settings.extrapolation || !found.converged) return found;
  const Settings twice{2 * settings.spot_points - 1, 2 * settings.time_steps};
  const VanillaSolution<T> fine = solve_vanilla<T>(problem, twice);
  if (fine.exercised || !fine.converged) return fine;
  found.exercised = false;
  found.value = fine.value + (fine.value - found.value) / 3.0;
  found.delta = fine.delta + (fine.delta - found.delta) / 3.0;
  found.gamma = fine.gamma + (fine.gamma - found.gamma) / 3.0;
  return found;
}

// A cubic through a kink may leave what no price can: the gain from exercise today, nothing, and
// the stock or the strike at their best moment.
double within_bounds(const VanillaProblem& p, double value) noexcept {
  const double T = p.option.time_to_expiry;
  const bool call = p.option.type == OptionType::kCall;
  const double growth = std::max(call ? -p.market.dividend_yield : -p.market.rate, 0.0);
  const double highest = (call ? p.market.spot : p.option.strike) * std::exp(growth * T);
  const double phi = static_cast<double>(p.option.type);
  const double gain = phi * (p.market.spot - p.option.strike);
  const double lowest = may_exercise_today(p.option) ? std::max(gain, 0.0) : 0.0;
  return std::max(std::min(value, highest), lowest);
}

}  // namespace

template <class T>
VanillaSolution<T> solve_vanilla(const VanillaProblem& problem, const Settings& settings) {
  return Solver<T>(problem, settings).run();
}

PriceResult price_on_grid(const VanillaProblem& problem, const Settings& settings) noexcept {
  const Status status = check_all(problem, settings);
  if (status != Status::kOk) return {kNaN, status};
  if (is_certain(problem.option, problem.market)) {
    return {
        certain_value(problem.option, problem.market, problem.dividends, problem.model).value.price,
        Status::kOk};
  }
  const auto found = extrapolated<double>(problem, settings);
  if (!found.converged || !std::isfinite(found.value)) return {kNaN, Status::kNotConverged};
  return {within_bounds(problem, found.value), Status::kOk};
}

GreeksResult greeks_on_grid(const VanillaProblem& problem, const Settings& settings) noexcept {
  const Status status = check_all(problem, settings);
  if (status != Status::kOk) return {no_greeks(), status};
  if (is_certain(problem.option, problem.market)) {
    return certain_value(problem.option, problem.market, problem.dividends, problem.model);
  }
  const auto found = extrapolated<VolatilityAndRate>(problem, settings);
  if (!found.converged || !std::isfinite(found.value.value)) {
    return {no_greeks(), Status::kNotConverged};
  }
  Greeks g{};
  g.price = within_bounds(problem, found.value.value);
  g.delta = found.delta;
  g.gamma = found.gamma;
  g.vega = found.value.first[0];
  g.rho = found.value.first[1];
  g.theta = found.exercised ? 0.0 : theta_on_grid(problem, g);
  return {g, Status::kOk};
}

template VanillaSolution<double> solve_vanilla(const VanillaProblem&, const Settings&);
template VanillaSolution<VolatilityAndRate> solve_vanilla(const VanillaProblem&, const Settings&);

}  // namespace strikeproof::numeric

namespace strikeproof::finite_difference {

PriceResult price(const ExercisableOption& option, const CashDividends& dividends,
                  const FlatMarket& market, const Settings& settings) noexcept {
  return numeric::price_on_grid({option, market, dividends, DividendModel::kSpot}, settings);
}

GreeksResult greeks(const ExercisableOption& option, const CashDividends& dividends,
                    const FlatMarket& market, const Settings& settings) noexcept {
  return numeric::greeks_on_grid({option, market, dividends, DividendModel::kSpot}, settings);
}

}  // namespace strikeproof::finite_difference
