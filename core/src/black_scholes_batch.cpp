// The Black-Scholes engine over columns: vector kernels for ordinary rows, the careful engine for
// the others. One option is a batch of one row, so that it has the bits of any batch.
#include <array>
#include <cmath>
#include <limits>

#include "simd/vector_kernels.hpp"
#include "strikeproof/black_scholes.hpp"
#include "strikeproof/black_scholes_terms.hpp"

namespace strikeproof::black_scholes {
namespace {

VanillaOption option_of(const double* in) noexcept {
  return {in[0] > 0.0 ? OptionType::kCall : OptionType::kPut, in[2], in[3]};
}

std::uint8_t rare_quantities(const double* in, double* values, std::size_t count) noexcept {
  const FlatMarket market{in[1], in[4], in[5], in[6]};
  if (count == 1) {
    const PriceResult result = careful::price(option_of(in), market);
    values[0] = result.value;
    return static_cast<std::uint8_t>(result.status);
  }
  const auto [g, status] = careful::greeks(option_of(in), market);
  const std::array found{g.price, g.delta, g.gamma, g.vega, g.theta, g.rho};
  for (std::size_t k = 0; k < count; ++k) values[k] = found[k];
  return static_cast<std::uint8_t>(status);
}

std::uint8_t rare_volatility(const double* in, double* values, std::size_t /*count*/) noexcept {
  const FlatMarket market{in[1], in[4], in[5], 0.0};
  const PriceResult result = careful::implied_volatility(in[6], option_of(in), market);
  values[0] = result.value;
  return static_cast<std::uint8_t>(result.status);
}

using Inputs = std::array<Column, simd::kInputs>;

Inputs inputs_of(const Columns& in) noexcept {
  return {in.option_sign, in.spot,           in.strike,    in.time_to_expiry,
          in.rate,        in.dividend_yield, in.volatility};
}

// One option as the seven columns of a batch of one row.
class OneRow {
 public:
  OneRow(const VanillaOption& o, const FlatMarket& m, double last) noexcept
      : values_{static_cast<double>(o.type),
                m.spot,
                o.strike,
                o.time_to_expiry,
                m.rate,
                m.dividend_yield,
                last} {}

  [[nodiscard]] Columns columns() const noexcept {
    const auto at = [this](std::size_t k) { return Column{&values_[k], 1}; };
    return {at(0), at(1), at(2), at(3), at(4), at(5), at(6)};
  }

 private:
  std::array<double, simd::kInputs> values_;
};

}  // namespace

void price(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept {
  const Inputs inputs = inputs_of(in);
  simd::kernels().price({inputs.data(), &out, status, rare_quantities}, rows);
}

void greeks(const Columns& in, Rows rows, const GreeksColumns& out, std::uint8_t* status) noexcept {
  const Inputs inputs = inputs_of(in);
  const std::array outputs{out.price, out.delta, out.gamma, out.vega, out.theta, out.rho};
  simd::kernels().first_order({inputs.data(), outputs.data(), status, rare_quantities}, rows);
}

void implied_volatility(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept {
  const Inputs inputs = inputs_of(in);
  simd::kernels().implied_volatility({inputs.data(), &out, status, rare_volatility}, rows);
}

PriceResult price(const VanillaOption& option, const FlatMarket& market) noexcept {
  const OneRow row(option, market, market.volatility);
  double value = 0.0;
  std::uint8_t status = 0;
  price(row.columns(), {0, 1}, &value, &status);
  return {value, static_cast<Status>(status)};
}

GreeksResult greeks(const VanillaOption& option, const FlatMarket& market) noexcept {
  const OneRow row(option, market, market.volatility);
  Greeks g{};
  std::uint8_t status = 0;
  greeks(row.columns(), {0, 1}, {&g.price, &g.delta, &g.gamma, &g.vega, &g.theta, &g.rho}, &status);
  return {g, static_cast<Status>(status)};
}

PriceResult implied_volatility(double price, const VanillaOption& option,
                               const FlatMarket& market) noexcept {
  const OneRow row(option, market, price);
  double value = 0.0;
  std::uint8_t status = 0;
  implied_volatility(row.columns(), {0, 1}, &value, &status);
  return {value, static_cast<Status>(status)};
}

}  // namespace strikeproof::black_scholes
