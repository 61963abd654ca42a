// Binding of Heston's model.
#include "strikeproof/heston.hpp"

#include <algorithm>
#include <optional>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::heston;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 11;
constexpr std::size_t kSensitivities = 10;
using Values = std::array<double, kInputs>;
using Shared = std::optional<model::Expiry>;

// columns: option_type, spot, strike, time_to_expiry, rate, dividend_yield, then the model's
strikeproof::VanillaOption option_of(const Values& in) { return {type_of(in[0]), in[2], in[3]}; }

model::Market market_of(const Values& in) {
  return {in[1], in[4], in[5], {in[6], in[7], in[8], in[9], in[10]}};
}

model::Expiry& expiry_of(Shared& shared) {
  if (!shared) shared.emplace(model::Model{}, 0.0);
  return *shared;
}

template <model::Accuracy accuracy>
Status price_row(const Values& in, std::array<double, 1>& out, Shared& shared) {
  return give(model::price(option_of(in), market_of(in), expiry_of(shared), accuracy), out);
}

template <model::Accuracy accuracy>
Status greeks_row(const Values& in, std::array<double, 3>& out, Shared& shared) {
  const model::Result found =
      model::value(option_of(in), market_of(in), expiry_of(shared), accuracy);
  out = {found.value.price, found.value.delta, found.value.gamma};
  return found.status;
}

Status sensitivities_row(const Values& in, std::array<double, kSensitivities>& out,
                         Shared& shared) {
  const model::SensitivitiesResult found =
      model::sensitivities(option_of(in), market_of(in), expiry_of(shared));
  const model::Sensitivities& s = found.value;
  out = {s.value.price, s.value.delta, s.value.gamma, s.theta, s.rho};
  std::copy(s.by_parameter.begin(), s.by_parameter.end(), out.begin() + 5);
  return found.status;
}

}  // namespace

void bind_heston(nb::module_& module);

void bind_heston(nb::module_& module) {
  using model::Accuracy;
  define_sharing<kInputs, 1, Shared, &price_row<Accuracy::kAbsolute>>(module, "heston_price");
  define_sharing<kInputs, 1, Shared, &price_row<Accuracy::kRelative>>(module,
                                                                      "heston_price_relative");
  define_sharing<kInputs, 3, Shared, &greeks_row<Accuracy::kAbsolute>>(module, "heston_greeks");
  define_sharing<kInputs, 3, Shared, &greeks_row<Accuracy::kRelative>>(module,
                                                                       "heston_greeks_relative");
  define_sharing<kInputs, kSensitivities, Shared, &sensitivities_row>(module,
                                                                      "heston_sensitivities");
}
