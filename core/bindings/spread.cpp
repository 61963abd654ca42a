// Binding of spread options.
#include "strikeproof/spread.hpp"

#include "two_assets.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::spread;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 12;
constexpr std::size_t kBlock = 32;  // rows
using Values = std::array<double, kInputs>;

model::Method method_of(double code) noexcept {
  return static_cast<model::Method>(static_cast<int>(code));
}

Status price_row(const Values& in, std::array<double, 1>& out) noexcept {
  return give(
      model::price({type_of(in[0]), in[2], in[3]}, two_asset_market(in, 4), method_of(in[1])), out);
}

Status greeks_row(const Values& in, std::array<double, kTwoAssetOutputs>& out) noexcept {
  return give(
      model::greeks({type_of(in[0]), in[2], in[3]}, two_asset_market(in, 4), method_of(in[1])),
      out);
}

}  // namespace

void bind_spread(nb::module_& module);

void bind_spread(nb::module_& module) {
  define_rows<kInputs, 1, &price_row, kBlock>(module, "spread_price");
  define_rows<kInputs, kTwoAssetOutputs, &greeks_row, kBlock>(module, "spread_greeks");
}
