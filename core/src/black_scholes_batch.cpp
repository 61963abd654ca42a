// The Black-Scholes engine over columns: vector kernels for ordinary rows, the careful engine for
// the others. One option is a batch of one row, so that it has the bits of any batch.
#include <algorithm>
#include <array>

#include "simd/batch.hpp"
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
  const QuantitiesResult result = careful::quantities(option_of(in), market, count);
  std::copy_n(result.value.begin(), count, values);
  return static_cast<std::uint8_t>(result.status);
}

std::uint8_t rare_volatility(const double* in, double* values, std::size_t /*count*/) noexcept {
  const FlatMarket market{in[1], in[4], in[5], 0.0};
  const PriceResult result = careful::implied_volatility(in[6], option_of(in), market);
  values[0] = result.value;
  return static_cast<std::uint8_t>(result.status);
}

simd::Inputs inputs_of(const Columns& in) noexcept {
  return {in.option_sign, in.spot,           in.strike,    in.time_to_expiry,
          in.rate,        in.dividend_yield, in.volatility};
}

simd::OneRow row_of(const VanillaOption& o, const FlatMarket& m, double last) noexcept {
  return simd::OneRow({static_cast<double>(o.type), m.spot, o.strike, o.time_to_expiry, m.rate,
                       m.dividend_yield, last});
}

constexpr std::size_t kFirstOrder = kDividendRho + 1;

}  // namespace

void price(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept {
  const simd::Inputs inputs = inputs_of(in);
  simd::kernels().spot.price({inputs.data(), &out, status, rare_quantities}, rows);
}

void quantities(const Columns& in, Rows rows, const OutputColumns& out,
                std::uint8_t* status) noexcept {
  simd::run_quantities<kQuantities, kFirstOrder>(simd::kernels().spot, inputs_of(in), rows, out,
                                                 status, rare_quantities);
}

void implied_volatility(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept {
  const simd::Inputs inputs = inputs_of(in);
  simd::kernels().spot.implied_volatility({inputs.data(), &out, status, rare_volatility}, rows);
}

PriceResult price(const VanillaOption& option, const FlatMarket& market) noexcept {
  return row_of(option, market, market.volatility).one(simd::kernels().spot.price, rare_quantities);
}

GreeksResult greeks(const VanillaOption& option, const FlatMarket& market) noexcept {
  std::array<double, kFirstOrder> v{};
  const Status status = row_of(option, market, market.volatility)
                            .fill(simd::kernels().spot.first_order, rare_quantities, v);
  return {{v[kPrice], v[kDelta], v[kGamma], v[kVega], v[kTheta], v[kRho]}, status};
}

QuantitiesResult quantities(const VanillaOption& option, const FlatMarket& market) noexcept {
  QuantitiesResult result{};
  result.status = row_of(option, market, market.volatility)
                      .fill(simd::kernels().spot.second_order, rare_quantities, result.value);
  return result;
}

PriceResult implied_volatility(double price, const VanillaOption& option,
                               const FlatMarket& market) noexcept {
  return row_of(option, market, price)
      .one(simd::kernels().spot.implied_volatility, rare_volatility);
}

}  // namespace strikeproof::black_scholes
