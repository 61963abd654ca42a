// Binding of the variance gamma model.
#include "strikeproof/variance_gamma.hpp"

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::variance_gamma;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 9;
using Values = std::array<double, kInputs>;

// columns: option_type, spot, strike, time_to_expiry, rate, dividend_yield, then the model's
strikeproof::VanillaOption option_of(const Values& in) { return {type_of(in[0]), in[2], in[3]}; }

model::Market market_of(const Values& in) { return {in[1], in[4], in[5], {in[6], in[7], in[8]}}; }

Status price_row(const Values& in, std::array<double, 1>& out) noexcept {
  return give(model::price(option_of(in), market_of(in)), out);
}

Status greeks_row(const Values& in, std::array<double, 3>& out) noexcept {
  const strikeproof::SpotGreeksResult found = model::greeks(option_of(in), market_of(in));
  out = {found.value.price, found.value.delta, found.value.gamma};
  return found.status;
}

}  // namespace

void bind_variance_gamma(nb::module_& module);

void bind_variance_gamma(nb::module_& module) {
  define_rows<kInputs, 1, &price_row>(module, "variance_gamma_price");
  define_rows<kInputs, 3, &greeks_row>(module, "variance_gamma_greeks");
}
