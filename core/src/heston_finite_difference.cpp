// Heston's equation on a grid in spot and variance, by alternating directions.
//
//   u_tau = v s^2/2 u_ss + rho sigma s v u_sv + sigma^2 v/2 u_vv + (r - q) s u_s
//           + kappa (theta - v) u_v - r u = (A0 + A1 + A2) u
//
// A0 the mixed derivative, A1 what is by spot and A2 what is by variance, r u halved between them
// [1]. Nodes gather at strike, barriers, initial variance and variance 0 (numeric/spot_grid.hpp).
// At variance 0 the equation itself is the condition: none is needed where Feller's condition is
// violated, nor where it is not [2]. At the largest variance u is linear in it. At the ends in spot
// u is A S + B, or a rebate.
//
// Steps from U over dt, with F_i(w) = A_i w and theta:
//   Y0 = U + dt F(U),  Yj = Yj-1 + theta dt (Fj(Yj) - Fj(U)), j = 1, 2
//   modified Craig-Sneyd [3], theta = 1/3:
//     Z0 = Y0 + theta dt (F0(Y2) - F0(U)) + (1/2 - theta) dt (F(Y2) - F(U)),
//     Zj = Zj-1 + theta dt (Fj(Zj) - Fj(U))
//   Hundsdorfer-Verwer [3], theta = 1/2 + 3^(1/2)/6:
//     Z0 = Y0 + dt/2 (F(Y2) - F(U)),  Zj = Zj-1 + theta dt (Fj(Zj) - Fj(Y2))
// The first two steps are four of half the length of Y with theta = 1, which damps what the payoff
// has not smooth [4]; the payoff is averaged over the cell of the strike. Early exercise by
// operator splitting [5]: the step is done with the excess of the obstacle at its start, which is
// mended node by node afterwards.
//
// A European knock-in is the plain option less a knock-out of the payoff less the rebate.
// Richardson's extrapolation and the estimates of errors are those of src/finite_difference.cpp.
//
// [1] In 't Hout, K. and Foulon, S. (2010), ADI finite difference schemes for option pricing in the
//     Heston model with correlation, Int. J. Numer. Anal. Model. 7(2), 303-320.
// [2] Ekstrom, E. and Tysk, J. (2010), The Black-Scholes equation in stochastic volatility models,
//     J. Math. Anal. Appl. 368(2), 498-507.
// [3] In 't Hout, K. and Welfert, B. (2009), Unconditional stability of second-order ADI schemes
//     applied to multi-dimensional diffusion equations with mixed derivative terms, Appl. Numer.
//     Math. 59, 677-692.
// [4] Rannacher, R. (1984), Numer. Math. 43, 309-327; for ADI In 't Hout, K. and Wyns, M. (2016),
//     Convergence of the modified Craig-Sneyd scheme for two-dimensional convection-diffusion
//     equations with mixed derivative term, J. Comput. Appl. Math. 296, 170-180.
// [5] Ikonen, S. and Toivanen, J. (2009), Operator splitting methods for pricing American options
//     under stochastic volatility, Numer. Math. 113, 299-324; Haentjens, T. and In 't Hout, K.
//     (2015), ADI schemes for pricing American options under the Heston model, Appl. Math. Finance
//     22(3), 207-237.
#include "strikeproof/heston_finite_difference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/heston_solver.hpp"
#include "numeric/richardson.hpp"

