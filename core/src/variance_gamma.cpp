// European options under the variance gamma model by one integral through the saddle point
// (numeric/fourier.hpp).
//
// A Brownian motion of drift theta and volatility sigma is run by a gamma process of mean t and
// variance nu t [1]. With X = ln(S/F):
//
//   ln E[exp(u X)] = T (u w - ln(1 - nu z)/nu),   z = u theta + u^2 sigma^2/2,   w = ln(1 - nu
//   z(1))/nu
//
// finite between the two roots of nu z = 1, of which the larger has to be above 1: nu z(1) < 1.
// Where nu z is large its logarithm is taken by the roots: each factor has its branch cut on the
// real axis. The characteristic function decays like a power 2 T/nu only: the bent contour passes
// it to where exp(-u k') decays, k' the strike less the drift w T; a density that is infinite at
// k' = 0, for T <= nu/2, has no gamma there.
//
// [1] Madan, D., Carr, P. and Chang, E. (1998), The variance gamma process and option pricing,
//     European Finance Review 2(1), 79-105.
#include "strikeproof/variance_gamma.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "numeric/fourier_option.hpp"
#include "strikeproof/black_scholes.hpp"
#include "variance_gamma_moments.hpp"

namespace strikeproof::variance_gamma {
namespace {

using fourier::Complex;

/// log(1 + z) without loss for small z.
Complex log1p(Complex z) noexcept {
  const double x = z.real();
  const double y = z.imag();
  return {0.5 * std::log1p(2.0 * x + x * x + y * y), std::atan2(y, 1.0 + x)};
}

/// z(1).
double growth(const Model& m) noexcept { return m.drift + 0.5 * m.volatility * m.volatility; }

bool finite(const VanillaOption& o, const Market& m) noexcept {
  const std::array<double, 8> all{o.strike,      o.time_to_expiry,     m.spot,
                                  m.rate,        m.dividend_yield,     m.model.volatility,
                                  m.model.drift, m.model.variance_rate};
  return std::all_of(all.begin(), all.end(), [](double x) { return std::isfinite(x); });
}

bool in_domain(const VanillaOption& o, const Market& m) noexcept {
  return o.strike >= 0.0 && o.time_to_expiry >= 0.0 && m.spot >= 0.0 && m.model.volatility >= 0.0 &&
         m.model.variance_rate >= 0.0 && m.model.variance_rate * growth(m.model) < 1.0;
}

SpotGreeksResult value(const VanillaOption& option, const Market& market, bool all) noexcept {
  if (!finite(option, market)) return fourier::failure(Status::kNonFinite);
  if (!in_domain(option, market)) return fourier::failure(Status::kOutOfDomain);
  const Model& model = market.model;
  const fourier::SpotMarket spot{market.spot, market.rate, market.dividend_yield};
  const bool still = model.volatility == 0.0 && (model.drift == 0.0 || model.variance_rate == 0.0);
  if (option.time_to_expiry == 0.0 || option.strike == 0.0 || market.spot == 0.0 || still) {
    return fourier::intrinsic(option, spot);
  }
  if (model.variance_rate == 0.0) {
    const GreeksResult flat = black_scholes::greeks(
        option, {market.spot, market.rate, market.dividend_yield, model.volatility});
    return {{flat.value.price, flat.value.delta, flat.value.gamma}, flat.status};
  }
  return fourier::european(option, spot, Moments(model, option.time_to_expiry), all);
}

}  // namespace

Moments::Moments(const Model& model, double time) noexcept
    : model_(model),
      time_(time),
      drift_(time * std::log1p(-model.variance_rate * growth(model)) / model.variance_rate),
      strip_{} {
  // roots of sigma^2 u^2/2 + theta u - 1/nu, the smaller of them by the product of both
  const double square = model.volatility * model.volatility;
  const double inverse = 1.0 / model.variance_rate;
  const double far =
      std::abs(model.drift) + std::hypot(model.drift, model.volatility * std::sqrt(2.0 * inverse));
  const double near_root = 2.0 * inverse / far;
  const double far_root = square > 0.0 ? far / square : fourier::detail::kInfinity;
  strip_ = model.drift > 0.0 ? fourier::Strip{-far_root, near_root}
                             : fourier::Strip{-near_root, far_root};
}

Complex Moments::log_moment(Complex u) const noexcept {
  const double nu = model_.variance_rate;
  const Complex z = u * (model_.drift + (0.5 * model_.volatility * model_.volatility) * u);
  const Complex small = -nu * z;
  const Complex logarithm = std::norm(small) < 0.25 ? log1p(small)
                                                    : std::log(1.0 - u / strip_.highest) +
                                                          std::log(1.0 - u / strip_.lowest);
  return u * drift_ - (time_ / nu) * logarithm;
}

double Moments::spread() const noexcept { return std::sqrt(cumulants(model_, time_).variance); }

Cumulants cumulants(const Model& model, double time) noexcept {
  const double nu = model.variance_rate;
  const double compensator = nu > 0.0 ? std::log1p(-nu * growth(model)) / nu : -growth(model);
  return {time * (model.drift + compensator),
          time * (model.volatility * model.volatility + nu * model.drift * model.drift)};
}

PriceResult price(const VanillaOption& option, const Market& market) noexcept {
  const SpotGreeksResult found = value(option, market, false);
  return {found.value.price, found.status};
}

SpotGreeksResult greeks(const VanillaOption& option, const Market& market) noexcept {
  return value(option, market, true);
}

}  // namespace strikeproof::variance_gamma
