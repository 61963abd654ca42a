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

using H = nb::handle;

// NaN where there is no answer: the columns' path says why.
double price_one(H sign, H spot, H strike, H time, H rate, H yield, H volatility) {
  return bs::price({type_of(number(sign)), number(strike), number(time)},
                   {number(spot), number(rate), number(yield), number(volatility)})
      .value;
}

double implied_volatility_one(H sign, H spot, H strike, H time, H rate, H yield, H price) {
  return bs::implied_volatility(number(price),
                                {type_of(number(sign)), number(strike), number(time)},
                                {number(spot), number(rate), number(yield), 0.0})
      .value;
}

std::tuple<double, double, double, double, double, double> greeks_one(H sign, H spot, H strike,
                                                                      H time, H rate, H yield,
                                                                      H volatility) {
  const auto [g, status] =
      bs::greeks({type_of(number(sign)), number(strike), number(time)},
                 {number(spot), number(rate), number(yield), number(volatility)});
  return {g.price, g.delta, g.gamma, g.vega, g.theta, g.rho};
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
