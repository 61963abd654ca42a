// Settings of a simulation, and a run that reports and answers Ctrl-C.
#pragma once

#include <nanobind/nanobind.h>

#include <cstdint>
#include <optional>

#include "columns.hpp"
#include "strikeproof/monte_carlo.hpp"

namespace strikeproof::bindings {

[[nodiscard]] inline monte_carlo::Settings settings_of(std::uint64_t seed, std::uint64_t paths,
                                                       std::uint64_t most, int method,
                                                       std::uint32_t replicates, bool antithetic,
                                                       double absolute_target,
                                                       double relative_target) {
  monte_carlo::Settings settings;
  settings.seed = seed;
  settings.paths = paths;
  settings.most = most;
  settings.method = static_cast<monte_carlo::Method>(method);
  settings.replicates = replicates;
  settings.antithetic = antithetic;
  settings.absolute_target = absolute_target;
  settings.relative_target = relative_target;
  return settings;
}

/// Value, standard error, degrees of freedom, paths, reason of stopping.
[[nodiscard]] inline nb::tuple tuple_of(const monte_carlo::Estimate& e) {
  return nb::make_tuple(e.value, e.standard_error, e.degrees_of_freedom, e.paths,
                        static_cast<int>(e.stop));
}

/// Estimates and coefficients of `run(parallel, progress)`, which returns nothing if stopped.
template <class Run>
[[nodiscard]] nb::tuple run_estimates(unsigned threads, const nb::object& progress,
                                      const Run& run) {
  monte_carlo::Progress report;
  if (!progress.is_none()) {
    report = [&progress](std::uint64_t /*paths*/, const monte_carlo::Estimate& estimate) {
      const nb::gil_scoped_acquire held;
      try {
        progress(tuple_of(estimate));
        return true;
      } catch (nb::python_error& error) {
        error.restore();  // raised again where the run has ended
        return false;
      }
    };
  }
  std::optional<monte_carlo::Result> found;
  run_stoppable(threads, [&](const Parallel& parallel) {
    found = run(parallel, report);
    return found.has_value();
  });
  nb::list outputs;
  for (const monte_carlo::Estimate& estimate : found->outputs) outputs.append(tuple_of(estimate));
  nb::list coefficients;
  for (const double coefficient : found->coefficients) coefficients.append(coefficient);
  return nb::make_tuple(outputs, coefficients);
}

}  // namespace strikeproof::bindings