namespace strikeproof::heston_finite_difference {
namespace {

using finite_difference::Contract;
using finite_difference::CurveMarket;
using finite_difference::Knock;
using heston::Market;
using numeric::HestonSolution;
using numeric::Refinement;
using term_structure::RateCurve;
using term_structure::VolatilityCurve;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Values kNone{kNaN, kNaN, kNaN, kNaN, kNaN};

// Calls `work` with each of the values by name.
template <class Work>
Values each(Work work) {
  return {work(&Values::price), work(&Values::delta), work(&Values::gamma), work(&Values::theta),
          work(&Values::initial_variance)};
}

Status check(const Settings& s) noexcept {
  const auto within = [](int x, int low, int high) { return x >= low && x <= high; };
  const bool fits = within(s.refinement, 1, kMaximumRefinement) &&
                    within(s.spot_points, kMinimumPoints, kMaximumPoints / s.refinement) &&
                    within(s.variance_points, kMinimumPoints, kMaximumPoints / s.refinement) &&
                    within(s.time_steps, 2, kMaximumSteps / s.refinement);
  return fits ? Status::kOk : Status::kOutOfDomain;
}

Status check(const Market& m) noexcept {
  const heston::Model& p = m.model;
  for (const double x : {m.spot, m.rate, m.dividend_yield, p.initial_variance, p.long_run_variance,
                         p.mean_reversion, p.volatility_of_variance, p.correlation}) {
    if (!std::isfinite(x)) return Status::kNonFinite;
  }
  const bool fits = p.initial_variance >= 0.0 && p.long_run_variance >= 0.0 &&
                    p.mean_reversion >= 0.0 && p.volatility_of_variance >= 0.0 &&
                    std::abs(p.correlation) <= 1.0;
  return fits ? Status::kOk : Status::kOutOfDomain;
}

bool is_served(const Contract& c) noexcept {
  const bool exercise = c.option.exercise == Exercise::kEuropean ||
                        (c.option.exercise == Exercise::kAmerican &&
                         !(c.barriers.any() && c.barriers.knock == Knock::kIn));
  return exercise && (c.barriers.continuous || !c.barriers.any());
}

// Contracts that need no grid: without variance or time, or beyond a barrier.
bool is_settled(const Contract& c, const Market& m) noexcept {
  const bool moves =
      m.model.initial_variance > 0.0 || m.model.mean_reversion * m.model.long_run_variance > 0.0;
  return !moves || !(c.option.time_to_expiry > 0.0) || !(m.spot > 0.0) ||
         (c.barriers.knock == Knock::kOut && numeric::is_knocked(c, m.spot));
}

// By the one-factor engine, which knows all of them; it also checks the contract.
Result without_variance(const Contract& contract, const Market& market) noexcept {
  const RateCurve rate = RateCurve::flat(market.rate),
                  yield = RateCurve::flat(market.dividend_yield);
  const VolatilityCurve volatility = VolatilityCurve::flat(0.0);
  const CurveMarket calm{market.spot, rate, yield, volatility};
  const GreeksResult found = finite_difference::greeks(contract, {}, calm, {100, 20});
  const bool refused = found.status != Status::kOk;
  const Greeks& g = found.value;
  return {refused ? kNone : Values{g.price, g.delta, g.gamma, g.theta, 0.0}, found.status};
}

// A knock-in as the plain option less what is lost by not being in.
HestonSolution solve_knock_in(const Contract& contract, const Market& market,
                              const Settings& settings, Refinement refinement) {
  Contract plain = contract, out = contract;
  plain.barriers = {};
  out.barriers.knock = Knock::kOut;
  out.barriers.rebate = 0.0;
  const Values all = numeric::solve_heston({plain, market}, settings, refinement).value;
  const Values lost =
      numeric::solve_heston({out, market, contract.barriers.rebate}, settings, refinement).value;
  return {each([&](double Values::* field) { return all.*field - lost.*field; }), false};
}

HestonSolution solve(const Contract& contract, const Market& market, const Settings& settings,
                     Refinement refinement) {
  const bool knock_in = contract.barriers.any() && contract.barriers.knock == Knock::kIn;
  if (knock_in) return solve_knock_in(contract, market, settings, refinement);
  return numeric::solve_heston({contract, market}, settings, refinement);
}

Values extrapolated(const HestonSolution& asked, const HestonSolution& fine) noexcept {
  if (fine.exercised) return fine.value;
  return each([&](double Values::* field) {
    return numeric::extrapolated(asked.value.*field, fine.value.*field);
  });
}

Values at_least_nothing(Values values) noexcept {
  values.price = std::max(values.price, 0.0);
  return values;
}

Status check_all(const Contract& contract, const Market& market,
                 const Settings& settings) noexcept {
  Status status = check(market);
  if (status == Status::kOk) status = check(settings);
  if (status == Status::kOk && !is_served(contract)) status = Status::kOutOfDomain;
  if (status != Status::kOk) return status;
  return numeric::check_contract(contract, market.spot);
}

// A knock-in that is in is the plain option.
Contract present_form(const Contract& contract, double spot) noexcept {
  Contract present = contract;
  if (contract.barriers.knock == Knock::kIn && numeric::is_knocked(contract, spot)) {
    present.barriers = {};
  }
  return present;
}

}  // namespace

Result value(const Contract& contract, const Market& market, const Settings& settings) noexcept {
  const Status status = check_all(contract, market, settings);
  if (status != Status::kOk) return {kNone, status};
  const Contract present = present_form(contract, market.spot);
  if (is_settled(present, market)) return without_variance(present, market);
  const HestonSolution asked = solve(present, market, settings, Refinement::kAsked);
  const Values found =
      settings.extrapolation
          ? extrapolated(asked, solve(present, market, settings, Refinement::kFine))
          : asked.value;
  if (!is_finite(found)) return {kNone, Status::kNotConverged};
  return {at_least_nothing(found), Status::kOk};
}

EstimateResult estimate(const Contract& contract, const Market& market,
                        const Settings& settings) noexcept {
  const Status status = check_all(contract, market, settings);
  if (status != Status::kOk) return {{kNone, kNone, kNaN}, status};
  const Contract present = present_form(contract, market.spot);
  if (is_settled(present, market)) {
    const Result sure = without_variance(present, market);
    const bool known = sure.status == Status::kOk;
    return {{sure.value, known ? Values{} : kNone, kNaN}, sure.status};
  }
  const HestonSolution coarse = solve(present, market, settings, Refinement::kCoarse);
  const HestonSolution asked = solve(present, market, settings, Refinement::kAsked);
  const HestonSolution fine = solve(present, market, settings, Refinement::kFine);
  const Values best = settings.extrapolation ? extrapolated(asked, fine) : asked.value;
  const Values error = each([&](double Values::* field) {
    return numeric::error_of(coarse.value.*field, asked.value.*field, fine.value.*field,
                             settings.extrapolation);
  });
  if (!is_finite(best) || !is_finite(error)) return {{kNone, kNone, kNaN}, Status::kNotConverged};
  const double order = numeric::order_of(coarse.value.price, asked.value.price, fine.value.price);
  return {{at_least_nothing(best), error, order}, Status::kOk};
}

}  // namespace strikeproof::heston_finite_difference
