// Payoffs, events and grids of one-factor contracts; method and sources: src/finite_difference.cpp.
#include "numeric/one_factor_terms.hpp"

#include <algorithm>
#include <cmath>

#include "numeric/one_factor_jumps.hpp"

namespace strikeproof::numeric {
namespace {

using finite_difference::Barriers;
using finite_difference::Contract;
using finite_difference::CurveMarket;
using finite_difference::GridKind;
using finite_difference::Knock;
using finite_difference::Payoff;
using finite_difference::Settings;

constexpr double kDeviations = 6.0;  // of ln S_T, from spot or strike to the ends of the grid

// Deviations of the logarithm of the spot until expiry, and how far its mean is carried on the way.
struct Spread {
  double deviation;
  double carry;
};

Spread spread_of(const CurveMarket& market, double expiry) noexcept {
  Spread spread{std::sqrt(market.volatility.variance(expiry)), 0.0};
  constexpr int kDates = 16;
  for (int k = 1; k <= kDates; ++k) {
    const double t = expiry * k / kDates;
    const double carry = market.rate.integral(t) - market.dividend_yield.integral(t);
    spread.carry = std::max(spread.carry, std::abs(carry));
  }
  return spread;
}

double paid_in_all(const OneFactorProblem& problem) noexcept {
  double sum = 0.0;
  for (const double amount : problem.dividends.amounts) sum += amount;
  return sum;
}

// Where the contract ends at a barrier, the grid does.
void bound(const Barriers& barriers, AxisPlan& plan) {
  if (barriers.continuous && barriers.knock == Knock::kOut) {
    plan.low = std::max(plan.low, barriers.lower);
    plan.top = std::min(plan.top, barriers.upper);
    return;
  }
  plan.on_nodes = {barriers.lower, barriers.upper};
}

void focus(AxisPlan& plan, double point, double width) {
  if (!(point >= plan.low && point <= plan.top && point > 0.0)) return;
  plan.foci.push_back({point, point * std::clamp(width, 1e-6, 0.5)});
}

}  // namespace

double PayoffTerms::at_expiry(double spot) const noexcept {
  const double gain = phi * (spot - strike);
  if (kind == Payoff::kVanilla) return std::max(gain, 0.0);
  const double paid = kind == Payoff::kCash ? cash : spot;
  return gain > 0.0 ? paid : gain == 0.0 ? 0.5 * paid : 0.0;
}

double PayoffTerms::slope(double spot) const noexcept {
  if (kind == Payoff::kVanilla) return phi;
  return kind == Payoff::kAsset && in_the_money(spot) ? 1.0 : 0.0;
}

double PayoffTerms::level(double spot) const noexcept {
  if (kind == Payoff::kVanilla) return -phi * strike;
  return kind == Payoff::kCash && in_the_money(spot) ? cash : 0.0;
}

PayoffTerms payoff_of(const Contract& contract) noexcept {
  return {contract.payoff, static_cast<double>(contract.option.type), contract.option.strike,
          contract.cash};
}

bool may_exercise_today(const ExercisableOption& option) noexcept {
  const bool bermudan = option.exercise == Exercise::kBermudan && !option.times.empty() &&
                        option.times.front() == 0.0;
  return bermudan || option.exercise == Exercise::kAmerican;
}

std::vector<Event> events_of(const OneFactorProblem& problem) {
  std::vector<Event> events;
  const ExercisableOption& option = problem.contract.option;
  const double expiry = option.time_to_expiry;
  const auto inside = [expiry](double t) { return t > 0.0 && t < expiry; };
  for (std::size_t i = 0; i < problem.dividends.times.size(); ++i) {
    const double t = problem.dividends.times[i];
    if (inside(t)) events.push_back({t, EventKind::kDividend, problem.dividends.amounts[i]});
  }
  if (option.exercise == Exercise::kBermudan) {
    for (const double t : option.times) {
      if (inside(t)) events.push_back({t, EventKind::kExercise, 0.0});
    }
  }
  const Barriers& barriers = problem.contract.barriers;
  if (barriers.any() && !barriers.continuous) {
    for (const double t : barriers.dates) {
      if (t > 0.0 && t <= expiry) events.push_back({t, EventKind::kWatch, 0.0});
    }
  }
  std::ranges::stable_sort(events, [](const Event& a, const Event& b) {
    return a.time != b.time ? a.time < b.time : a.kind < b.kind;
  });
  return events;
}

AxisPlan plan_of(const OneFactorProblem& problem, const Settings& settings, Refinement refinement) {
  const Contract& contract = problem.contract;
  const Barriers& barriers = contract.barriers;
  const double spot = problem.market.spot;
  const double strike = contract.option.strike > 0.0 ? contract.option.strike : spot;
  const Spread spread = spread_of(problem.market, contract.option.time_to_expiry);
  const double reach = std::min(kDeviations * spread.deviation + spread.carry, 500.0);
  double highest = std::max(spot, strike), lowest = std::min(spot, strike);
  const double beyond = highest * std::exp(reach), below = lowest * std::exp(-reach);
  if (barriers.upper < beyond) highest = std::max(highest, barriers.upper);
  if (barriers.lower > below) lowest = std::min(lowest, barriers.lower);
  lowest = std::min(lowest, std::max(spot - paid_in_all(problem), 0.05 * spot));

  AxisPlan plan{};
  plan.logarithmic = settings.grid == GridKind::kLog;
  plan.low = plan.logarithmic ? lowest * std::exp(-std::max(reach, 1e-3)) : 0.0;
  plan.top = std::max(highest * std::exp(reach), 1.001 * highest);
  plan.cells = settings.spot_points / 2;  // half of the cells asked for, rounded up
  plan.refinement = static_cast<int>(refinement) * settings.refinement;
  bound(barriers, plan);
  plan.on_nodes.push_back(strike);
  const double width = 0.5 * spread.deviation;
  focus(plan, strike, width);
  // between two dates the value bends at the barrier within the deviations of that time
  const double dates = barriers.continuous ? 1.0 : static_cast<double>(barriers.dates.size());
  for (const double barrier : {barriers.lower, barriers.upper}) {
    focus(plan, barrier, width / std::sqrt(std::clamp(dates, 1.0, 100.0)));
  }
  if (plan.foci.empty()) focus(plan, spot, width);
  return plan;
}

double averaged_payoff(const Axis& axis, const PayoffTerms& payoff, std::size_t node) {
  constexpr double kNode = 0.77459666924148337704;  // Gauss-Legendre, three nodes
  const double value = payoff.at_expiry(axis.spot[node]);
  if (node == 0 || node + 1 == axis.size() || !(payoff.strike > 0.0)) return value;
  const double low = axis.cell_low(node), top = axis.cell_top(node);
  const double strike = axis.coordinate(payoff.strike);
  if (strike <= low || strike >= top) return value;
  const auto integral = [&](double from, double to) {
    double sum = 0.0;
    for (const double at : {-kNode, 0.0, kNode}) {
      const double x = 0.5 * (from + to) + 0.5 * (to - from) * at;
      const double spot = axis.logarithmic ? std::exp(x) : x;
      sum += (at == 0.0 ? 8.0 : 5.0) / 18.0 * payoff.at_expiry(spot);
    }
    return sum * (to - from);
  };
  return (integral(low, strike) + integral(strike, top)) / (top - low);
}

}  // namespace strikeproof::numeric
