// Binding of Greeks by simulation; arguments are checked by the Python module.
#include "strikeproof/monte_carlo_greeks.hpp"

#include <nanobind/stl/tuple.h>

#include <optional>
#include <tuple>

#include "engine.hpp"
#include "monte_carlo.hpp"
#include "monte_carlo_run.hpp"

namespace {

namespace nb = nanobind;
namespace mc = strikeproof::monte_carlo;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

using Greeks = std::vector<std::tuple<int, std::size_t>>;

mc::FlatLognormal flat(const Input& spot, const Input& volatility, const Input& dividend_yield,
                       double rate, const Input& correlation) {
  const std::size_t n = spot.shape(0);
  if (volatility.shape(0) != n || dividend_yield.shape(0) != n || correlation.shape(0) != n * n) {
    throw nb::value_error("every asset has a volatility, a yield and a row of correlations");
  }
  return {numbers_of(spot), numbers_of(volatility), numbers_of(dividend_yield), rate,
          numbers_of(correlation)};
}

std::vector<mc::GreekOf> greeks_of(const Greeks& greeks, const mc::FlatLognormal& model) {
  std::vector<mc::GreekOf> found;
  for (const auto& [greek, asset] : greeks) {
    if (asset >= model.spot.size()) throw nb::value_error("a Greek is of one of the assets");
    found.push_back({static_cast<mc::Greek>(greek), asset});
  }
  return found;
}

std::unique_ptr<mc::Payoff> likelihood_ratio(const mc::Payoff& payoff,
                                             const mc::FlatLognormal& model, const Greeks& greeks) {
  return mc::likelihood_ratio(payoff, model, greeks_of(greeks, model));
}

std::unique_ptr<mc::Payoff> pathwise(int functional, bool floating, double sign, double strike,
                                     const Input& weights, double past, const Input& dates,
                                     const mc::FlatLognormal& model, const Greeks& greeks) {
  const auto kind = static_cast<mc::Functional>(functional);
  const bool by_asset = kind >= mc::Functional::kWeighted;
  if (weights.shape(0) != (by_asset ? model.spot.size() : dates.shape(0))) {
    throw nb::value_error("weights are as many as the dates, or the assets");
  }
  return mc::pathwise({kind, floating, type_of(sign), strike, numbers_of(weights), past},
                      schedule_of(dates, false), model, greeks_of(greeks, model));
}

using Scenarios = std::vector<std::tuple<const mc::Dynamics*, const mc::Payoff*>>;

nb::tuple combinations(const Scenarios& scenarios, const Input& weights, std::uint64_t seed,
                       std::uint64_t paths, std::uint64_t most, int method,
                       std::uint32_t replicates, bool antithetic, double absolute_target,
                       double relative_target, unsigned threads, const nb::object& progress) {
  std::vector<mc::Scenario> all;
  for (const auto& [dynamics, payoff] : scenarios) all.push_back({dynamics, payoff});
  const mc::Settings settings = settings_of(seed, paths, most, method, replicates, antithetic,
                                            absolute_target, relative_target);
  return run_estimates(threads, progress,
                       [&](const strikeproof::Parallel& parallel, const mc::Progress& report) {
                         return mc::combinations(all, {weights.data(), weights.shape(0)}, settings,
                                                 parallel, report);
                       });
}

}  // namespace

void bind_monte_carlo_greeks(nb::module_& module);

void bind_monte_carlo_greeks(nb::module_& module) {
  using namespace nb::literals;
  nb::class_<mc::FlatLognormal>(module, "FlatLognormal")
      .def(nb::new_(&flat), "spot"_a, "volatility"_a, "dividend_yield"_a, "rate"_a,
           "correlation"_a);
  module.def("payoff_likelihood_ratio", &likelihood_ratio, "payoff"_a, "model"_a, "greeks"_a,
             nb::keep_alive<0, 1>());
  module.def("payoff_pathwise", &pathwise, "functional"_a, "floating"_a, "sign"_a, "strike"_a,
             "weights"_a, "past"_a, "dates"_a, "model"_a, "greeks"_a);
  module.def("monte_carlo_combinations", &combinations, "scenarios"_a, "weights"_a, "seed"_a,
             "paths"_a, "most"_a, "method"_a, "replicates"_a, "antithetic"_a, "absolute_target"_a,
             "relative_target"_a, "threads"_a, "progress"_a.none(),
             nb::sig("def monte_carlo_combinations(scenarios: Sequence[tuple[Dynamics, Payoff]], "
                     "weights: Annotated[NDArray[numpy.float64], dict(shape=(None,), order='C', "
                     "device='cpu')], seed: int, paths: int, most: int, method: int, replicates: "
                     "int, antithetic: bool, absolute_target: float, relative_target: float, "
                     "threads: int, progress: object | None) -> tuple[list[tuple[float, float, "
                     "float, int, int]], list[float]]"));
}
