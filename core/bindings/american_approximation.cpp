// Binding of the named American approximations.
#include "strikeproof/american_approximation.hpp"

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::american_approximation;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 8;  // type, spot, strike, time, rate, yield, volatility, method
using Values = std::array<double, kInputs>;

strikeproof::VanillaOption option_of(const Values& in) noexcept {
  return {type_of(in[0]), in[2], in[3]};
}

strikeproof::FlatMarket market_of(const Values& in) noexcept {
  return {in[1], in[4], in[5], in[6]};
}

Status price_row(const Values& in, std::array<double, 1>& out) noexcept {
  return give(model::price(option_of(in), market_of(in), static_cast<model::Method>(in[7])), out);
}

Status greeks_row(const Values& in, std::array<double, 6>& out) noexcept {
  return give(model::greeks(option_of(in), market_of(in), static_cast<model::Method>(in[7])), out);
}

}  // namespace

void bind_american_approximation(nb::module_& module);

void bind_american_approximation(nb::module_& module) {
  define_rows<kInputs, 1, price_row, 64>(module, "american_approximation_price");
  define_rows<kInputs, 6, greeks_row, 64>(module, "american_approximation_greeks");
}
