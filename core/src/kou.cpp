// European options under Kou's model by one integral through the saddle point
// (numeric/fourier.hpp).
//
// Jumps of the logarithm come lambda a year; with probability p they are upward, exponential of
// mean 1/eta1, else downward of mean 1/eta2 [1]. With X = ln(S/F):
//
//   ln E[exp(u X)] = u (u - 1) T (sigma^2/2 + lambda a(u)),     -eta2 < u < eta1
//   a(u) = p/((eta1 - u)(eta1 - 1)) + (1 - p)/((eta2 + u)(eta2 + 1))
//
// which is the usual sum of diffusion, jumps and their compensator with the factor u (u - 1) taken
// out, so that nothing cancels where u is near 0 or 1. The paths without a jump are Black-Scholes's
// with probability exp(-lambda T); those with jumps, which alone may reach a far strike, are the
// integral of
//
//   exp(-lambda T + u w + u^2 sigma^2 T/2) (exp(lambda T m(u)) - 1)
//
// with m(u) = p eta1/(eta1 - u) + (1 - p) eta2/(eta2 + u) the moment of a jump,
// w = -T (sigma^2/2 + lambda (m(1) - 1)).
//
// [1] Kou, S. (2002), A jump-diffusion model for option pricing, Management Science 48(8),
//     1086-1101.
#include "strikeproof/kou.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "kou_moments.hpp"
#include "numeric/fourier_option.hpp"
#include "strikeproof/black_scholes.hpp"

namespace strikeproof::kou {
namespace {

using fourier::Complex;

/// Mean of exp(jump) less 1.
double growth(const Model& m) noexcept {
  return m.upward_probability / (m.upward_decay - 1.0) -
         (1.0 - m.upward_probability) / (m.downward_decay + 1.0);
}

/// log(exp(z) - 1) without loss for small z nor overflow for large ones.
Complex log_expm1(Complex z) noexcept {
  if (z.real() > 1.0) return z + std::log(1.0 - std::exp(-z));
  const double half_turn = std::sin(0.5 * z.imag());
  const double size = std::exp(z.real());
  return std::log(Complex{std::expm1(z.real()) - 2.0 * size * half_turn * half_turn,
                          size * std::sin(z.imag())});
}

bool finite(const VanillaOption& o, const Market& m) noexcept {
  const Model& j = m.model;
  const std::array<double, 10> all{o.strike,        o.time_to_expiry,     m.spot,
                                   m.rate,          m.dividend_yield,     j.volatility,
                                   j.intensity,     j.upward_probability, j.upward_decay,
                                   j.downward_decay};
  return std::all_of(all.begin(), all.end(), [](double x) { return std::isfinite(x); });
}

bool in_domain(const VanillaOption& o, const Market& m) noexcept {
  const Model& j = m.model;
  return o.strike >= 0.0 && o.time_to_expiry >= 0.0 && m.spot >= 0.0 && j.volatility >= 0.0 &&
         j.intensity >= 0.0 && j.upward_probability >= 0.0 && j.upward_probability <= 1.0 &&
         j.upward_decay > 1.0 && j.downward_decay > 0.0;
}

SpotGreeksResult value(const VanillaOption& option, const Market& market, bool all) noexcept {
  if (!finite(option, market)) return fourier::failure(Status::kNonFinite);
  if (!in_domain(option, market)) return fourier::failure(Status::kOutOfDomain);
  const fourier::SpotMarket spot{market.spot, market.rate, market.dividend_yield};
  if (option.time_to_expiry == 0.0 || option.strike == 0.0 || market.spot == 0.0) {
    return fourier::intrinsic(option, spot);
  }
  if (market.model.intensity == 0.0) {
    const GreeksResult flat = black_scholes::greeks(
        option, {market.spot, market.rate, market.dividend_yield, market.model.volatility});
    return {{flat.value.price, flat.value.delta, flat.value.gamma}, flat.status};
  }
  return fourier::european(option, spot, Moments(market.model, option.time_to_expiry), all);
}

}  // namespace

Complex log_moment(const Model& model, double time, fourier::Complex u) noexcept {
  const double up = model.upward_decay;
  const double down = model.downward_decay;
  const double p = model.upward_probability;
  const Complex jumps = p / ((up - u) * (up - 1.0)) + (1.0 - p) / ((down + u) * (down + 1.0));
  const double half = 0.5 * model.volatility * model.volatility;
  return u * (u - 1.0) * (time * (half + model.intensity * jumps));
}

Moments::Moments(const Model& model, double time) noexcept
    : model_(model),
      time_(time),
      drift_(-time *
             (0.5 * model.volatility * model.volatility + model.intensity * growth(model))) {}

Complex Moments::log_moment(Complex u) const noexcept {
  const double p = model_.upward_probability;
  const Complex jump = p * model_.upward_decay / (model_.upward_decay - u) +
                       (1.0 - p) * model_.downward_decay / (model_.downward_decay + u);
  const double half = 0.5 * model_.volatility * model_.volatility;
  const double mean = model_.intensity * time_;
  return u * (drift_ + half * time_ * u) - mean + log_expm1(mean * jump);
}

fourier::Strip Moments::strip() const noexcept {
  const double p = model_.upward_probability;
  return {p < 1.0 ? -model_.downward_decay : -fourier::detail::kInfinity,
          p > 0.0 ? model_.upward_decay : fourier::detail::kInfinity};
}

double Moments::spread() const noexcept { return std::sqrt(cumulants(model_, time_).variance); }

double Moments::mass() const noexcept { return -std::expm1(-model_.intensity * time_); }

double Moments::mean() const noexcept {
  return -std::expm1(-model_.intensity * time_ * (1.0 + growth(model_)));
}

fourier::Values Moments::known(double k) const noexcept {
  const double weight = std::exp(-model_.intensity * time_);
  const double ratio = std::exp(-model_.intensity * time_ * growth(model_));
  const VanillaOption option{k > 0.0 ? OptionType::kCall : OptionType::kPut, std::exp(k), time_};
  const Greeks flat = black_scholes::greeks(option, {ratio, 0.0, 0.0, model_.volatility}).value;
  return {weight * flat.price, weight * ratio * flat.delta, weight * ratio * ratio * flat.gamma};
}

Cumulants cumulants(const Model& model, double time) noexcept {
  const double up = model.upward_decay;
  const double down = model.downward_decay;
  const double p = model.upward_probability;
  const double square = model.volatility * model.volatility;
  const double compensated = p / (up * (up - 1.0)) + (1.0 - p) / (down * (down + 1.0));
  const double squares = 2.0 * (p / (up * up) + (1.0 - p) / (down * down));
  return {-time * (0.5 * square + model.intensity * compensated),
          time * (square + model.intensity * squares)};
}

PriceResult price(const VanillaOption& option, const Market& market) noexcept {
  const SpotGreeksResult found = value(option, market, false);
  return {found.value.price, found.status};
}

SpotGreeksResult greeks(const VanillaOption& option, const Market& market) noexcept {
  return value(option, market, true);
}

}  // namespace strikeproof::kou
