// Binding of the lookback engine, by rows.
#include "strikeproof/lookback.hpp"

#include <array>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace engine = strikeproof::lookback;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

// kind, option_type, spot, strike, time_to_expiry, rate, dividend_yield, volatility, extremum,
// fixings, window_end, window_start
constexpr std::size_t kInputs = 12;
using Row = std::array<double, kInputs>;

engine::LookbackOption option_of(const Row& in) noexcept {
  return {static_cast<engine::Strike>(in[0]),
          type_of(in[1]),
          in[3],
          in[4],
          in[8],
          in[9],
          in[10],
          in[11]};
}

Status price_row(const Row& in, std::array<double, 1>& out) noexcept {
  return give(engine::price(option_of(in), {in[2], in[5], in[6], in[7]}), out);
}

Status greeks_row(const Row& in, std::array<double, 6>& out) noexcept {
  return give(engine::greeks(option_of(in), {in[2], in[5], in[6], in[7]}), out);
}

}  // namespace

void bind_lookback(nb::module_& module);

void bind_lookback(nb::module_& module) {
  define_rows<kInputs, 1, price_row>(module, "lookback_price");
  define_rows<kInputs, 6, greeks_row>(module, "lookback_greeks");
}
