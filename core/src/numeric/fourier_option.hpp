// From the option out of the money, by forward, to any European option on a spot.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/fourier.hpp"
#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::fourier {

struct SpotMarket {
  double spot;
  double rate;
  double dividend_yield;
};

/// Relative error beyond which the answer is kNotConverged.
constexpr double kTolerance = 1e-9;

[[nodiscard]] inline SpotGreeksResult failure(Status status) noexcept {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  return {{kNaN, kNaN, kNaN}, status};
}

/// Value where only the forward matters.
[[nodiscard]] inline SpotGreeksResult intrinsic(const VanillaOption& option,
                                                const SpotMarket& market) noexcept {
  const auto sign = static_cast<double>(option.type);
  const double spot_discount = std::exp(-market.dividend_yield * option.time_to_expiry);
  const double amount = sign * (market.spot * spot_discount -
                                option.strike * std::exp(-market.rate * option.time_to_expiry));
  if (!std::isfinite(amount)) return failure(Status::kOverflow);
  if (!(amount > 0.0)) return {{0.0, 0.0, 0.0}, Status::kOk};
  return {{amount, sign * spot_discount, 0.0}, Status::kOk};
}

/// Option of positive spot, strike and time. In the money it is parity's: the error allowed is
/// relative to the price given, and to 1 for delta. `all`: delta and gamma are wanted too.
template <Model M>
[[nodiscard]] SpotGreeksResult european(const VanillaOption& option, const SpotMarket& market,
                                        const M& model, bool all) {
  const double time = option.time_to_expiry;
  const double spot_discount = std::exp(-market.dividend_yield * time);
  const double spot_now = market.spot * spot_discount;
  const double strike_now = option.strike * std::exp(-market.rate * time);
  if (!std::isfinite(spot_now) || !std::isfinite(strike_now)) return failure(Status::kOverflow);
  const double k =
      std::log(option.strike / market.spot) - (market.rate - market.dividend_yield) * time;
  const Estimate found = out_of_the_money(model, k, all);
  const bool outside = (k > 0.0) == (option.type == OptionType::kCall);
  const auto sign = static_cast<double>(option.type);
  // within the bounds of any distribution, which rounding may have left
  const double most = sign > 0.0 ? spot_now : strike_now;
  const double parity = outside ? 0.0 : sign * (spot_now - strike_now);
  const double price = std::min(spot_now * found.value.price + parity, most);
  const double delta =
      sign * std::clamp(sign * found.value.delta + (outside ? 0.0 : 1.0), 0.0, 1.0);
  const double price_error = std::abs(found.error.price * spot_now * found.value.price);
  const double delta_error = found.error.delta * std::abs(found.value.delta);
  const bool possible = price >= 0.0 && std::isfinite(price);
  const bool settled = possible && price_error <= kTolerance * price &&
                       (!all || (delta_error <= kTolerance * (outside ? std::abs(delta) : 1.0) &&
                                 found.error.gamma <= kTolerance && found.value.gamma >= 0.0));
  if (!settled) return failure(Status::kNotConverged);
  const SpotGreeks answer{price, spot_discount * delta,
                          spot_discount * found.value.gamma / market.spot};
  if (all && !is_finite(answer)) return failure(Status::kOverflow);
  return {answer, Status::kOk};
}

}  // namespace strikeproof::fourier
