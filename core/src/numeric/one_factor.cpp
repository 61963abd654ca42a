// The solver of one-factor contracts; method and sources: src/finite_difference.cpp.
#include "numeric/one_factor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "numeric/one_factor_terms.hpp"
#include "numeric/spot_grid.hpp"
#include "numeric/time_stepper.hpp"

namespace strikeproof::numeric {
namespace {

using finite_difference::Barriers;
using finite_difference::Knock;
using finite_difference::Payoff;
using finite_difference::RebatePayment;
using finite_difference::Scheme;
using finite_difference::Settings;
using math::value_of;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double seeded(double value, std::size_t, double) noexcept { return value; }
VolatilityAndRate seeded(double value, std::size_t index, VolatilityAndRate) noexcept {
  return VolatilityAndRate::input(value, index);
}

/// What holds at an end of the nodes of a state.
enum class EdgeKind : int {
  kLine,    // V = slope S + level, or what exercise pays
  kRebate,  // a knock-out has reached its barrier
  kLinked,  // a knock-in has: it is worth what the plain option is there
};

template <class T>
struct Edge {
  EdgeKind kind = EdgeKind::kLine;
  T slope{}, level{};
};

/// Values of a contract at the nodes `first` to `last`.
template <class T>
struct State {
  State(const Operator<T>& generator, std::size_t from, std::size_t to)
      : first(from), last(to), values(to + 1), stepper(generator, from, to) {}

  std::size_t first, last;
  std::vector<T> values;
  TimeStepper<T> stepper;
  Edge<T> low, top;
};

template <class T>
class Solver {
 public:
  Solver(const OneFactorProblem& problem, const Settings& settings, Refinement refinement)
      : problem_(problem),
        barriers_(problem.contract.barriers),
        payoff_(payoff_of(problem.contract)),
        expiry_(problem.contract.option.time_to_expiry),
        scheme_(settings.scheme),
        refinement_(static_cast<int>(refinement) * settings.refinement),
        steps_(std::max((settings.time_steps * refinement_ + 1) / 2, 1)),
        axis_(make_axis(plan_of(problem, settings, refinement))),
        generator_(axis_.size()),
        obstacle_(axis_.size()),
        spare_(axis_.size()),
        main_(generator_, 0, axis_.size() - 1) {
    if (barriers_.any() && barriers_.knock == Knock::kIn) {
      waiting_.emplace(generator_, first_waiting(), last_waiting());
    }
  }

  OneFactorSolution<T> run() {
    start();
    const std::vector<Event> events = events_of(problem_);
    double later = expiry_;
    for (std::size_t k = events.size(); k-- > 0;) {
      if (!march(later, events[k].time)) return {.value = T(kNaN), .converged = false};
      meet(events[k]);
      later = events[k].time;
    }
    if (!march(later, 0.0)) return {.value = T(kNaN), .converged = false};
    if (may_exercise_today(problem_.contract.option)) exercise(0.0);
    return read();
  }

 private:
  [[nodiscard]] bool american() const {
    return problem_.contract.option.exercise == Exercise::kAmerican;
  }
  [[nodiscard]] bool escrowed() const { return problem_.model == DividendModel::kEscrowed; }
  [[nodiscard]] bool watched_always() const { return barriers_.any() && barriers_.continuous; }

  // Ends of a knock-in's nodes: its barriers, if they are watched at all times and on the grid.
  [[nodiscard]] std::size_t first_waiting() const {
    const auto at = std::ranges::find(axis_.spot, barriers_.lower);
    if (!watched_always() || at == axis_.spot.end()) return 0;
    return static_cast<std::size_t>(at - axis_.spot.begin());
  }
  [[nodiscard]] std::size_t last_waiting() const {
    const auto at = std::ranges::find(axis_.spot, barriers_.upper);
    if (!watched_always() || at == axis_.spot.end()) return axis_.size() - 1;
    return static_cast<std::size_t>(at - axis_.spot.begin());
  }

  [[nodiscard]] T rate_over(double t, double later) const {
    return seeded(problem_.market.rate.average_rate(t, later), 1, T{});
  }
  [[nodiscard]] double yield_over(double t, double later) const {
    return problem_.market.dividend_yield.average_rate(t, later);
  }

  [[nodiscard]] T to_come(double t) const {
    if (!escrowed()) return T(0.0);
    return present_dividends(problem_.dividends, t, expiry_, rate_over(0.0, 0.0));
  }

