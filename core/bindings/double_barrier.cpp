// Binding of the double-barrier engine, by rows.
#include "strikeproof/double_barrier.hpp"

#include <array>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace engine = strikeproof::double_barrier;
using strikeproof::FlatMarket;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

// barrier_type, option_type, spot, strike, lower_barrier, upper_barrier, time_to_expiry, rate,
// dividend_yield, volatility, rebate
using Knock = std::array<double, 11>;

engine::DoubleBarrierOption knock_of(const Knock& in) noexcept {
  return {engine::Payoff::kVanilla,
          static_cast<engine::Condition>(in[0]),
          type_of(in[1]),
          in[3],
          in[4],
          in[5],
          in[6],
          0.0,
          in[10]};
}

Status price_row(const Knock& in, std::array<double, 1>& out) noexcept {
  return give(engine::price(knock_of(in), {in[2], in[7], in[8], in[9]}), out);
}

Status greeks_row(const Knock& in, std::array<double, 6>& out) noexcept {
  return give(engine::greeks(knock_of(in), {in[2], in[7], in[8], in[9]}), out);
}

// touch_type, spot, lower_barrier, upper_barrier, time_to_expiry, rate, dividend_yield,
// volatility, cash
using Touch = std::array<double, 9>;

engine::DoubleBarrierOption touch_of(const Touch& in) noexcept {
  return {engine::Payoff::kCash,
          in[0] == 0.0 ? engine::Condition::kReached : engine::Condition::kNotReached,
          strikeproof::OptionType::kCall,
          0.0,
          in[2],
          in[3],
          in[4],
          in[8],
          0.0};
}

Status touch_price_row(const Touch& in, std::array<double, 1>& out) noexcept {
  return give(engine::price(touch_of(in), {in[1], in[5], in[6], in[7]}), out);
}

Status touch_greeks_row(const Touch& in, std::array<double, 6>& out) noexcept {
  return give(engine::greeks(touch_of(in), {in[1], in[5], in[6], in[7]}), out);
}

}  // namespace

void bind_double_barrier(nb::module_& module);

void bind_double_barrier(nb::module_& module) {
  define_rows<11, 1, price_row>(module, "double_barrier_price");
  define_rows<11, 6, greeks_row>(module, "double_barrier_greeks");
  define_rows<9, 1, touch_price_row>(module, "double_barrier_touch_price");
  define_rows<9, 6, touch_greeks_row>(module, "double_barrier_touch_greeks");
}
