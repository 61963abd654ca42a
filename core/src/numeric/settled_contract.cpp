// One-factor contracts in which nothing is uncertain any more.
//
// Without variance the spot follows S exp(int (r - q)), less its dividends; between the nodes of
// piecewise-constant rates and the dates it moves in one direction, so that a barrier watched at
// all times is reached at the end of such a stretch or not in it. Where a curve is not constant
// between nodes each stretch is cut into kPieces more. The moment itself, which dates a rebate at
// hit, is found by bisection.
#include <algorithm>
#include <cmath>
#include <vector>

#include "numeric/one_factor.hpp"
#include "numeric/one_factor_terms.hpp"

namespace strikeproof::numeric {
namespace {

using finite_difference::Barriers;
using finite_difference::Contract;
using finite_difference::CurveMarket;
using finite_difference::Knock;
using finite_difference::RebatePayment;

constexpr int kPieces = 64;

bool reached(const Barriers& barriers, double spot) noexcept {
  return (barriers.lower > 0.0 && spot <= barriers.lower) ||
         (barriers.upper < Barriers::kNoUpper && spot >= barriers.upper);
}

struct Path {
  const OneFactorProblem& problem;
  double spot;  // now
  double now = 0.0;
  double by_spot = 1.0, by_rate = 0.0;  // derivatives of the spot

