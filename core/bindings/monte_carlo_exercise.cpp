// Binding of early exercise by simulation; arguments are checked by the Python module.
#include "strikeproof/monte_carlo_exercise.hpp"

#include <nanobind/stl/tuple.h>

#include <cstdint>
#include <optional>

#include "engine.hpp"
#include "monte_carlo.hpp"

namespace {

namespace nb = nanobind;
namespace mc = strikeproof::monte_carlo;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

mc::ExerciseTerms terms_of(int kind, double sign, double strike, const Input& weights,
                           const Input& dates, const CurveInput& rate) {
  mc::ExerciseTerms terms{
      {static_cast<mc::Several>(kind), type_of(sign), strike, numbers_of(weights)},
      schedule_of(dates, false),
      {}};
  const strikeproof::term_structure::RateCurve curve = rate_curve(rate);
  for (const double date : terms.schedule.dates) terms.discounts.push_back(curve.discount(date));
  return terms;
}

mc::Trained train(const mc::Dynamics& dynamics, const mc::ExerciseTerms& terms,
                  const mc::BlackScholesModel* guide, bool european_regressor, std::size_t degree,
                  std::uint64_t seed, std::uint64_t paths, unsigned threads) {
  const mc::Guide known = guide == nullptr ? mc::Guide{{}, {}, 0.0, false}
                                           : mc::guide_of(terms, *guide, european_regressor);
  std::optional<mc::Trained> found;
  run_stoppable(threads, [&](const strikeproof::Parallel& parallel) {
    found = mc::train(dynamics, terms, known, degree, seed, paths, parallel);
    return found.has_value();
  });
  return std::move(*found);
}

nb::tuple diagnostics(const mc::Trained& trained) {
  nb::list regressions;
  for (const mc::Regression& one : trained.regressions) {
    regressions.append(nb::make_tuple(one.paths, one.rank, one.condition, one.r_squared));
  }
  nb::list frequency;
  for (const double share : trained.frequency) frequency.append(share);
  return nb::make_tuple(trained.policy->regressors(), trained.in_sample, regressions, frequency);
}

std::unique_ptr<mc::Payoff> stopped(const mc::Trained& trained, bool guided) {
  return mc::stopped(*trained.policy, guided);
}

nb::tuple duality_gap(const mc::Dynamics& dynamics, const mc::Trained& trained, std::uint64_t seed,
                      std::uint64_t outer, std::size_t inner, bool guided, unsigned threads) {
  std::optional<mc::Estimate> found;
  run_stoppable(threads, [&](const strikeproof::Parallel& parallel) {
    found = mc::duality_gap(dynamics, *trained.policy, seed, outer, inner, guided, parallel);
    return found.has_value();
  });
  return nb::make_tuple(found->value, found->standard_error, found->degrees_of_freedom,
                        found->paths, static_cast<int>(found->stop));
}

std::vector<double> boundary(const mc::Trained& trained) {
  std::vector<double> found;
  for (std::size_t date = 0; date < trained.policy->dates(); ++date) {
    found.push_back(mc::exercise_boundary(*trained.policy, date));
  }
  return found;
}

}  // namespace

void bind_monte_carlo_exercise(nb::module_& module);

void bind_monte_carlo_exercise(nb::module_& module) {
  using namespace nb::literals;
  nb::class_<mc::ExerciseTerms>(module, "ExerciseTerms")
      .def(nb::new_(&terms_of), "kind"_a, "sign"_a, "strike"_a, "weights"_a, "dates"_a, "rate"_a);
  nb::class_<mc::Trained>(module, "ExerciseRule");
  module.def("exercise_train", &train, "dynamics"_a, "terms"_a, "guide"_a.none(),
             "european_regressor"_a, "degree"_a, "seed"_a, "paths"_a, "threads"_a);
  module.def("exercise_diagnostics", &diagnostics, "rule"_a,
             nb::sig("def exercise_diagnostics(rule: ExerciseRule) -> tuple[int, float, "
                     "list[tuple[int, int, float, float]], list[float]]"));
  module.def("exercise_payoff", &stopped, "rule"_a, "guided"_a, nb::keep_alive<0, 1>());
  module.def("exercise_gap", &duality_gap, "dynamics"_a, "rule"_a, "seed"_a, "outer"_a, "inner"_a,
             "guided"_a, "threads"_a,
             nb::sig("def exercise_gap(dynamics: Dynamics, rule: ExerciseRule, seed: int, outer: "
                     "int, inner: int, guided: bool, threads: int) -> tuple[float, float, float, "
                     "int, int]"));
  module.def("exercise_boundary", &boundary, "rule"_a);
}
