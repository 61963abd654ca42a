// Binding of the Black-Scholes engine: scalars by value, batches by columns.
#include "strikeproof/black_scholes.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/tuple.h>

#include <tuple>

#include "columns.hpp"

namespace {

namespace nb = nanobind;
namespace bs = strikeproof::black_scholes;
using strikeproof::FlatMarket;
using strikeproof::OptionType;
using strikeproof::Rows;
using strikeproof::VanillaOption;
using strikeproof::bindings::as_column;
using strikeproof::bindings::Input;
using strikeproof::bindings::Output;
using strikeproof::bindings::run_batch;
using strikeproof::bindings::StatusOutput;

OptionType type_of(double sign) { return sign > 0.0 ? OptionType::kCall : OptionType::kPut; }

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

bs::Columns columns(std::size_t count, const Input& sign, const Input& spot, const Input& strike,
                    const Input& time, const Input& rate, const Input& yield, const Input& last) {
  return {as_column(sign, count), as_column(spot, count), as_column(strike, count),
          as_column(time, count), as_column(rate, count), as_column(yield, count),
          as_column(last, count)};
}

using Kernel = void (*)(const bs::Columns&, Rows, double*, std::uint8_t*) noexcept;

template <Kernel kernel>
void batch(const Input& sign, const Input& spot, const Input& strike, const Input& time,
           const Input& rate, const Input& yield, const Input& last, const Output& out,
           const StatusOutput& status, unsigned threads) {
  const std::size_t count = out.shape(0);
  if (status.shape(0) != count) throw nb::value_error("status must have one entry per row");
  const bs::Columns in = columns(count, sign, spot, strike, time, rate, yield, last);
  run_batch(count, threads, [&in, values = out.data(), flags = status.data()](Rows rows) {
    kernel(in, rows, values, flags);
  });
}

void greeks_batch(const Input& sign, const Input& spot, const Input& strike, const Input& time,
                  const Input& rate, const Input& yield, const Input& volatility,
                  const Output& price, const Output& delta, const Output& gamma, const Output& vega,
                  const Output& theta, const Output& rho, const StatusOutput& status,
                  unsigned threads) {
  const std::size_t count = status.shape(0);
  for (const Output* out : {&price, &delta, &gamma, &vega, &theta, &rho}) {
    if (out->shape(0) != count) throw nb::value_error("outputs must have one entry per row");
  }
  const bs::Columns in = columns(count, sign, spot, strike, time, rate, yield, volatility);
  const bs::GreeksColumns to{price.data(), delta.data(), gamma.data(),
                             vega.data(),  theta.data(), rho.data()};
  run_batch(count, threads,
            [&in, &to, flags = status.data()](Rows rows) { bs::greeks(in, rows, to, flags); });
}

}  // namespace

void bind_black_scholes(nb::module_& module);

void bind_black_scholes(nb::module_& module) {
  using namespace nb::literals;
  module.def("black_scholes_price_one", &price_one);
  module.def("black_scholes_greeks_one", &greeks_one);
  module.def("black_scholes_implied_volatility_one", &implied_volatility_one);
  // a converted output would be a copy that nobody reads: refuse instead
  const auto out = [](const char* name) { return nb::arg(name).noconvert(); };
  module.def("black_scholes_price", &batch<bs::price>, "option_sign"_a, "spot"_a, "strike"_a,
             "time_to_expiry"_a, "rate"_a, "dividend_yield"_a, "volatility"_a, out("out"),
             out("status"), "threads"_a);
  module.def("black_scholes_implied_volatility", &batch<bs::implied_volatility>, "option_sign"_a,
             "spot"_a, "strike"_a, "time_to_expiry"_a, "rate"_a, "dividend_yield"_a, "price"_a,
             out("out"), out("status"), "threads"_a);
  module.def("black_scholes_greeks", &greeks_batch, "option_sign"_a, "spot"_a, "strike"_a,
             "time_to_expiry"_a, "rate"_a, "dividend_yield"_a, "volatility"_a, out("price"),
             out("delta"), out("gamma"), out("vega"), out("theta"), out("rho"), out("status"),
             "threads"_a);
}
