// The Black-Scholes-Merton equation on a grid [1, 2].
//
//   dV/dtau = sigma^2 S^2/2 V_SS + (r - q) S V_S - r V,   V(S, 0) = payoff(S)
//
// in S or in ln S, from an end where V = A S + B with known A and B (they decay by q and r, jump
// with dividends, and become the payoff's where exercise pays) to another, or to a barrier watched
// at all times. Nodes gather at strike and barriers, which are nodes (numeric/spot_grid.hpp); the
// payoff of the node whose cell holds the strike is averaged over the cell [3]; steps are TR-BDF2
// (numeric/time_stepper.hpp), shorter after each event as the square of their number, because V
// moves as the square root of time there, or Crank-Nicolson's with Rannacher's start.
//
// Rates and volatilities that depend on time are averaged over each step: the operators of two
// times commute, so that the step between them loses nothing by it.
//
// Early exercise: the obstacle phi (S - K) at all times (American) or at dates (Bermudan).
// Cash dividends, spot model: V(S, t-) = V(max(S - D, 0), t+) by cubic interpolation [2, ch. 7].
// Escrowed model: the equation holds for X = S - PV(dividends to come), the obstacle is
// phi (X + PV(t) - K) [4]; PV at r - q (numeric/exercise_rules.hpp).
//
// A knock-out is worth its rebate at the barrier; a knock-in is solved beside the plain option,
// whose value it takes there. A barrier watched at dates gives at each V = the settled value beyond
// it, averaged over the cell that holds it [3, ch. 5].
//
// Richardson's extrapolation takes the grid with every spacing halved, which holds the nodes of the
// first, and removes the error of the second order. Estimates of errors take the grid with every
// spacing doubled as well. Vega and rho are exact derivatives of the numbers on the grid, which is
// held.
//
// [1] Black, F. and Scholes, M. (1973), J. Political Economy 81(3), 637-654.
// [2] Wilmott, P., Dewynne, J. and Howison, S. (1993), Option Pricing, Oxford Financial Press.
// [3] Tavella, D. and Randall, C. (2000), Pricing Financial Instruments, Wiley; Pooley, D., Vetzal,
//     K. and Forsyth, P. (2003), Convergence remedies for non-smooth payoffs in option pricing,
//     J. Comput. Finance 6(4).
// [4] Haug, E. (2007), The Complete Guide to Option Pricing Formulas, 2nd ed., ch. 9.
#include "strikeproof/finite_difference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/one_factor.hpp"
#include "numeric/richardson.hpp"

