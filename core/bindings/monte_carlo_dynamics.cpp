// Binding of the models that are simulated in steps; arguments are checked by the Python module.
#include "strikeproof/monte_carlo_dynamics.hpp"

#include <nanobind/stl/tuple.h>

#include <memory>
#include <tuple>

#include "monte_carlo.hpp"
#include "surfaces.hpp"

namespace {

namespace nb = nanobind;
namespace mc = strikeproof::monte_carlo;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

std::unique_ptr<mc::Dynamics> heston(double spot, double initial_variance, double long_run_variance,
                                     double mean_reversion, double volatility_of_variance,
                                     double correlation, const CurveInput& rate,
                                     const CurveInput& dividend_yield, int scheme,
                                     double steps_per_year, const mc::Payoff& payoff) {
  const mc::HestonModel model{
      spot,
      {initial_variance, long_run_variance, mean_reversion, volatility_of_variance, correlation},
      rate_curve(rate),
      rate_curve(dividend_yield)};
  return mc::heston(model, static_cast<mc::HestonScheme>(scheme), steps_per_year,
                    payoff.schedule());
}

std::unique_ptr<mc::Dynamics> local_volatility(double spot, const SurfaceInput& surface,
                                               const CurveInput& rate,
                                               const CurveInput& dividend_yield,
                                               double steps_per_year, const mc::Payoff& payoff) {
  const mc::LocalVolatilityModel model{spot, surface_of(surface), std::get<0>(surface),
                                       rate_curve(rate), rate_curve(dividend_yield)};
  const nb::gil_scoped_release released;
  return mc::local_volatility(model, steps_per_year, payoff.schedule());
}

}  // namespace

void bind_monte_carlo_dynamics(nb::module_& module);

void bind_monte_carlo_dynamics(nb::module_& module) {
  using namespace nb::literals;
  module.def("monte_carlo_heston", &heston, "spot"_a, "initial_variance"_a, "long_run_variance"_a,
             "mean_reversion"_a, "volatility_of_variance"_a, "correlation"_a, "rate"_a,
             "dividend_yield"_a, "scheme"_a, "steps_per_year"_a, "payoff"_a);
  module.def("monte_carlo_local_volatility", &local_volatility, "spot"_a, "surface"_a, "rate"_a,
             "dividend_yield"_a, "steps_per_year"_a, "payoff"_a);
}