  [[nodiscard]] T rebate_at(double t) const {
    using std::exp;
    if (barriers_.payment == RebatePayment::kAtHit) return T(barriers_.rebate);
    return barriers_.rebate * exp(-rate_over(t, expiry_) * (expiry_ - t));
  }

  [[nodiscard]] T gain_at(double spot, double t) const {
    return payoff_.slope(spot) * (spot + to_come(t)) + payoff_.level(spot);
  }

  void set_obstacle(double t) {
    const T shift = to_come(t);
    for (std::size_t i = 0; i < axis_.size(); ++i) {
      const double spot = axis_.spot[i];
      obstacle_[i] = payoff_.slope(spot) * (spot + shift) + payoff_.level(spot);
    }
  }

  // Averages over each step: what multiplies the same operator commutes, so nothing is lost.
  void set_generator(double t, double later) {
    const double volatility = problem_.market.volatility.volatility(t, later);
    const double rate = problem_.market.rate.average_rate(t, later);
    const double yield = yield_over(t, later);
    if (volatility == volatility_ && rate == rate_ && yield == yield_) return;
    volatility_ = volatility;
    rate_ = rate;
    yield_ = yield;
    const T sigma = seeded(volatility, 0, T{}), r = seeded(rate, 1, T{});
    const T half_variance = 0.5 * sigma * sigma, drift = r - yield;
    for (std::size_t i = 1; i + 1 < axis_.size(); ++i) {
      if (axis_.logarithmic) {
        generator_.set(axis_.x, i, half_variance, drift - half_variance, r);
      } else {
        const double s = axis_.spot[i];
        generator_.set(axis_.x, i, half_variance * (s * s), drift * s, r);
      }
    }
  }

  [[nodiscard]] double cell_low(std::size_t i) const {
    return 0.5 * (axis_.x[i == 0 ? 0 : i - 1] + axis_.x[i]);
  }
  [[nodiscard]] double cell_top(std::size_t i) const {
    return 0.5 * (axis_.x[i] + axis_.x[std::min(i + 1, axis_.size() - 1)]);
  }
  [[nodiscard]] double coordinate(double spot) const {
    return axis_.logarithmic ? std::log(spot) : spot;
  }

  // Mean of the payoff from x to y, on one side of the strike.
  [[nodiscard]] double mean_payoff(double x, double y) const {
    constexpr double kNode = 0.77459666924148337704;  // Gauss-Legendre, three nodes
    double sum = 0.0;
    for (const double node : {-kNode, 0.0, kNode}) {
      const double at = 0.5 * (x + y) + 0.5 * (y - x) * node;
      const double spot = axis_.logarithmic ? std::exp(at) : at;
      sum += (node == 0.0 ? 8.0 : 5.0) / 18.0 * payoff_.at_expiry(spot);
    }
    return sum;
  }

  // The payoff, averaged over the cell that holds the strike.
  void start() {
    const double strike = payoff_.strike > 0.0 ? coordinate(payoff_.strike) : -1e300;
    for (std::size_t i = 0; i < axis_.size(); ++i) {
      main_.values[i] = T(payoff_.at_expiry(axis_.spot[i]));
      if (i == 0 || i + 1 == axis_.size()) continue;
      const double low = cell_low(i), top = cell_top(i);
      if (strike <= low || strike >= top) continue;
      main_.values[i] =
          T((mean_payoff(low, strike) * (strike - low) + mean_payoff(strike, top) * (top - strike)) /
            (top - low));
    }
    start_edge(main_.low, axis_.spot.front(), axis_.spot.front() == barriers_.lower);
    start_edge(main_.top, axis_.spot.back(), axis_.spot.back() == barriers_.upper);
    if (waiting_) start_waiting();
  }

  void start_edge(Edge<T>& edge, double spot, bool barrier) {
    const bool pays = payoff_.at_expiry(spot) > 0.0;
    edge.kind = watched_always() && barriers_.knock == Knock::kOut && barrier && spot > 0.0
                    ? EdgeKind::kRebate
                    : EdgeKind::kLine;
    edge.slope = T(pays ? payoff_.slope(spot) : 0.0);
    edge.level = T(pays ? payoff_.level(spot) : 0.0);
  }