namespace strikeproof::numeric {
namespace {

using finite_difference::Contract;
using finite_difference::CurveMarket;
using finite_difference::Estimate;
using finite_difference::EstimateResult;
using finite_difference::Knock;
using finite_difference::Payoff;
using finite_difference::Settings;
using math::value_of;
using term_structure::RateCurve;
using term_structure::VolatilityCurve;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Status check(const Settings& s) noexcept {
  const auto within = [](int x, int low, int high) { return x >= low && x <= high; };
  const bool fits = within(s.refinement, 1, finite_difference::kMaximumRefinement) &&
                    within(s.spot_points, finite_difference::kMinimumPoints,
                           finite_difference::kMaximumPoints / s.refinement) &&
                    within(s.time_steps, 2, finite_difference::kMaximumSteps / s.refinement);
  return fits ? Status::kOk : Status::kOutOfDomain;
}

Status check_all(const OneFactorProblem& problem, const Settings& settings) noexcept {
  const ExercisableOption& option = problem.contract.option;
  Status status = check_contract(problem.contract, problem.market.spot);
  if (status == Status::kOk) status = check(settings);
  if (status == Status::kOk) status = check(problem.dividends);
  if (status != Status::kOk || problem.model == DividendModel::kSpot) return status;
  const double carry =
      problem.market.rate.forward_rate(0.0) - problem.market.dividend_yield.forward_rate(0.0);
  const double worth = present_dividends(problem.dividends, 0.0, option.time_to_expiry, carry);
  return worth > problem.market.spot ? Status::kOutOfDomain : Status::kOk;
}

bool is_flat(const CurveMarket& m) noexcept {
  return m.rate.rate().pieces().size() == 1 && m.dividend_yield.rate().pieces().size() == 1 &&
         m.volatility.square().pieces().size() == 1;
}

bool is_plain(const Contract& c) noexcept {
  return c.payoff == Payoff::kVanilla && !c.barriers.any();
}

FlatMarket flat_of(const CurveMarket& m) noexcept {
  return {m.spot, m.rate.forward_rate(0.0), m.dividend_yield.forward_rate(0.0),
          m.volatility.instantaneous(0.0)};
}

// A knock-in that has reached its barrier is the plain option.
Contract present_form(const Contract& contract, double spot) noexcept {
  Contract plain = contract;
  if (contract.barriers.knock == Knock::kIn && is_knocked(contract, spot)) plain.barriers = {};
  return plain;
}

// What needs no grid; kNotConverged where one is needed.
GreeksResult without_grid(const OneFactorProblem& p) noexcept {
  if (is_plain(p.contract) && is_flat(p.market)) {
    const FlatMarket flat = flat_of(p.market);
    // a variance below the smallest double is none
    if (is_certain(p.contract.option, flat) || is_settled(p)) {
      return certain_value(p.contract.option, flat, p.dividends);
    }
  }
  if (is_settled(p)) return settled_value(p);
  return {no_greeks(), Status::kNotConverged};
}

// A cubic through a kink may leave what no price can: the gain from exercise today, nothing, and
// the stock or the strike at their best moment.
double within_bounds(const OneFactorProblem& p, double value) noexcept {
  if (!is_plain(p.contract) || !is_flat(p.market)) return std::max(value, 0.0);
  const ExercisableOption& option = p.contract.option;
  const FlatMarket m = flat_of(p.market);
  const bool call = option.type == OptionType::kCall;
  const double growth = std::max(call ? -m.dividend_yield : -m.rate, 0.0);
  const double highest = (call ? m.spot : option.strike) * std::exp(growth * option.time_to_expiry);
  const double gain = static_cast<double>(option.type) * (m.spot - option.strike);
  const double lowest = may_exercise_today(option) ? std::max(gain, 0.0) : 0.0;
  return std::max(std::min(value, highest), lowest) + 0.0;  // no negative zero
}

// Whether a value is within what the contract can be worth and 5 % of spot and strike: a coarse
// grid may be off by that, one whose steps span ages by anything.
bool is_possible(const OneFactorProblem& p, double value) noexcept {
  if (!is_flat(p.market)) return true;
  const FlatMarket m = flat_of(p.market);
  const Contract& c = p.contract;
  const double time = c.option.time_to_expiry;
  const bool european = c.option.exercise == Exercise::kEuropean;
  const double discount = std::exp(-m.rate * time), kept = std::exp(-m.dividend_yield * time);
  const auto worth = [](double amount, double factor) {
    return amount > 0.0 ? amount * factor : 0.0;
  };
  const double asset = worth(m.spot, european ? kept : std::max(1.0, kept));
  const double strike = worth(c.option.strike, european ? discount : std::max(1.0, discount));
  const bool call = c.option.type == OptionType::kCall;
  double most = call || c.payoff == Payoff::kAsset ? asset : strike;
  if (c.payoff == Payoff::kCash) most = worth(c.cash, std::max(1.0, discount));
  most += worth(c.barriers.rebate, std::max(1.0, discount));
  const bool parity = european && is_plain(c) && p.dividends.times.empty() && std::isfinite(most);
  const double least = parity ? std::max(call ? asset - strike : strike - asset, 0.0) : 0.0;
  const double room = 0.05 * (std::max(asset, m.spot) + std::max(strike, c.option.strike));
  return value <= 1.05 * most + room && value >= least - room;
}

template <class T>
bool is_sound(const OneFactorSolution<T>& s) noexcept {
  return s.converged && std::isfinite(value_of(s.value));
}

// From two grids, the second with every spacing halved.
template <class T>
OneFactorSolution<T> better_of(const OneFactorSolution<T>& coarse,
                               const OneFactorSolution<T>& fine) noexcept {
  if (fine.exercised || !is_sound(fine)) return fine;
  OneFactorSolution<T> found = fine;
  found.value += (fine.value - coarse.value) / 3.0;
  found.delta = extrapolated(coarse.delta, fine.delta);
  found.gamma = extrapolated(coarse.gamma, fine.gamma);
  found.theta = extrapolated(coarse.theta, fine.theta);
  return found;
}

template <class T>
OneFactorSolution<T> solve(const OneFactorProblem& problem, const Settings& settings) {
  const auto asked = solve_one_factor<T>(problem, settings, Refinement::kAsked);
  if (!settings.extrapolation || !is_sound(asked)) return asked;
  return better_of(asked, solve_one_factor<T>(problem, settings, Refinement::kFine));
}

PriceResult price_of(const OneFactorProblem& problem, const Settings& settings) noexcept {
  const GreeksResult sure = without_grid(problem);
  if (sure.status != Status::kNotConverged) return {sure.value.price, sure.status};
  const auto found = solve<double>(problem, settings);
  if (!is_sound(found) || !is_possible(problem, found.value)) return {kNaN, Status::kNotConverged};
  return {within_bounds(problem, found.value), Status::kOk};
}

GreeksResult greeks_of(const OneFactorProblem& problem, const Settings& settings) noexcept {
  const GreeksResult sure = without_grid(problem);
  if (sure.status != Status::kNotConverged) return sure;
  const auto found = solve<VolatilityAndRate>(problem, settings);
  if (!is_sound(found) || !is_possible(problem, value_of(found.value))) {
    return {no_greeks(), Status::kNotConverged};
  }
  Greeks g{};
  g.price = within_bounds(problem, found.value.value);
  g.delta = found.delta;
  g.gamma = found.gamma;
  g.vega = found.value.first[0];
  g.rho = found.value.first[1];
  g.theta = found.theta;
  if (!is_finite(g)) return {no_greeks(), Status::kNotConverged};
  return {g, Status::kOk};
}

Estimate no_estimate() noexcept { return {kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN}; }

EstimateResult estimate_of(const OneFactorProblem& problem, const Settings& settings) noexcept {
  const GreeksResult sure = without_grid(problem);
  if (sure.status != Status::kNotConverged) {
    if (sure.status != Status::kOk) return {no_estimate(), sure.status};
    const Greeks& g = sure.value;
    return {{g.price, g.delta, g.gamma, g.theta, 0.0, 0.0, 0.0, 0.0, kNaN}, Status::kOk};
  }
  const auto coarse = solve_one_factor<double>(problem, settings, Refinement::kCoarse);
  const auto asked = solve_one_factor<double>(problem, settings, Refinement::kAsked);
  const auto fine = solve_one_factor<double>(problem, settings, Refinement::kFine);
  if (!is_sound(coarse) || !is_sound(asked) || !is_sound(fine)) {
    return {no_estimate(), Status::kNotConverged};
  }
  const auto& best = settings.extrapolation ? better_of(asked, fine) : asked;
  if (!is_possible(problem, best.value)) return {no_estimate(), Status::kNotConverged};
  const auto error = [&](double OneFactorSolution<double>::* field) {
    return error_of(coarse.*field, asked.*field, fine.*field, settings.extrapolation);
  };
  using Solution = OneFactorSolution<double>;
  return {{within_bounds(problem, best.value), best.delta, best.gamma, best.theta,
           error(&Solution::value), error(&Solution::delta), error(&Solution::gamma),
           error(&Solution::theta), order_of(coarse.value, asked.value, fine.value)},
          Status::kOk};
}

Status check_flat(const VanillaProblem& p) noexcept {
  const Status status = strikeproof::check(p.option, p.market);
  if (status != Status::kOk) return status;
  // no curve has a variance beyond the range of a double
  return std::isfinite(p.market.volatility * p.market.volatility) ? Status::kOk
                                                                  : Status::kOutOfDomain;
}

// The curves of a flat market.
struct FlatCurves {
  explicit FlatCurves(const FlatMarket& m)
      : spot(m.spot),
        rate(RateCurve::flat(m.rate)),
        dividend_yield(RateCurve::flat(m.dividend_yield)),
        volatility(VolatilityCurve::flat(m.volatility)) {}

