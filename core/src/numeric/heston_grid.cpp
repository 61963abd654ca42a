// Grid in spot and variance for Heston's equation.
//
// The variance at T is c chi'^2, c = sigma^2 (1 - exp(-kappa T)) / (4 kappa) [1]: its tail decays
// as exp(-v / (2 c)), slower under the measure of the stock, where kappa - rho sigma takes the
// place of kappa. The grid ends kTail such lengths above the larger of initial and long-run
// variance. The deviation of ln S_T is that of the mean variance until expiry and of what it may
// well become.
//
// [1] Cox, J., Ingersoll, J. and Ross, S. (1985), Econometrica 53(2), 385-407.
#include "numeric/heston_grid.hpp"

#include <algorithm>
#include <cmath>

namespace strikeproof::numeric {
namespace {

using finite_difference::Barriers;
using finite_difference::Contract;
using heston::Model;

constexpr double kTail = 12.0;
constexpr double kDeviations = 5.0;

// (1 - exp(-k t)) / k
double decayed(double k, double t) noexcept {
  return std::abs(k * t) < 1e-12 ? t : -std::expm1(-k * t) / k;
}

struct Spread {
  double mean;       // of the variance over the life
  double deviation;  // of the variance at expiry
  double tail;       // length over which the density of the variance decays e-fold
};

Spread spread_of(const Model& m, double expiry) noexcept {
  const double square = m.volatility_of_variance * m.volatility_of_variance;
  const double b = decayed(m.mean_reversion, expiry);
  const double end = m.long_run_variance +
                     (m.initial_variance - m.long_run_variance) * (1.0 - m.mean_reversion * b);
  const double mean = m.long_run_variance + (m.initial_variance - m.long_run_variance) * b / expiry;
  // between that of a constant variance and the stationary one
  const double deviation =
      std::sqrt(square * std::max(mean, end) * decayed(2.0 * m.mean_reversion, expiry));
  const double stock = m.mean_reversion - std::max(m.correlation, 0.0) * m.volatility_of_variance;
  return {mean, deviation, 0.5 * square * decayed(std::max(stock, 0.0), expiry)};
}

Grid variance_grid(const Model& m, const Spread& spread, int points, int refinement) {
  const double larger = std::max(m.initial_variance, m.long_run_variance);
  AxisPlan plan{};
  plan.low = 0.0;
  plan.top = std::max(larger + 4.0 * spread.deviation + kTail * spread.tail, 1.05 * larger);
  plan.cells = points / 2;
  plan.refinement = refinement;
  const double width = std::max(spread.deviation, 0.05 * larger);
  plan.foci = {{0.0, std::max(0.5 * larger, 1e-3 * plan.top)}, {m.initial_variance, width}};
  plan.on_nodes = {m.initial_variance};
  return stretched_grid(plan);
}

void focus(AxisPlan& plan, double point, double width) {
  if (!(point >= plan.low && point <= plan.top && point > 0.0)) return;
  plan.foci.push_back({point, point * std::clamp(width, 1e-6, 0.5)});
}

}  // namespace

HestonGrid heston_grid(const HestonProblem& problem,
                       const heston_finite_difference::Settings& settings, Refinement refinement) {
  const Contract& contract = problem.contract;
  const Barriers& barriers = contract.barriers;
  const double expiry = contract.option.time_to_expiry;
  const heston::Market& market = problem.market;
  const Spread spread = spread_of(market.model, expiry);
  const double usual = std::sqrt(spread.mean * expiry);
  const double wide = std::sqrt((spread.mean + 2.0 * spread.deviation) * expiry);
  const double carry = std::abs(market.rate - market.dividend_yield) * expiry;
  const double strike = contract.option.strike > 0.0 ? contract.option.strike : market.spot;
  const double highest = std::max(market.spot, strike);
  const double reach = std::min(kDeviations * wide + carry, 100.0);

  AxisPlan plan{};
  plan.low = barriers.lower;
  plan.top = std::min(std::max(highest * std::exp(reach), 1.001 * highest), barriers.upper);
  plan.cells = settings.spot_points / 2;
  const int cuts = static_cast<int>(refinement) * settings.refinement;
  plan.refinement = cuts;
  plan.on_nodes = {strike};
  focus(plan, strike, 0.5 * usual);
  for (const double barrier : {barriers.lower, barriers.upper}) focus(plan, barrier, 0.5 * usual);
  if (plan.foci.empty()) focus(plan, market.spot, 0.5 * usual);
  return {stretched_grid(plan),
          variance_grid(market.model, spread, settings.variance_points, cuts)};
}

}  // namespace strikeproof::numeric
