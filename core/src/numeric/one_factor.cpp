// The solver of one-factor contracts; method and sources: src/finite_difference.cpp.
#include "numeric/one_factor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "numeric/one_factor_jumps.hpp"
#include "numeric/one_factor_market.hpp"
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

template <class T>
class Solver {
 public:
  Solver(const OneFactorProblem& problem, const Settings& settings, Refinement refinement)
      : problem_(problem),
        barriers_(problem.contract.barriers),
        payoff_(payoff_of(problem.contract)),
        market_(problem.market),
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

  [[nodiscard]] T to_come(double t) const {
    if (!escrowed()) return T(0.0);
    return present_dividends(problem_.dividends, t, expiry_, carry());
  }

  // Of escrowed dividends, which go with flat rates.
  [[nodiscard]] T carry() const {
    return market_.rate_over(0.0, 0.0) - market_.yield_over(0.0, 0.0);
  }

  [[nodiscard]] T rebate_at(double t) const {
    using std::exp;
    if (barriers_.payment == RebatePayment::kAtHit) return T(barriers_.rebate);
    return barriers_.rebate * exp(-market_.rate_over(t, expiry_) * (expiry_ - t));
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

  // The payoff, and at once what holds at the ends.
  void start() {
    for (std::size_t i = 0; i < axis_.size(); ++i) {
      main_.values[i] = T(averaged_payoff(axis_, payoff_, i));
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
                  : edge.slope * std::exp(-market_.yield_over(t, later) * (later - t)) * spot +
                        edge.level * exp(-market_.rate_over(t, later) * (later - t));
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
    edge.slope = edge.slope * std::exp(-market_.yield_over(t, later) * (later - t));
    edge.level = edge.level * exp(-market_.rate_over(t, later) * (later - t));
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
    market_.set(t, later, axis_, generator_);
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
    // the product of the largest times is infinite
    const double planned = std::min(steps_ * length / expiry_, static_cast<double>(steps_));
    const int share = static_cast<int>(std::ceil(planned / refinement_));
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
    if (!american() && payoff_.kind == Payoff::kVanilla) {
      average_kinks(axis_, spare_, obstacle_, main_.values);
    }
    exercise_edges(t);
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
        const Stencil s = stencil_at(axis_.x, axis_.coordinate(left), state.first, state.last + 1);
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
      const Stencil s = stencil_at(axis_.x, axis_.coordinate(spot));
      return weighted(*plain, s.first, s.value);
    }
    return state.low.slope * spot + state.low.level;
  }

  // On a date of a barrier that is watched at dates.
  void watch(double t) {
    State<T>& state = waiting_ ? *waiting_ : main_;
    spare_ = state.values;
    if (barriers_.lower > axis_.spot.front()) {
      knock(state, barriers_.lower, false, t);
      settle_edge(state.low, main_.low, t);
    }
    if (barriers_.upper < axis_.spot.back()) {
      knock(state, barriers_.upper, true, t);
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

  // Beyond the barrier the contract is settled.
  void knock(State<T>& state, double barrier, bool upper, double t) {
    if (waiting_) {
      replace_beyond(axis_, {barrier, upper}, spare_, main_.values, state.values);
    } else {
      settled_.assign(axis_.size(), rebate_at(t));
      replace_beyond(axis_, {barrier, upper}, spare_, settled_, state.values);
    }
  }

  // At today's spot; a spot net of dividends moves with the rate.
  OneFactorSolution<T> read() {
    const State<T>& state = waiting_ ? *waiting_ : main_;
    const T spot = problem_.market.spot - to_come(0.0);
    const double at = value_of(spot);
    const Stencil s = stencil_at(axis_.x, axis_.coordinate(at), state.first, state.last + 1);
    OneFactorSolution<T> found;
    found.delta = value_of(weighted(state.values, s.first, s.slope));
    found.gamma = value_of(weighted(state.values, s.first, s.curvature));
    if (axis_.logarithmic) {
      found.gamma = (found.gamma - found.delta) / (at * at);
      found.delta /= at;
    }
    found.value = weighted(state.values, s.first, s.value);
    found.value += found.delta * (spot - at);
    // escrowed, X = S - PV moves with time also
    found.theta = market_.theta(value_of(found.value), at, found.delta, found.gamma) -
                  value_of(carry() * to_come(0.0)) * found.delta;
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

  const OneFactorProblem& problem_;
  const Barriers& barriers_;
  PayoffTerms payoff_;
  MarketAverages<T> market_;
  double expiry_;
  Scheme scheme_;
  int refinement_;  // 2 is the grid asked for
  int steps_;
  Axis axis_;
  Operator<T> generator_;
  std::vector<T> obstacle_, spare_, spare_plain_, settled_;
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
