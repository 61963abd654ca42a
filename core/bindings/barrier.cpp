// Binding of the barrier engine, by rows.
#include "strikeproof/barrier.hpp"

#include <array>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace engine = strikeproof::barrier;
using strikeproof::FlatMarket;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

// barrier_type, option_type, spot, strike, barrier, time_to_expiry, rate, dividend_yield,
// volatility, rebate, rebate_payment; fixings, method
constexpr std::size_t kContinuous = 11;
constexpr std::size_t kDiscrete = 13;

template <std::size_t n>
engine::BarrierOption option_of(const std::array<double, n>& in) noexcept {
  const auto kind = static_cast<unsigned>(in[0]);  // down_out, down_in, up_out, up_in
  return {static_cast<engine::Knock>(kind % 2U),
          kind < 2U ? engine::Side::kDown : engine::Side::kUp,
          type_of(in[1]),
          in[3],
          in[4],
          in[5],
          in[9],
          static_cast<engine::RebatePayment>(in[10])};
}

template <std::size_t n>
FlatMarket market_of(const std::array<double, n>& in) noexcept {
  return {in[2], in[6], in[7], in[8]};
}

engine::Watching watching_of(const std::array<double, kDiscrete>& in) noexcept {
  return {in[11], static_cast<engine::Method>(in[12])};
}

Status price_row(const std::array<double, kContinuous>& in, std::array<double, 1>& out) noexcept {
  return give(engine::price(option_of(in), market_of(in)), out);
}

Status greeks_row(const std::array<double, kContinuous>& in, std::array<double, 6>& out) noexcept {
  return give(engine::greeks(option_of(in), market_of(in)), out);
}

Status discrete_price_row(const std::array<double, kDiscrete>& in,
                          std::array<double, 1>& out) noexcept {
  return give(engine::price(option_of(in), watching_of(in), market_of(in)), out);
}

Status discrete_greeks_row(const std::array<double, kDiscrete>& in,
                           std::array<double, 6>& out) noexcept {
  return give(engine::greeks(option_of(in), watching_of(in), market_of(in)), out);
}

// barrier_type ... volatility, watched, window_time
constexpr std::size_t kPartial = 11;

engine::BarrierOption partial_of(const std::array<double, kPartial>& in) noexcept {
  std::array<double, kPartial> terms = in;
  terms[9] = 0.0;  // no rebate
  terms[10] = 0.0;
  return option_of(terms);
}

engine::Part part_of(const std::array<double, kPartial>& in) noexcept {
  return {static_cast<engine::Watched>(in[9]), in[10]};
}

Status partial_price_row(const std::array<double, kPartial>& in,
                         std::array<double, 1>& out) noexcept {
  return give(engine::price(partial_of(in), part_of(in), market_of(in)), out);
}

Status partial_greeks_row(const std::array<double, kPartial>& in,
                          std::array<double, 6>& out) noexcept {
  return give(engine::greeks(partial_of(in), part_of(in), market_of(in)), out);
}

}  // namespace

void bind_barrier(nb::module_& module);

void bind_barrier(nb::module_& module) {
  define_rows<kContinuous, 1, price_row>(module, "barrier_price");
  define_rows<kContinuous, 6, greeks_row>(module, "barrier_greeks");
  define_rows<kDiscrete, 1, discrete_price_row, 1>(module, "barrier_discrete_price");
  define_rows<kDiscrete, 6, discrete_greeks_row, 1>(module, "barrier_discrete_greeks");
  define_rows<kPartial, 1, partial_price_row>(module, "barrier_partial_price");
  define_rows<kPartial, 6, partial_greeks_row>(module, "barrier_partial_greeks");
}