  void start_waiting() {
    std::ranges::fill(waiting_->values, T(barriers_.rebate));
    waiting_->low.level = waiting_->top.level = T(barriers_.rebate);
    if (!watched_always()) return;
    if (waiting_->first > 0) {
      waiting_->low.kind = EdgeKind::kLinked;
      waiting_->values[waiting_->first] = main_.values[waiting_->first];
    }
    if (waiting_->last + 1 < axis_.size()) {
      waiting_->top.kind = EdgeKind::kLinked;
      waiting_->values[waiting_->last] = main_.values[waiting_->last];
    }
  }

  // At time t, from an edge known at `later`; `plain` is the plain option there.
  [[nodiscard]] T edge_at(const State<T>& state, const Edge<T>& edge, std::size_t node, double t,
                          double later, const T& plain) const {
    using std::exp;
    if (edge.kind == EdgeKind::kLinked) return plain;
    const double spot = axis_.spot[node];
    T value = edge.kind == EdgeKind::kRebate
                  ? rebate_at(t)
                  : edge.slope * std::exp(-yield_over(t, later) * (later - t)) * spot +
                        edge.level * exp(-rate_over(t, later) * (later - t));
    if (american() && &state == &main_) value = larger(gain_at(spot, t), value);
    return value;
  }

  [[nodiscard]] Ends<T> ends_at(const State<T>& state, double t, double later,
                                const Ends<T>& plain) const {
    return {edge_at(state, state.low, state.first, t, later, plain.low),
            edge_at(state, state.top, state.last, t, later, plain.top)};
  }

  void age_edge(Edge<T>& edge, double t, double later) {
    using std::exp;
    edge.slope = edge.slope * std::exp(-yield_over(t, later) * (later - t));
    edge.level = edge.level * exp(-rate_over(t, later) * (later - t));
  }

  // The plain option at the ends of the waiting state.
  [[nodiscard]] Ends<T> linked() const {
    if (!waiting_) return {};
    return {main_.values[waiting_->first], main_.values[waiting_->last]};
  }

  bool step_tr_bdf2(double t, double later) {
    const double dt = later - t;
    const double between = t + (1.0 - TimeStepper<T>::kFirst) * dt;
    const std::vector<T>* obstacle = american() ? &obstacle_ : nullptr;
    Ends<T> halfway{};
    const auto see = [&](const std::vector<T>&) { halfway = linked(); };
    if (!main_.stepper.tr_bdf2(dt, ends_at(main_, between, later, {}), ends_at(main_, t, later, {}),
                               obstacle, main_.values, see)) {
      return false;
    }
    if (!waiting_) return true;
    return waiting_->stepper.tr_bdf2(dt, ends_at(*waiting_, between, later, halfway),
                                     ends_at(*waiting_, t, later, linked()), nullptr,
                                     waiting_->values, [](const std::vector<T>&) {});
  }

  bool step_theta(double t, double later, double theta) {
    const double dt = later - t;
    const std::vector<T>* obstacle = american() ? &obstacle_ : nullptr;
    if (!main_.stepper.theta_step(dt, theta, ends_at(main_, t, later, {}), obstacle,
                                  main_.values)) {
      return false;
    }
    if (!waiting_) return true;
    return waiting_->stepper.theta_step(dt, theta, ends_at(*waiting_, t, later, linked()), nullptr,
                                        waiting_->values);
  }

  // One step, or two of half the length that start Crank-Nicolson.
  bool step(double t, double later, bool starts) {
    if (scheme_ == Scheme::kCrankNicolson && starts) {
      const double half = 0.5 * (t + later);
      return one_step(half, later, 1.0) && one_step(t, half, 1.0);
    }
    return one_step(t, later, 0.5);
  }

  bool one_step(double t, double later, double theta) {
    set_generator(t, later);
    if (american()) set_obstacle(t);
    const bool found =
        scheme_ == Scheme::kTrBdf2 ? step_tr_bdf2(t, later) : step_theta(t, later, theta);
    for (State<T>* state : {&main_, waiting_ ? &*waiting_ : nullptr}) {
      if (state == nullptr) continue;
      age_edge(state->low, t, later);
      age_edge(state->top, t, later);
    }
    if (american()) exercise_edges(t);
    return found;
  }

  // From the time `later` to `earlier`.
  bool march(double later, double earlier) {
    const double length = later - earlier;
    if (!(length > 0.0)) return true;
    const int share = static_cast<int>(std::ceil(steps_ * length / expiry_ / refinement_));
    const int steps = std::max(2, share) * refinement_;
    double last = later;
    for (int k = 1; k <= steps; ++k) {
      const double part = static_cast<double>(k) / steps;
      const double done = scheme_ == Scheme::kTrBdf2 ? part * part : part;
      const double t = k == steps ? earlier : later - length * done;
      if (!step(t, last, k <= 2)) return false;
      last = t;
    }
    return true;
  }

