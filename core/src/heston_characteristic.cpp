// Characteristic function of Heston's model, E[exp(i x ln(S/F))], and its derivatives.
//
//   ln phi = v0 D + kappa theta A                                                          [1, 2]
//   A      = r T - 2/sigma^2 log1p(sigma^2 r s/2)
//   D      = -(x^2 + i x) s / (beta s + 1 + e)
//   r      = -(x^2 + i x) / (beta + d)
//   s      = (1 - e)/d
//   e      = exp(-d T)
//   d      = sqrt(beta^2 + sigma^2 (x^2 + i x))
//   beta   = kappa - i rho sigma x
//
// v0, theta: initial and long-run variance; kappa: mean reversion; sigma: volatility of variance;
// rho: correlation. No difference of nearly equal numbers is left as sigma goes to 0, and the
// logarithm stays on its principal branch [2, 3]. Derivatives by kappa, sigma and rho are those of
// the lines above [4]; by time they are the equations that D and A solve:
//
//   dD/dT = -(x^2 + i x)/2 - beta D + sigma^2 D^2/2,   dA/dT = D
//
// [1] Heston, S. (1993), Review of Financial Studies 6(2), 327-343.
// [2] Albrecher, H., Mayer, P., Schoutens, W. and Tistaert, J. (2007), The little Heston trap,
//     Wilmott Magazine, January, 83-92.
// [3] Andersen, L. and Lake, M. (2018), Robust high-precision option pricing by Fourier transforms:
//     contour deformations and double-exponential quadrature.
// [4] Cui, Y., del Bano Rollin, S. and Germano, G. (2017), Full and fast calibration of the Heston
//     stochastic volatility model, European J. Operational Research 263(2), 625-638.
#include "heston_characteristic.hpp"

#include <cmath>

