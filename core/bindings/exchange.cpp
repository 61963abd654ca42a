// Binding of exchange options.
#include "strikeproof/exchange.hpp"

#include "two_assets.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::exchange;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 11;
using Values = std::array<double, kInputs>;

Status price_row(const Values& in, std::array<double, 1>& out) noexcept {
  return give(model::price({in[0], in[1], in[2]}, two_asset_market(in, 3)), out);
}

Status greeks_row(const Values& in, std::array<double, kTwoAssetOutputs>& out) noexcept {
  return give(model::greeks({in[0], in[1], in[2]}, two_asset_market(in, 3)), out);
}

}  // namespace

void bind_exchange(nb::module_& module);

void bind_exchange(nb::module_& module) {
  define_rows<kInputs, 1, &price_row>(module, "exchange_price");
  define_rows<kInputs, kTwoAssetOutputs, &greeks_row>(module, "exchange_greeks");
}