  void exercise_edge(Edge<T>& edge, double spot, double t) {
    if (edge.kind != EdgeKind::kLine) return;
    const T gain = gain_at(spot, t);
    if (value_of(gain) <= value_of(edge.slope) * spot + value_of(edge.level)) return;
    edge.slope = T(payoff_.slope(spot));
    edge.level = payoff_.level(spot) + payoff_.slope(spot) * to_come(t);
  }

  void exercise_edges(double t) {
    exercise_edge(main_.low, axis_.spot.front(), t);
    exercise_edge(main_.top, axis_.spot.back(), t);
  }

  void exercise(double t) {
    set_obstacle(t);
    spare_ = main_.values;
    for (std::size_t i = 0; i < axis_.size(); ++i) {
      main_.values[i] = larger(obstacle_[i], main_.values[i]);
    }
    if (!american() && payoff_.kind == Payoff::kVanilla) average_kinks();
    exercise_edges(t);
  }

  // max(V, G) has a kink where V - G, linear between nodes, is 0: average it over its cell.
  void average_kinks() {
    for (std::size_t i = 0; i + 1 < axis_.size(); ++i) {
      const double here = value_of(spare_[i]) - value_of(obstacle_[i]);
      const double next = value_of(spare_[i + 1]) - value_of(obstacle_[i + 1]);
      if (!(here * next < 0.0)) continue;
      const double h = axis_.x[i + 1] - axis_.x[i];
      const double at = axis_.x[i] + h * here / (here - next);
      const std::size_t node = at < axis_.x[i] + 0.5 * h ? i : i + 1;
      if (node == 0 || node + 1 == axis_.size()) continue;
      const double beyond = axis_.x[node] < at ? cell_top(node) - at : at - cell_low(node);
      main_.values[node] += T(std::abs(next - here) / h * beyond * beyond /
                              (2.0 * (cell_top(node) - cell_low(node))));
    }
  }

  void meet(const Event& event) {
    if (event.kind == EventKind::kDividend && !escrowed()) {
      pay(main_, event, nullptr);
      if (waiting_) pay(*waiting_, event, &spare_plain_);
    }
    if (event.kind == EventKind::kWatch) watch(event.time);
    // the holder acts before the stock goes ex, or the contract ends; a jump of the obstacle must
    // be met here, because the second stage of a step would carry it beyond the obstacle
    if (event.kind == EventKind::kExercise || american()) {
      exercise(std::nextafter(event.time, 0.0));
    }
  }

  // V(S) = V(max(S - amount, 0)); what falls through a barrier has reached it.
  void pay(State<T>& state, const Event& event, const std::vector<T>* plain) {
    if (plain == nullptr) spare_plain_ = state.values;
    spare_ = state.values;
    for (std::size_t i = state.first; i <= state.last; ++i) {
      const double left = std::max(axis_.spot[i] - event.amount, 0.0);
      if (left >= axis_.spot[state.first] && left > 0.0) {
        const Stencil s = stencil_at(axis_.x, coordinate(left), state.first, state.last + 1);
        state.values[i] = weighted(spare_, s.first, s.value);
      } else {
        state.values[i] = below(state, left, event.time, plain);
      }
    }
    state.top.level -= state.top.slope * event.amount;
    if (state.low.kind == EdgeKind::kLine) {
      state.low.slope = T(0.0);
      state.low.level = state.values[state.first];
    }
  }

  // Below the first node of a state, after a dividend.
  [[nodiscard]] T below(const State<T>& state, double spot, double t,
                        const std::vector<T>* plain) const {
    if (state.low.kind == EdgeKind::kRebate) return rebate_at(t);
    if (state.low.kind == EdgeKind::kLinked) {
      if (!(spot > axis_.spot.front())) return (*plain)[0];
      const Stencil s = stencil_at(axis_.x, coordinate(spot));
      return weighted(*plain, s.first, s.value);
    }
    return state.low.slope * spot + state.low.level;
  }

  // On a date of a barrier that is watched at dates.
  void watch(double t) {
    State<T>& state = waiting_ ? *waiting_ : main_;
    spare_ = state.values;
    if (barriers_.lower > axis_.spot.front()) {
      knock(state, coordinate(barriers_.lower), false, t);
      settle_edge(state.low, main_.low, t);
    }
    if (barriers_.upper < axis_.spot.back()) {
      knock(state, coordinate(barriers_.upper), true, t);
      settle_edge(state.top, main_.top, t);
    }
  }

