// Binding of the engine for discrete cash dividends.
#include "strikeproof/dividends.hpp"

#include "schedule.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::dividends;
using strikeproof::DividendModel;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

// type, spot, strike, time, rate, yield, volatility, exercise, model, method, points, steps,
// extrapolation
constexpr std::size_t kInputs = 13;
using Values = std::array<double, kInputs>;
using Lists = std::span<const double>;

model::Settings settings_of(const Values& in) noexcept {
  return {static_cast<model::Method>(in[9]), {whole(in[10]), whole(in[11]), in[12] != 0.0}};
}

strikeproof::ExercisableOption contract_of(const Values& in) noexcept {
  return option_of(in.data(), static_cast<strikeproof::Exercise>(in[7]), {});
}

DividendModel model_of(const Values& in) noexcept { return static_cast<DividendModel>(in[8]); }

Status price_row(const Values& in, Lists lists, std::array<double, 1>& out) noexcept {
  return give(model::price(contract_of(in), dividends_of(lists), model_of(in), market_of(in.data()),
                           settings_of(in)),
              out);
}

Status greeks_row(const Values& in, Lists lists, std::array<double, 6>& out) noexcept {
  return give(model::greeks(contract_of(in), dividends_of(lists), model_of(in),
                            market_of(in.data()), settings_of(in)),
              out);
}

}  // namespace

void bind_dividends(nb::module_& module);

void bind_dividends(nb::module_& module) {
  define(module, "dividends_price", &run_scheduled<kInputs, 1, price_row>);
  define(module, "dividends_greeks", &run_scheduled<kInputs, 6, greeks_row>);
}
