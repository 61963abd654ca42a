// Binding of the Asian engine, by rows.
#include "strikeproof/asian.hpp"

#include <array>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace engine = strikeproof::asian;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

// average, kind, option_type, spot, strike, time_to_expiry, rate, dividend_yield, volatility,
// fixings, past_fixings, running_average, method
constexpr std::size_t kInputs = 13;
constexpr std::size_t kBlock = 1;  // a row of many fixings takes milliseconds
using Row = std::array<double, kInputs>;

engine::AsianOption option_of(const Row& in) noexcept {
  return {static_cast<engine::Average>(in[0]),
          static_cast<engine::Strike>(in[1]),
          type_of(in[2]),
          in[4],
          in[5],
          in[9],
          in[10],
          in[11],
          static_cast<engine::Method>(in[12])};
}

Status price_row(const Row& in, std::array<double, 1>& out) noexcept {
  return give(engine::price(option_of(in), {in[3], in[6], in[7], in[8]}), out);
}

Status greeks_row(const Row& in, std::array<double, 6>& out) noexcept {
  return give(engine::greeks(option_of(in), {in[3], in[6], in[7], in[8]}), out);
}

}  // namespace

void bind_asian(nb::module_& module);

void bind_asian(nb::module_& module) {
  define_rows<kInputs, 1, price_row, kBlock>(module, "asian_price");
  define_rows<kInputs, 6, greeks_row, kBlock>(module, "asian_greeks");
}
