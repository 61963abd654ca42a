// Binding of rainbow options on two assets.
#include "strikeproof/rainbow.hpp"

#include "two_assets.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::rainbow;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 12;
constexpr std::size_t kCashInputs = 10;

model::RainbowOption option_of(const std::array<double, kInputs>& in) noexcept {
  return {type_of(in[0]), in[1] > 0.0 ? model::Extreme::kMaximum : model::Extreme::kMinimum, in[2],
          in[3]};
}

Status price_row(const std::array<double, kInputs>& in, std::array<double, 1>& out) noexcept {
  return give(model::price(option_of(in), two_asset_market(in, 4)), out);
}

Status greeks_row(const std::array<double, kInputs>& in,
                  std::array<double, kTwoAssetOutputs>& out) noexcept {
  return give(model::greeks(option_of(in), two_asset_market(in, 4)), out);
}

Status cash_price_row(const std::array<double, kCashInputs>& in,
                      std::array<double, 1>& out) noexcept {
  return give(model::best_of_cash_price(in[0], in[1], two_asset_market(in, 2)), out);
}

Status cash_greeks_row(const std::array<double, kCashInputs>& in,
                       std::array<double, kTwoAssetOutputs>& out) noexcept {
  return give(model::best_of_cash_greeks(in[0], in[1], two_asset_market(in, 2)), out);
}

}  // namespace

void bind_rainbow(nb::module_& module);

void bind_rainbow(nb::module_& module) {
  define_rows<kInputs, 1, &price_row>(module, "rainbow_price");
  define_rows<kInputs, kTwoAssetOutputs, &greeks_row>(module, "rainbow_greeks");
  define_rows<kCashInputs, 1, &cash_price_row>(module, "rainbow_best_of_cash_price");
  define_rows<kCashInputs, kTwoAssetOutputs, &cash_greeks_row>(module,
                                                               "rainbow_best_of_cash_greeks");
}