  void settle_edge(Edge<T>& edge, const Edge<T>& plain, double t) {
    if (waiting_) {
      edge = plain;
    } else {
      edge.slope = T(0.0);
      edge.level = rebate_at(t);
    }
  }

  // Beyond the barrier the contract is settled; the cell that holds the barrier is averaged.
  void knock(State<T>& state, double barrier, bool upper, double t) {
    const T rebate = rebate_at(t);
    const auto mean = [this](const std::vector<T>& values, double from, double to) {
      const Stencil s = stencil_at(axis_.x, 0.5 * (from + to));
      return weighted(values, s.first, s.value) * (to - from);
    };
    for (std::size_t i = 0; i < axis_.size(); ++i) {
      const double low = cell_low(i), top = cell_top(i);
      if (upper ? top <= barrier : low >= barrier) continue;
      if (upper ? low >= barrier : top <= barrier) {
        state.values[i] = waiting_ ? main_.values[i] : rebate;
        continue;
      }
      const double out_from = upper ? barrier : low, out_to = upper ? top : barrier;
      const double in_from = upper ? low : barrier, in_to = upper ? barrier : top;
      const T out = waiting_ ? mean(main_.values, out_from, out_to) : rebate * (out_to - out_from);
      state.values[i] = (out + mean(spare_, in_from, in_to)) / (top - low);
    }
  }

  // At today's spot; a spot net of dividends moves with the rate.
  OneFactorSolution<T> read() {
    const State<T>& state = waiting_ ? *waiting_ : main_;
    const T spot = problem_.market.spot - to_come(0.0);
    const double at = value_of(spot);
    const Stencil s = stencil_at(axis_.x, coordinate(at), state.first, state.last + 1);
    OneFactorSolution<T> found;
    found.delta = value_of(weighted(state.values, s.first, s.slope));
    found.gamma = value_of(weighted(state.values, s.first, s.curvature));
    if (axis_.logarithmic) {
      found.gamma = (found.gamma - found.delta) / (at * at);
      found.delta /= at;
    }
    found.value = weighted(state.values, s.first, s.value);
    found.value += found.delta * (spot - at);
    found.theta = theta(value_of(found.value), at, found.delta, found.gamma);
    if (!may_exercise_today(problem_.contract.option) || waiting_) return found;
    const double gain = value_of(gain_at(at, 0.0));
    if (value_of(found.value) <= gain * (1.0 + 1e-12) && gain > 0.0) {
      found.value = T(gain);
      found.delta = payoff_.slope(at);
      found.gamma = 0.0;
      found.theta = 0.0;
      found.exercised = true;
    }
    return found;
  }

  // By the equation; escrowed, X = S - PV moves with time also.
  [[nodiscard]] double theta(double value, double spot, double delta, double gamma) const {
    const double rate = problem_.market.rate.forward_rate(0.0);
    const double drift = rate - problem_.market.dividend_yield.forward_rate(0.0);
    const double volatility = problem_.market.volatility.instantaneous(0.0);
    return rate * value - drift * spot * delta -
           0.5 * volatility * volatility * spot * spot * gamma -
           rate * value_of(to_come(0.0)) * delta;
  }

  const OneFactorProblem& problem_;
  const Barriers& barriers_;
  PayoffTerms payoff_;
  double expiry_;
  Scheme scheme_;
  int refinement_;  // 2 is the grid asked for
  int steps_;
  Axis axis_;
  Operator<T> generator_;
  double volatility_ = -1.0, rate_ = 0.0, yield_ = 0.0;  // those of the generator
  std::vector<T> obstacle_, spare_, spare_plain_;
  State<T> main_;                    // the contract, or what a knock-in becomes
  std::optional<State<T>> waiting_;  // a knock-in that has not reached a barrier
};

}  // namespace

template <class T>
OneFactorSolution<T> solve_one_factor(const OneFactorProblem& problem, const Settings& settings,
                                      Refinement refinement) {
  return Solver<T>(problem, settings, refinement).run();
}

template OneFactorSolution<double> solve_one_factor(const OneFactorProblem&, const Settings&,
                                                    Refinement);
template OneFactorSolution<VolatilityAndRate> solve_one_factor(const OneFactorProblem&,
                                                               const Settings&, Refinement);

}  // namespace strikeproof::numeric
