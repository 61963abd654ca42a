// Options on the maximum or minimum of two assets, European [1], [2].
//
//   value = phi (a1 Phi2(phi y1, eta d, phi eta rho1) + a2 Phi2(phi y2, eta (w - d), phi eta rho2)
//                - K exp(-r T) Q)
//   Q = 1 - Phi2(-phi z1, -phi z2, rho) for phi eta = 1,  Phi2(phi z1, phi z2, rho) for phi eta =
//   -1
//
//   a_i = S_i exp(-q_i T),  w_i = s_i sqrt(T),  w^2 = w1^2 + w2^2 - 2 rho w1 w2
//   y_i, z_i = ln(a_i/(K exp(-r T)))/w_i +- w_i/2,   d = ln(a1/a2)/w + w/2
//   rho1 = (w1 - rho w2)/w,  rho2 = (w2 - rho w1)/w
//
// phi = 1 call, -1 put; eta = 1 maximum, -1 minimum. Each term is the value of an asset, or of
// cash, received where the option is exercised into it, so no value is a difference of two others.
// [1] gives the call on the minimum and the others by parity; S, q, s as in exchange.cpp. The best
// of both assets and cash K is K exp(-r T) and a call on the maximum.
//
// [1] Stulz, R. M. (1982), Journal of Financial Economics 10(2), 161-185, eq. (11) and sec. 2.
// [2] Johnson, H. (1987), J. Financial and Quantitative Analysis 22(3), 277-283.
#include "strikeproof/rainbow.hpp"

#include "strikeproof/math/bivariate_normal.hpp"
#include "two_asset_terms.hpp"

namespace strikeproof::rainbow {
namespace {

namespace ta = two_assets;
using math::bivariate_normal_cdf;

// rho1 of the file head; where nothing is uncertain it does not matter
template <class T>
T with_ratio(const T& own, const T& other, const T& rho, const T& w) noexcept {
  if (math::value_of(w) == 0.0) return T(0.0);
  const T found = (own - rho * other) / w;
  const double size = std::fabs(math::value_of(found));
  return size > 1.0 ? T(std::copysign(1.0, math::value_of(found))) : found;
}

template <class T>
T value(const RainbowOption& option, ta::Terms<T>& t) noexcept {
  const auto phi = static_cast<double>(option.type);
  const auto eta = static_cast<double>(option.extreme);
  const double pair = phi * eta;
  const T cash = option.strike * t.discount;
  const T w = ta::ratio_deviation(t.deviation1, t.deviation2, t.correlation);
  const auto first = ta::moneyness(t.forward1, cash, t.deviation1, t.kink);
  const auto second = ta::moneyness(t.forward2, cash, t.deviation2, t.kink);
  const auto ratio = ta::moneyness(t.forward1, t.forward2, w, t.kink);
  const T rho1 = with_ratio(t.deviation1, t.deviation2, t.correlation, w);
  const T rho2 = with_ratio(t.deviation2, t.deviation1, t.correlation, w);
  const T exercised =
      pair > 0.0
          ? 1.0 - bivariate_normal_cdf(-phi * first.minus, -phi * second.minus, t.correlation)
          : bivariate_normal_cdf(phi * first.minus, phi * second.minus, t.correlation);
  return phi *
         (t.forward1 * bivariate_normal_cdf(phi * first.plus, eta * ratio.plus, pair * rho1) +
          t.forward2 * bivariate_normal_cdf(phi * second.plus, -eta * ratio.minus, pair * rho2) -
          cash * exercised);
}

Status check(double strike, double time, const TwoAssetMarket& market) noexcept {
  const Status status = ta::check(market, time, strike);
  if (status != Status::kOk) return status;
  return strike >= 0.0 ? Status::kOk : Status::kOutOfDomain;
}

template <class T>
T best_of_cash(double cash, double time, ta::Terms<T>& t) noexcept {
  return cash * t.discount + value<T>({OptionType::kCall, Extreme::kMaximum, cash, time}, t);
}

}  // namespace

PriceResult price(const RainbowOption& option, const TwoAssetMarket& market) noexcept {
  const Status status = check(option.strike, option.time_to_expiry, market);
  if (status != Status::kOk) return ta::failed(status);
  auto t = ta::terms(market, option.time_to_expiry);
  return ta::answer(value(option, t));
}

TwoAssetGreeksResult greeks(const RainbowOption& option, const TwoAssetMarket& market) noexcept {
  const Status status = check(option.strike, option.time_to_expiry, market);
  if (status != Status::kOk) return ta::failed_greeks(status);
  auto t = ta::terms_with_derivatives(market, option.time_to_expiry);
  const auto found = value(option, t);
  return ta::answer(found, t.kink);
}

PriceResult best_of_cash_price(double cash, double time_to_expiry,
                               const TwoAssetMarket& market) noexcept {
  const Status status = check(cash, time_to_expiry, market);
  if (status != Status::kOk) return ta::failed(status);
  auto t = ta::terms(market, time_to_expiry);
  return ta::answer(best_of_cash(cash, time_to_expiry, t));
}

TwoAssetGreeksResult best_of_cash_greeks(double cash, double time_to_expiry,
                                         const TwoAssetMarket& market) noexcept {
  const Status status = check(cash, time_to_expiry, market);
  if (status != Status::kOk) return ta::failed_greeks(status);
  auto t = ta::terms_with_derivatives(market, time_to_expiry);
  const auto found = best_of_cash(cash, time_to_expiry, t);
  return ta::answer(found, t.kink);
}

}  // namespace strikeproof::rainbow
