// Binding of the tree engine.
#include "strikeproof/lattice.hpp"

#include "schedule.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::lattice;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

// type, spot, strike, time, rate, yield, volatility, exercise, tree, steps, extrapolation
constexpr std::size_t kInputs = 11;
using Values = std::array<double, kInputs>;
using Lists = std::span<const double>;

model::Settings settings_of(const Values& in) noexcept {
  return {static_cast<model::Tree>(in[8]), whole(in[9]), in[10] != 0.0};
}

strikeproof::ExercisableOption contract_of(const Values& in, Lists times) noexcept {
  return option_of(in.data(), static_cast<strikeproof::Exercise>(in[7]), times);
}

Status price_row(const Values& in, Lists lists, std::array<double, 1>& out) noexcept {
  return give(model::price(contract_of(in, lists), market_of(in.data()), settings_of(in)), out);
}

Status greeks_row(const Values& in, Lists lists, std::array<double, 6>& out) noexcept {
  return give(model::greeks(contract_of(in, lists), market_of(in.data()), settings_of(in)), out);
}

}  // namespace

void bind_lattice(nb::module_& module);

void bind_lattice(nb::module_& module) {
  define(module, "lattice_price", &run_scheduled<kInputs, 1, price_row>);
  define(module, "lattice_greeks", &run_scheduled<kInputs, 6, greeks_row>);
}