  [[nodiscard]] CurveMarket market() const noexcept {
    return {spot, rate, dividend_yield, volatility};
  }

  double spot;
  RateCurve rate, dividend_yield;
  VolatilityCurve volatility;
};

}  // namespace

PriceResult price_on_grid(const VanillaProblem& p, const Settings& settings) noexcept {
  const Status status = check_flat(p);
  if (status != Status::kOk) return {kNaN, status};
  const FlatCurves curves(p.market);
  const CurveMarket market = curves.market();
  const Contract contract{p.option};
  const OneFactorProblem problem{contract, p.dividends, p.model, market};
  const Status rest = check_all(problem, settings);
  if (rest != Status::kOk) return {kNaN, rest};
  return price_of(problem, settings);
}

GreeksResult greeks_on_grid(const VanillaProblem& p, const Settings& settings) noexcept {
  const Status status = check_flat(p);
  if (status != Status::kOk) return {no_greeks(), status};
  const FlatCurves curves(p.market);
  const CurveMarket market = curves.market();
  const Contract contract{p.option};
  const OneFactorProblem problem{contract, p.dividends, p.model, market};
  const Status rest = check_all(problem, settings);
  if (rest != Status::kOk) return {no_greeks(), rest};
  return greeks_of(problem, settings);
}

}  // namespace strikeproof::numeric

