// Binding of the finite-difference engine.
#include "strikeproof/finite_difference.hpp"

#include "schedule.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::finite_difference;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

// type, spot, strike, time, rate, yield, volatility, exercise, points, steps, extrapolation, and
// how many of the lists' values are exercise dates; dividends follow
constexpr std::size_t kInputs = 12;
using Values = std::array<double, kInputs>;
using Lists = std::span<const double>;

model::Settings settings_of(const Values& in) noexcept {
  return {whole(in[8]), whole(in[9]), in[10] != 0.0};
}

strikeproof::ExercisableOption contract_of(const Values& in, Lists lists) noexcept {
  const auto dates = static_cast<std::size_t>(in[11]);
  return option_of(in.data(), static_cast<strikeproof::Exercise>(in[7]), lists.first(dates));
}

strikeproof::CashDividends paid(const Values& in, Lists lists) noexcept {
  return dividends_of(lists.subspan(static_cast<std::size_t>(in[11])));
}

Status price_row(const Values& in, Lists lists, std::array<double, 1>& out) noexcept {
  return give(
      model::price(contract_of(in, lists), paid(in, lists), market_of(in.data()), settings_of(in)),
      out);
}

Status greeks_row(const Values& in, Lists lists, std::array<double, 6>& out) noexcept {
  return give(
      model::greeks(contract_of(in, lists), paid(in, lists), market_of(in.data()), settings_of(in)),
      out);
}

}  // namespace

void bind_finite_difference(nb::module_& module);

void bind_finite_difference(nb::module_& module) {
  define(module, "finite_difference_price", &run_scheduled<kInputs, 1, price_row>);
  define(module, "finite_difference_greeks", &run_scheduled<kInputs, 6, greeks_row>);
}