  [[nodiscard]] double at(double t) const noexcept {
    const CurveMarket& m = problem.market;
    return spot * std::exp(m.rate.integral(t) - m.rate.integral(now) -
                           m.dividend_yield.integral(t) + m.dividend_yield.integral(now));
  }
  void move(double t) noexcept {
    const double next = at(t), growth = spot > 0.0 ? next / spot : 1.0;
    by_rate = growth * (by_rate + spot * (t - now));
    by_spot *= growth;
    spot = next;
    now = t;
  }
  void pay(double amount) noexcept {
    spot = std::max(spot - amount, 0.0);
    if (!(spot > 0.0)) by_spot = by_rate = 0.0;
  }
};

std::vector<double> stretches(const OneFactorProblem& problem, double expiry) {
  std::vector<double> times{expiry};
  for (const auto* curve : {&problem.market.rate, &problem.market.dividend_yield}) {
    for (const auto& piece : curve->rate().pieces()) {
      if (piece.start > 0.0 && piece.start < expiry) times.push_back(piece.start);
    }
  }
  for (int k = 1; k < kPieces; ++k) times.push_back(expiry * k / kPieces);
  for (const Event& event : events_of(problem)) times.push_back(event.time);
  std::ranges::sort(times);
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

// When the path meets a barrier within (now, t], which it has by t.
double moment(const Path& path, const Barriers& barriers, double t) noexcept {
  double low = path.now, high = t;
  for (int k = 0; k < 60; ++k) {
    const double middle = 0.5 * (low + high);
    (reached(barriers, path.at(middle)) ? high : low) = middle;
  }
  return high;
}

// Present value of what is paid, with its derivatives by spot and rate.
struct Outcome {
  double value = 0.0;
  double delta = 0.0, rho = 0.0;
};

class Follower {
 public:
  explicit Follower(const OneFactorProblem& problem)
      : problem_(problem),
        contract_(problem.contract),
        payoff_(payoff_of(contract_)),
        path_{problem, problem.market.spot} {}

  Outcome run() {
    const double expiry = contract_.option.time_to_expiry;
    const std::vector<Event> events = events_of(problem_);
    auto event = events.begin();
    for (const double t : stretches(problem_, expiry)) {
      if (live_ && always() && reached(barriers(), path_.at(t))) {
        knock(moment(path_, barriers(), t));
      }
      path_.move(t);
      for (; event != events.end() && event->time <= t; ++event) meet(*event);
      if (done_) return best_;
    }
    const bool pays = barriers().any() && barriers().knock == Knock::kIn ? !live_ : live_;
    if (pays) consider(expiry);
    if (!pays && live_) settle(expiry);  // a knock-in never in
    return best_;
  }

 private:
  [[nodiscard]] const Barriers& barriers() const noexcept { return contract_.barriers; }
  [[nodiscard]] bool always() const noexcept { return barriers().any() && barriers().continuous; }
  [[nodiscard]] double discount(double t) const { return problem_.market.rate.discount(t); }

  void meet(const Event& event) {
    const bool in = barriers().any() && barriers().knock == Knock::kIn;
    if (event.kind == EventKind::kWatch && live_ && reached(barriers(), path_.spot)) {
      knock(event.time);
    }
    if (event.kind == EventKind::kExercise && (in ? !live_ : live_)) consider(event.time);
    if (event.kind == EventKind::kDividend) {
      path_.pay(event.amount);
      if (live_ && always() && reached(barriers(), path_.spot)) knock(event.time);
    }
  }

  void knock(double t) {
    live_ = false;
    if (barriers().knock == Knock::kIn) return;
    settle(barriers().payment == RebatePayment::kAtHit ? t : contract_.option.time_to_expiry);
    done_ = true;
  }

  void settle(double paid) {
    const double value = barriers().rebate * discount(paid);
    if (value > best_.value) best_ = {value, 0.0, -paid * value};
  }

  void consider(double t) {
    const double value = payoff_.at_expiry(path_.spot) * discount(t);
    if (!(value > best_.value)) return;
    const double slope = payoff_.slope(path_.spot) * discount(t);
    best_ = {value, slope * path_.by_spot, slope * path_.by_rate - t * value};
  }

  const OneFactorProblem& problem_;
  const Contract& contract_;
  PayoffTerms payoff_;
  Path path_;
  bool live_ = true;  // no barrier reached yet
  bool done_ = false;
  Outcome best_;
};

}  // namespace

Status check_contract(const Contract& contract, double spot) noexcept {
  const Status status = check(contract.option, FlatMarket{spot, 0.0, 0.0, 0.0});
  if (status != Status::kOk) return status;
  const Barriers& b = contract.barriers;
  for (const double x : {b.lower, b.upper, b.rebate, contract.cash}) {
    if (!std::isfinite(x)) return Status::kNonFinite;
  }
  for (const double t : b.dates) {
    if (!std::isfinite(t)) return Status::kNonFinite;
  }
  if (b.lower < 0.0 || !(b.upper > b.lower) || b.rebate < 0.0 || contract.cash < 0.0) {
    return Status::kOutOfDomain;
  }
  const bool ordered = std::ranges::is_sorted(b.dates);
  return ordered && (b.dates.empty() || b.dates.front() >= 0.0) ? Status::kOk
                                                                : Status::kOutOfDomain;
}

bool is_knocked(const Contract& contract, double spot) noexcept {
  const Barriers& barriers = contract.barriers;
  const bool today =
      barriers.continuous || (!barriers.dates.empty() && barriers.dates.front() == 0.0);
  return today && reached(barriers, spot);
}

bool is_settled(const OneFactorProblem& problem) noexcept {
  const Contract& contract = problem.contract;
  const double T = contract.option.time_to_expiry;
  if (!(problem.market.volatility.variance(T) > 0.0) || !(problem.market.spot > 0.0)) return true;
  return is_knocked(contract, problem.market.spot) && contract.barriers.knock == Knock::kOut;
}

namespace {

GreeksResult in_range(const Greeks& g) noexcept {
  if (!is_finite(g)) return {no_greeks(), Status::kOverflow};
  return {g, Status::kOk};
}

}  // namespace

GreeksResult settled_value(const OneFactorProblem& problem) noexcept {
  const Contract& contract = problem.contract;
  const double T = contract.option.time_to_expiry;
  const CurveMarket& m = problem.market;
  const double rate = m.rate.forward_rate(0.0);
  Greeks g{};
  if (contract.barriers.knock == Knock::kOut && is_knocked(contract, m.spot)) {
    const bool waits = contract.barriers.payment == RebatePayment::kAtExpiry;
    g.price = contract.barriers.rebate * (waits ? m.rate.discount(T) : 1.0);
    g.rho = waits ? -T * g.price : 0.0;
    g.theta = waits ? rate * g.price : 0.0;
    return in_range(g);
  }
  if (T > 0.0 && contract.option.exercise == Exercise::kAmerican) {
    return {no_greeks(), Status::kOutOfDomain};
  }
  const Outcome found = Follower(problem).run();
  g.price = found.value;
  g.delta = found.delta;
  g.rho = found.rho;
  const double drift = rate - m.dividend_yield.forward_rate(0.0);
  g.theta = rate * g.price - drift * m.spot * g.delta;
  return in_range(g);
}

}  // namespace strikeproof::numeric