namespace strikeproof::heston {
namespace {

using Complex = std::complex<double>;
constexpr Complex kI{0.0, 1.0};

/// log(1 + z) without loss for small z, principal branch.
Complex log1p(Complex z) noexcept {
  const double x = z.real();
  const double y = z.imag();
  if (x * x + y * y > 0.25) return std::log(1.0 + z);
  return {0.5 * std::log1p(2.0 * x + x * x + y * y), std::atan2(y, 1.0 + x)};
}

/// log1p(a z)/a, a >= 0.
Complex scaled_log1p(double a, Complex z) noexcept {
  const Complex small = a * z;
  if (std::norm(small) < 1e-20) return z * (1.0 - 0.5 * small);
  return log1p(small) / a;
}

/// (1 - exp(-d T))/d.
Complex annuity(Complex d, double time, Complex decay) noexcept {
  const Complex exponent = d * time;
  if (std::norm(exponent) > 1e-6) return (1.0 - decay) / d;
  // series of (1 - exp(-x))/x to x^4, x below 1e-3
  const Complex series =
      1.0 - exponent * (0.5 - exponent * (1.0 / 6.0 - exponent * (1.0 / 24.0 - exponent / 120.0)));
  return time * series;
}

/// Derivative of the annuity by d: (T exp(-d T) - s)/d.
Complex annuity_slope(Complex d, double time, Complex decay, Complex s) noexcept {
  const Complex exponent = d * time;
  if (std::norm(exponent) > 1e-4) return (time * decay - s) / d;
  // series to x^5, x below 1e-2
  const Complex series =
      -0.5 +
      exponent *
          (1.0 / 3.0 -
           exponent *
               (1.0 / 8.0 - exponent * (1.0 / 30.0 - exponent * (1.0 / 144.0 - exponent / 840.0))));
  return time * time * series;
}

/// 1/(1 + h) - log1p(h)/h divided by h.
Complex log_curvature(Complex h) noexcept {
  if (std::norm(h) > 1e-4) return (1.0 / (1.0 + h) - log1p(h) / h) / h;
  return -0.5 +
         h * (2.0 / 3.0 - h * (3.0 / 4.0 - h * (4.0 / 5.0 - h * (5.0 / 6.0 - h * 6.0 / 7.0))));
}

/// The lines of the file's head, by name.
struct Terms {
  Complex quadratic;
  Complex beta;
  Complex d;
  Complex decay;
  Complex s;
  Complex r;
  Complex denominator;
  Complex by_variance;  // D
  Complex by_pull;      // A
};

Terms terms(const Model& model, double time, Complex x) noexcept {
  const double sigma = model.volatility_of_variance;
  const double square = sigma * sigma;
  Terms t{};
  t.quadratic = x * (x + kI);
  t.beta = model.mean_reversion - kI * (model.correlation * sigma) * x;
  t.d = std::sqrt(t.beta * t.beta + square * t.quadratic);
  t.decay = std::exp(-t.d * time);
  t.s = annuity(t.d, time, t.decay);
  t.denominator = t.beta * t.s + 1.0 + t.decay;
  t.by_variance = -t.quadratic * t.s / t.denominator;
  if (t.beta + t.d != 0.0) {
    t.r = -t.quadratic / (t.beta + t.d);
    t.by_pull = t.r * time - scaled_log1p(0.5 * square, t.r * t.s);
  }
  return t;
}

struct PairSlopes {
  Complex by_variance;
  Complex by_pull;
};

/// Derivatives of D and A by a parameter of which beta has the derivative `beta_slope`, and
/// d^2 - beta^2 the derivative `square_slope`.
PairSlopes slopes_of(const Terms& t, const Model& model, double time, Complex beta_slope,
                     Complex square_slope) noexcept {
  const Complex d_slope = (t.beta * beta_slope + 0.5 * square_slope) / t.d;
  const Complex s_slope = annuity_slope(t.d, time, t.decay, t.s) * d_slope;
  const Complex decay_slope = -time * t.decay * d_slope;
  const Complex denominator_slope = beta_slope * t.s + t.beta * s_slope + decay_slope;
  const Complex by_variance =
      -(t.quadratic * s_slope + t.by_variance * denominator_slope) / t.denominator;
  const double square = model.volatility_of_variance * model.volatility_of_variance;
  const Complex r_slope = -t.r * (beta_slope + d_slope) / (t.beta + t.d);
  const Complex product_slope = r_slope * t.s + t.r * s_slope;
  const Complex by_pull = r_slope * time - product_slope / (1.0 + 0.5 * square * t.r * t.s);
  return {by_variance, by_pull};
}

}  // namespace

std::complex<double> log_characteristic(const Model& model, double time,
                                        std::complex<double> argument) {
  const Terms t = terms(model, time, argument);
  const double pull = model.mean_reversion * model.long_run_variance;
  return t.by_variance * model.initial_variance + pull * t.by_pull;
}

LogCharacteristic log_characteristic_slopes(const Model& model, double time,
                                            std::complex<double> argument) {
  const Terms t = terms(model, time, argument);
  const double sigma = model.volatility_of_variance;
  const double kappa = model.mean_reversion;
  const double theta = model.long_run_variance;
  const double v0 = model.initial_variance;
  const Complex turned = kI * argument;
  const PairSlopes by_kappa = slopes_of(t, model, time, 1.0, 0.0);
  PairSlopes by_sigma =
      slopes_of(t, model, time, -model.correlation * turned, 2.0 * sigma * t.quadratic);
  // the factor 2/sigma^2 of the logarithm
  const Complex product = t.r * t.s;
  by_sigma.by_pull -= sigma * product * product * log_curvature(0.5 * sigma * sigma * product);
  const PairSlopes by_rho = slopes_of(t, model, time, -sigma * turned, 0.0);
  LogCharacteristic found{};
  found.value = v0 * t.by_variance + kappa * theta * t.by_pull;
  found.slope[kInitialVariance] = t.by_variance;
  found.slope[kLongRunVariance] = kappa * t.by_pull;
  found.slope[kMeanReversion] =
      v0 * by_kappa.by_variance + theta * (t.by_pull + kappa * by_kappa.by_pull);
  found.slope[kVolatilityOfVariance] = v0 * by_sigma.by_variance + kappa * theta * by_sigma.by_pull;
  found.slope[kCorrelation] = v0 * by_rho.by_variance + kappa * theta * by_rho.by_pull;
  const Complex riccati = -0.5 * t.quadratic - t.beta * t.by_variance +
                          0.5 * sigma * sigma * t.by_variance * t.by_variance;
  found.slope[kTimeToExpiry] = v0 * riccati + kappa * theta * t.by_variance;
  return found;
}

}  // namespace strikeproof::heston
