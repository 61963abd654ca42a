// The Black-Scholes engine over columns: the scalar functions, row by row.
#include "strikeproof/black_scholes.hpp"

namespace strikeproof::black_scholes {
namespace {

VanillaOption option_at(const Columns& in, std::size_t row) noexcept {
  const OptionType type = in.option_sign[row] > 0.0 ? OptionType::kCall : OptionType::kPut;
  return {type, in.strike[row], in.time_to_expiry[row]};
}

FlatMarket market_at(const Columns& in, std::size_t row) noexcept {
  return {in.spot[row], in.rate[row], in.dividend_yield[row], in.volatility[row]};
}

}  // namespace

void price(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept {
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    const PriceResult result = price(option_at(in, row), market_at(in, row));
    out[row] = result.value;
    status[row] = static_cast<std::uint8_t>(result.status);
  }
}

void greeks(const Columns& in, Rows rows, const GreeksColumns& out, std::uint8_t* status) noexcept {
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    const GreeksResult result = greeks(option_at(in, row), market_at(in, row));
    out.price[row] = result.value.price;
    out.delta[row] = result.value.delta;
    out.gamma[row] = result.value.gamma;
    out.vega[row] = result.value.vega;
    out.theta[row] = result.value.theta;
    out.rho[row] = result.value.rho;
    status[row] = static_cast<std::uint8_t>(result.status);
  }
}

void implied_volatility(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept {
  for (std::size_t row = rows.begin; row < rows.end; ++row) {
    FlatMarket market = market_at(in, row);
    const double target = market.volatility;  // this column holds the prices
    market.volatility = 0.0;
    const PriceResult result = implied_volatility(target, option_at(in, row), market);
    out[row] = result.value;
    status[row] = static_cast<std::uint8_t>(result.status);
  }
}

}  // namespace strikeproof::black_scholes
