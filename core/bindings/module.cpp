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

namespace {

// Each part of the module, by the name of its file here.
struct Part {
  const char* name;
  void (*bind)(nb::module_& module);
};

constexpr Part kParts[] = {
    {"american", bind_american},
    {"american_approximation", bind_american_approximation},
    {"asian", bind_asian},
    {"bachelier", bind_bachelier},
    {"barrier", bind_barrier},
    {"basket", bind_basket},
    {"bates", bind_bates},
    {"black", bind_black},
    {"black_scholes", bind_black_scholes},
    {"digital", bind_digital},
    {"dividends", bind_dividends},
    {"double_barrier", bind_double_barrier},
    {"exchange", bind_exchange},
    {"finite_difference", bind_finite_difference},
    {"heston", bind_heston},
    {"heston_finite_difference", bind_heston_finite_difference},
    {"kou", bind_kou},
    {"lattice", bind_lattice},
    {"lookback", bind_lookback},
    {"monte_carlo", bind_monte_carlo},
    {"monte_carlo_dynamics", bind_monte_carlo_dynamics},
    {"monte_carlo_payoffs", bind_monte_carlo_payoffs},
    {"monte_carlo_exercise", bind_monte_carlo_exercise},
    {"monte_carlo_greeks", bind_monte_carlo_greeks},
    {"portfolio", bind_portfolio},
    {"rainbow", bind_rainbow},
    {"random", bind_random},
    {"spread", bind_spread},
    {"ssvi", bind_ssvi},
    {"svi", bind_svi},
    {"term_structure", bind_term_structure},
    {"variance_gamma", bind_variance_gamma},
};

/// Binds a part and notes which names it defines; a module's dictionary keeps their order.
void bind_part(const Part& part, nb::module_& module, nb::dict& owners) {
  const auto defined = nb::borrow<nb::dict>(module.attr("__dict__"));
  const std::size_t before = defined.size();
  part.bind(module);
  const nb::list names = defined.keys();
  for (std::size_t k = before; k < names.size(); ++k) owners[names[k]] = part.name;
}

}  // namespace

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
  nb::dict owners;
  for (const Part& part : kParts) bind_part(part, module, owners);
  module.def(
      "parts", [owners] { return owners; }, nb::sig("def parts() -> dict[str, str]"),
      "The part of the core that defines each name: what depends on one engine is told by it.");
}
