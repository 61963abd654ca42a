// Composes the extension module; each engine binds itself in a file of its own.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string_view.h>

#include "strikeproof/build_info.hpp"

namespace nb = nanobind;

void bind_american(nb::module_& module);
void bind_american_approximation(nb::module_& module);
void bind_asian(nb::module_& module);
void bind_bachelier(nb::module_& module);
void bind_barrier(nb::module_& module);
void bind_basket(nb::module_& module);
void bind_bates(nb::module_& module);
void bind_black(nb::module_& module);
void bind_black_scholes(nb::module_& module);
void bind_digital(nb::module_& module);
void bind_dividends(nb::module_& module);
void bind_double_barrier(nb::module_& module);
void bind_exchange(nb::module_& module);
void bind_finite_difference(nb::module_& module);
void bind_heston(nb::module_& module);
void bind_heston_finite_difference(nb::module_& module);
void bind_kou(nb::module_& module);
void bind_lattice(nb::module_& module);
void bind_lookback(nb::module_& module);
void bind_monte_carlo(nb::module_& module);
void bind_monte_carlo_dynamics(nb::module_& module);
void bind_monte_carlo_exercise(nb::module_& module);
void bind_monte_carlo_greeks(nb::module_& module);
void bind_monte_carlo_payoffs(nb::module_& module);
void bind_portfolio(nb::module_& module);
void bind_rainbow(nb::module_& module);
void bind_random(nb::module_& module);
void bind_spread(nb::module_& module);
void bind_ssvi(nb::module_& module);
void bind_svi(nb::module_& module);
void bind_term_structure(nb::module_& module);
void bind_variance_gamma(nb::module_& module);

NB_MODULE(_core, module) {
  module.doc() = "Compiled kernels of strikeproof; use the Python modules around them.";
  module.def(
      "build_info",
      [] {
        const strikeproof::BuildInfo info = strikeproof::build_info();
        nb::dict found;
        found["version"] = nb::str(info.version.data(), info.version.size());
        found["compiler"] = nb::str(info.compiler.data(), info.compiler.size());
        found["flags"] = nb::str(info.flags.data(), info.flags.size());
        found["build_type"] = nb::str(info.build_type.data(), info.build_type.size());
        found["sanitizers"] = nb::str(info.sanitizers.data(), info.sanitizers.size());
        found["simd"] = nb::str(info.simd.data(), info.simd.size());
        found["ndebug"] = nb::bool_(info.ndebug);
        found["optimized"] = nb::bool_(info.optimized);
        return found;
      },
      nb::sig("def build_info() -> dict[str, str | bool]"), "How the core was compiled.");
  bind_american(module);
  bind_american_approximation(module);
  bind_asian(module);
  bind_bachelier(module);
  bind_barrier(module);
  bind_basket(module);
  bind_bates(module);
  bind_black(module);
  bind_black_scholes(module);
  bind_digital(module);
  bind_dividends(module);
  bind_double_barrier(module);
  bind_exchange(module);
  bind_finite_difference(module);
  bind_heston(module);
  bind_heston_finite_difference(module);
  bind_kou(module);
  bind_lattice(module);
  bind_lookback(module);
  bind_monte_carlo(module);
  bind_monte_carlo_dynamics(module);
  bind_monte_carlo_payoffs(module);
  bind_monte_carlo_exercise(module);
  bind_monte_carlo_greeks(module);
  bind_portfolio(module);
  bind_rainbow(module);
  bind_random(module);
  bind_spread(module);
  bind_ssvi(module);
  bind_svi(module);
  bind_term_structure(module);
  bind_variance_gamma(module);
}
