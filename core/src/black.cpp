// European options on a forward.
//
//   value = exp(-r T) phi (F N(phi d1) - K N(phi d2)),  d1,2 = ln(F/K)/w +- w/2                 [1]
//
// which is Black-Scholes-Merton with q = r and S = F: the column of the rate serves as that of the
// dividend yield, so that the carry r - q is exactly 0. Derivatives hold the forward, hence
// rho = -T value.
//
// [1] Black, F. (1976), J. Financial Economics 3(1-2), 167-179.
#include "strikeproof/black.hpp"

#include <algorithm>
#include <array>

#include "simd/batch.hpp"
#include "strikeproof/black_scholes_terms.hpp"

namespace strikeproof::black {
namespace {

namespace careful = black_scholes::careful;

VanillaOption option_of(const double* in) noexcept {
  return {in[0] > 0.0 ? OptionType::kCall : OptionType::kPut, in[2], in[3]};
}

std::uint8_t rare_quantities(const double* in, double* values, std::size_t count) noexcept {
  const FlatMarket market{in[1], in[4], in[4], in[6]};
  black_scholes::QuantitiesResult result = careful::quantities(option_of(in), market, count);
  if (result.status == Status::kOk) {
    result.value[black_scholes::kRho] = -(in[3] * result.value[black_scholes::kPrice]);
    result.value[black_scholes::kDividendRho] = 0.0;
  }
  std::copy_n(result.value.begin(), count, values);
  return static_cast<std::uint8_t>(result.status);
}

std::uint8_t rare_volatility(const double* in, double* values, std::size_t /*count*/) noexcept {
  const FlatMarket market{in[1], in[4], in[4], 0.0};
  const PriceResult result = careful::implied_volatility(in[6], option_of(in), market);
  values[0] = result.value;
  return static_cast<std::uint8_t>(result.status);
}

simd::Inputs inputs_of(const Columns& in) noexcept {
  return {in.option_sign, in.forward, in.strike,    in.time_to_expiry,
          in.rate,        in.rate,    in.volatility};
}

simd::OneRow row_of(const VanillaOption& o, const ForwardMarket& m, double last) noexcept {
  return simd::OneRow(
      {static_cast<double>(o.type), m.forward, o.strike, o.time_to_expiry, m.rate, m.rate, last});
}

}  // namespace

void price(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept {
  const simd::Inputs inputs = inputs_of(in);
  simd::kernels().forward.price({inputs.data(), &out, status, rare_quantities}, rows);
}

void quantities(const Columns& in, Rows rows, const OutputColumns& out,
                std::uint8_t* status) noexcept {
  simd::run_quantities<black_scholes::kQuantities, black_scholes::kDividendRho + 1>(
      simd::kernels().forward, inputs_of(in), rows, out, status, rare_quantities);
}

void implied_volatility(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept {
  const simd::Inputs inputs = inputs_of(in);
  simd::kernels().forward.implied_volatility({inputs.data(), &out, status, rare_volatility}, rows);
}

PriceResult price(const VanillaOption& option, const ForwardMarket& market) noexcept {
  return row_of(option, market, market.volatility)
      .one(simd::kernels().forward.price, rare_quantities);
}

QuantitiesResult quantities(const VanillaOption& option, const ForwardMarket& market) noexcept {
  QuantitiesResult result{};
  result.status = row_of(option, market, market.volatility)
                      .fill(simd::kernels().forward.second_order, rare_quantities, result.value);
  return result;
}

PriceResult implied_volatility(double price, const VanillaOption& option,
                               const ForwardMarket& market) noexcept {
  return row_of(option, market, price)
      .one(simd::kernels().forward.implied_volatility, rare_volatility);
}

}  // namespace strikeproof::black
