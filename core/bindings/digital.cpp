// Binding of the digital engine, by rows.
#include "strikeproof/digital.hpp"

#include <array>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace engine = strikeproof::digital;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

// payoff, option_type, spot, strike, time_to_expiry, rate, dividend_yield, volatility, cash,
// payment_strike
constexpr std::size_t kDigital = 10;
using Digital = std::array<double, kDigital>;

engine::DigitalOption digital_of(const Digital& in) noexcept {
  return {static_cast<engine::Payoff>(in[0]), type_of(in[1]), in[3], in[4], in[8], in[9]};
}

Status price_row(const Digital& in, std::array<double, 1>& out) noexcept {
  return give(engine::price(digital_of(in), {in[2], in[5], in[6], in[7]}), out);
}

Status greeks_row(const Digital& in, std::array<double, 6>& out) noexcept {
  return give(engine::greeks(digital_of(in), {in[2], in[5], in[6], in[7]}), out);
}

// touch_type, side, payment, payoff, spot, barrier, time_to_expiry, rate, dividend_yield,
// volatility, cash
constexpr std::size_t kTouch = 11;
using Touch = std::array<double, kTouch>;

engine::TouchOption touch_of(const Touch& in) noexcept {
  return {static_cast<engine::Touch>(in[0]),
          static_cast<engine::Side>(in[1]),
          static_cast<engine::Payment>(in[2]),
          static_cast<engine::Payoff>(in[3]),
          in[5],
          in[6],
          in[10]};
}

Status touch_price_row(const Touch& in, std::array<double, 1>& out) noexcept {
  return give(engine::price(touch_of(in), {in[4], in[7], in[8], in[9]}), out);
}

Status touch_greeks_row(const Touch& in, std::array<double, 6>& out) noexcept {
  return give(engine::greeks(touch_of(in), {in[4], in[7], in[8], in[9]}), out);
}

}  // namespace

void bind_digital(nb::module_& module);

void bind_digital(nb::module_& module) {
  define_rows<kDigital, 1, price_row>(module, "digital_price");
  define_rows<kDigital, 6, greeks_row>(module, "digital_greeks");
  define_rows<kTouch, 1, touch_price_row>(module, "digital_touch_price");
  define_rows<kTouch, 6, touch_greeks_row>(module, "digital_touch_greeks");
}
