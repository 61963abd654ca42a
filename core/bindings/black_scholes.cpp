// Binding of the Black-Scholes engine: scalars by value, batches by columns.
#include "strikeproof/black_scholes.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/tuple.h>

#include <tuple>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace bs = strikeproof::black_scholes;
using strikeproof::FlatMarket;
using strikeproof::Rows;
using strikeproof::VanillaOption;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

std::tuple<double, int> price_one(double sign, double spot, double strike, double time, double rate,
                                  double yield, double volatility) {
  const bs::PriceResult result =
      bs::price({type_of(sign), strike, time}, {spot, rate, yield, volatility});
  return {result.value, static_cast<int>(result.status)};
}

std::tuple<double, double, double, double, double, double, int> greeks_one(double sign, double spot,
                                                                           double strike,
                                                                           double time, double rate,
                                                                           double yield,
                                                                           double volatility) {
  const auto [g, status] =
      bs::greeks({type_of(sign), strike, time}, {spot, rate, yield, volatility});
  return {g.price, g.delta, g.gamma, g.vega, g.theta, g.rho, static_cast<int>(status)};
}

std::tuple<double, int> implied_volatility_one(double sign, double spot, double strike, double time,
                                               double rate, double yield, double price) {
  const bs::PriceResult result =
      bs::implied_volatility(price, {type_of(sign), strike, time}, {spot, rate, yield, 0.0});
  return {result.value, static_cast<int>(result.status)};
}

constexpr std::size_t kInputs = 7;
constexpr std::size_t kBlock = 4096;  // rows

bs::Columns columns_of(const Inputs& in, std::size_t count) {
  const auto c = input_columns<kInputs>(in, count);
  return {c[0], c[1], c[2], c[3], c[4], c[5], c[6]};
}

using Kernel = void (*)(const bs::Columns&, Rows, double*, std::uint8_t*) noexcept;

template <Kernel kernel>
void batch(const Inputs& in, const Outputs& out, const StatusOutput& status, unsigned threads) {
  const std::size_t count = status.shape(0);
  const bs::Columns columns = columns_of(in, count);
  const auto to = output_columns<1>(out, count);
  run_batch(count, threads, kBlock,
            [&](Rows rows) { kernel(columns, rows, to[0], status.data()); });
}

void greeks_batch(const Inputs& in, const Outputs& out, const StatusOutput& status,
                  unsigned threads) {
  const std::size_t count = status.shape(0);
  const bs::Columns columns = columns_of(in, count);
  const bs::OutputColumns to = output_columns<bs::kQuantities>(out, count);
  run_batch(count, threads, kBlock,
            [&](Rows rows) { bs::quantities(columns, rows, to, status.data()); });
}

}  // namespace

void bind_black_scholes(nb::module_& module);

void bind_black_scholes(nb::module_& module) {
  module.def("black_scholes_price_one", &price_one);
  module.def("black_scholes_greeks_one", &greeks_one);
  module.def("black_scholes_implied_volatility_one", &implied_volatility_one);
  define(module, "black_scholes_price", &batch<bs::price>);
  define(module, "black_scholes_implied_volatility", &batch<bs::implied_volatility>);
  define(module, "black_scholes_greeks", &greeks_batch);
}