namespace strikeproof::finite_difference {
namespace {

/// `answer` of the contract as it stands today, or `failed` of the status.
template <class Answer, class Failed>
auto checked(const Contract& contract, const CashDividends& dividends, const CurveMarket& market,
             const Settings& settings, Answer answer, Failed failed) {
  const numeric::OneFactorProblem given{contract, dividends, DividendModel::kSpot, market};
  const Status status = numeric::check_all(given, settings);
  if (status != Status::kOk) return failed(status);
  const Contract present = numeric::present_form(contract, market.spot);
  return answer(numeric::OneFactorProblem{present, dividends, DividendModel::kSpot, market},
                settings);
}

}  // namespace

PriceResult price(const ExercisableOption& option, const CashDividends& dividends,
                  const FlatMarket& market, const Settings& settings) noexcept {
  return numeric::price_on_grid({option, market, dividends, DividendModel::kSpot}, settings);
}

GreeksResult greeks(const ExercisableOption& option, const CashDividends& dividends,
                    const FlatMarket& market, const Settings& settings) noexcept {
  return numeric::greeks_on_grid({option, market, dividends, DividendModel::kSpot}, settings);
}

PriceResult price(const Contract& contract, const CashDividends& dividends,
                  const CurveMarket& market, const Settings& settings) noexcept {
  return checked(contract, dividends, market, settings, numeric::price_of,
                 [](Status s) { return PriceResult{numeric::kNaN, s}; });
}

GreeksResult greeks(const Contract& contract, const CashDividends& dividends,
                    const CurveMarket& market, const Settings& settings) noexcept {
  return checked(contract, dividends, market, settings, numeric::greeks_of,
                 [](Status s) { return GreeksResult{no_greeks(), s}; });
}

EstimateResult estimate(const Contract& contract, const CashDividends& dividends,
                        const CurveMarket& market, const Settings& settings) noexcept {
  return checked(contract, dividends, market, settings, numeric::estimate_of,
                 [](Status s) { return EstimateResult{numeric::no_estimate(), s}; });
}

}  // namespace strikeproof::finite_difference
