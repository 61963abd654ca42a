// Binding of models, prices and estimates; arguments are checked by the Python module.
#include "monte_carlo.hpp"

#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <cstdint>
#include <memory>
#include <tuple>

#include "monte_carlo_run.hpp"
#include "strikeproof/math/student.hpp"
#include "strikeproof/monte_carlo_models.hpp"

namespace {

namespace nb = nanobind;
namespace mc = strikeproof::monte_carlo;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

mc::BlackScholesModel lognormal(const Input& spot, const std::vector<CurveInput>& volatility,
                                const CurveInput& rate,
                                const std::vector<CurveInput>& dividend_yield,
                                const Input& correlation) {
  const std::size_t n = spot.shape(0);
  if (volatility.size() != n || dividend_yield.size() != n || correlation.shape(0) != n * n) {
    throw nb::value_error("every asset has a volatility, a yield and a row of correlations");
  }
  mc::BlackScholesModel model{numbers_of(spot), {}, {}, rate_curve(rate), numbers_of(correlation)};
  for (const CurveInput& curve : volatility) model.volatility.push_back(volatility_curve(curve));
  for (const CurveInput& curve : dividend_yield) model.dividend_yield.push_back(rate_curve(curve));
  return model;
}

std::unique_ptr<mc::Dynamics> black_scholes(const mc::BlackScholesModel& model,
                                            const mc::Payoff& payoff) {
  return mc::black_scholes(model, payoff.schedule());
}

std::unique_ptr<mc::Dynamics> merton(const mc::BlackScholesModel& model, double intensity,
                                     double mean, double deviation, const mc::Payoff& payoff) {
  return mc::merton(model, {intensity, mean, deviation}, payoff.schedule());
}

using Controls = std::vector<std::tuple<const mc::Payoff*, double>>;

nb::tuple price(const mc::Dynamics& dynamics, const mc::Payoff& payoff, const Controls& controls,
                std::uint64_t seed, std::uint64_t paths, std::uint64_t most, int method,
                std::uint32_t replicates, bool antithetic, double absolute_target,
                double relative_target, unsigned threads, const nb::object& progress) {
  std::vector<mc::Control> used;
  for (const auto& [control, mean] : controls) used.push_back({control, mean});
  const mc::Settings settings = settings_of(seed, paths, most, method, replicates, antithetic,
                                            absolute_target, relative_target);
  return run_estimates(threads, progress,
                       [&](const strikeproof::Parallel& parallel, const mc::Progress& report) {
                         return mc::price(dynamics, payoff, used, settings, parallel, report);
                       });
}

}  // namespace

void bind_monte_carlo(nb::module_& module);

void bind_monte_carlo(nb::module_& module) {
  using namespace nb::literals;
  nb::class_<mc::BlackScholesModel>(module, "LognormalModel")
      .def(nb::new_(&lognormal), "spot"_a, "volatility"_a, "rate"_a, "dividend_yield"_a,
           "correlation"_a);
  nb::class_<mc::Dynamics>(module, "Dynamics");
  nb::class_<mc::Payoff>(module, "Payoff");
  module.def("monte_carlo_black_scholes", &black_scholes, "model"_a, "payoff"_a);
  module.def("monte_carlo_merton", &merton, "model"_a, "intensity"_a, "mean"_a, "deviation"_a,
             "payoff"_a);
  module.def("monte_carlo_price", &price, "dynamics"_a, "payoff"_a, "controls"_a, "seed"_a,
             "paths"_a, "most"_a, "method"_a, "replicates"_a, "antithetic"_a, "absolute_target"_a,
             "relative_target"_a, "threads"_a, "progress"_a.none(),
             nb::sig("def monte_carlo_price(dynamics: Dynamics, payoff: Payoff, controls: "
                     "Sequence[tuple[Payoff, float]], seed: int, paths: int, most: int, method: "
                     "int, replicates: int, antithetic: bool, absolute_target: float, "
                     "relative_target: float, threads: int, progress: object | None) -> "
                     "tuple[list[tuple[float, float, float, int, int]], list[float]]"));
  module.def("student_two_sided", &strikeproof::math::student_two_sided, "level"_a,
             "degrees_of_freedom"_a);
}
