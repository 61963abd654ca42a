// Every characteristic function of the library: martingale, symmetry, bound, and the moments that
// numerical derivatives at 0 give beside closed forms. (Bates's model is a mixture of Heston's by
// the number of jumps: its extra variance is a factor of the same function.)
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <functional>
#include <string>
#include <vector>

#include "heston_characteristic.hpp"
#include "heston_wing.hpp"
#include "kou_moments.hpp"
#include "variance_gamma_moments.hpp"

namespace {

using Complex = std::complex<double>;
namespace heston = strikeproof::heston;
namespace kou = strikeproof::kou;
namespace variance_gamma = strikeproof::variance_gamma;

/// ln E[exp(u X)], and the mean and variance of X in closed form.
struct Distribution {
  std::string name;
  std::function<Complex(Complex)> log_moment;
  double mean;
  double variance;
};

/// Both integrals of v by Ito's isometry: X = -int v/2 + int sqrt(v) dW, and int v has the
/// martingale part sigma int a(T - s) sqrt(v) dZ, a(t) = (1 - exp(-kappa t))/kappa. By Simpson's
/// rule.
Distribution of(const heston::Model& m, double time) {
  const double theta = m.long_run_variance;
  const double kappa = m.mean_reversion;
  const double sigma = m.volatility_of_variance;
  constexpr int kPanels = 2000;
  double mean = 0.0;
  double variance = 0.0;
  for (int i = 0; i <= kPanels; ++i) {
    const double s = time * i / kPanels;
    const double weight =
        (i == 0 || i == kPanels ? 1.0 : 2.0 + 2.0 * (i % 2)) * time / kPanels / 3.0;
    const double expected = theta + (m.initial_variance - theta) * std::exp(-kappa * s);
    const double pull = -std::expm1(-kappa * (time - s)) / kappa * sigma;
    mean -= 0.5 * weight * expected;
    variance += weight * expected * (1.0 - m.correlation * pull + 0.25 * pull * pull);
  }
  const auto log_moment = [m, time](Complex u) {
    return heston::log_characteristic(m, time, {u.imag(), -u.real()});
  };
  return {"heston", log_moment, mean, variance};
}

Distribution of(const variance_gamma::Model& m, double time) {
  const auto [mean, variance] = variance_gamma::cumulants(m, time);
  const variance_gamma::Moments moments(m, time);
  return {"variance gamma", [moments](Complex u) { return moments.log_moment(u); }, mean, variance};
}

Distribution of(const kou::Model& m, double time) {
  const auto [mean, variance] = kou::cumulants(m, time);
  return {"kou", [m, time](Complex u) { return kou::log_moment(m, time, u); }, mean, variance};
}

std::vector<Distribution> distributions() {
  std::vector<Distribution> all;
  for (const double time : {0.05, 1.0, 7.0}) {
    all.push_back(of(heston::Model{0.04, 0.06, 1.5, 0.5, -0.6}, time));
    all.push_back(of(heston::Model{0.09, 0.02, 0.4, 1.2, 0.5}, time));
    all.push_back(of(heston::Model{0.04, 0.04, 3.0, 0.01, -0.95}, time));
    all.push_back(of(variance_gamma::Model{0.2, -0.3, 0.5}, time));
    all.push_back(of(variance_gamma::Model{0.1, 0.2, 1e-4}, time));
    all.push_back(of(kou::Model{0.2, 1.5, 0.3, 12.0, 6.0}, time));
    all.push_back(of(kou::Model{0.0, 4.0, 1.0, 3.0, 2.0}, time));
  }
  return all;
}

TEST(CharacteristicFunction, ForwardAndMassAreOne) {
  for (const Distribution& d : distributions()) {
    EXPECT_LT(std::abs(d.log_moment({0.0, 0.0})), 1e-15) << d.name;
    EXPECT_LT(std::abs(d.log_moment({1.0, 0.0})), 1e-14) << d.name;
  }
}

TEST(CharacteristicFunction, IsHermitianAndAtMostOne) {
  for (const Distribution& d : distributions()) {
    for (const double x : {0.01, 0.7, 3.0, 25.0, 400.0, 1e4}) {
      const Complex at = d.log_moment({0.0, x});
      EXPECT_LT(std::abs(at - std::conj(d.log_moment({0.0, -x}))), 1e-12 * (1.0 + std::abs(at)))
          << d.name << " at " << x;
      EXPECT_LE(at.real(), 1e-15) << d.name << " at " << x;
    }
  }
}

TEST(CharacteristicFunction, DerivativesAtZeroAreTheMoments) {
  for (const Distribution& d : distributions()) {
    const double step = 1e-2 / std::max(1.0, std::sqrt(d.variance));
    const auto at = [&](double h) { return d.log_moment({0.0, h}); };
    // ln phi(x) = i m x - s^2 x^2/2 + ..., by two steps extrapolated to the fourth order
    const double mean = (4.0 * at(0.5 * step).imag() / (0.5 * step) - at(step).imag() / step) / 3.0;
    const double variance =
        -2.0 *
        (4.0 * at(0.5 * step).real() / (0.25 * step * step) - at(step).real() / (step * step)) /
        3.0;
    EXPECT_NEAR(mean, d.mean, 1e-7 * std::abs(d.mean)) << d.name;
    EXPECT_NEAR(variance, d.variance, 1e-7 * d.variance) << d.name;
  }
}

TEST(CharacteristicFunction, PathsWithAndWithoutJumpsAreAll) {
  const kou::Model model{0.2, 0.8, 0.4, 9.0, 5.0};
  const double time = 1.3;
  const kou::Moments jumped(model, time);
  const double mean = model.intensity * time;
  for (const Complex u : {Complex{2.0, 0.0}, Complex{-1.5, 4.0}, Complex{6.0, -30.0}}) {
    const Complex still = u * jumped.drift() + 0.5 * 0.04 * time * u * u - mean;
    const Complex sum = std::exp(jumped.log_moment(u)) + std::exp(still);
    const Complex whole = std::exp(kou::log_moment(model, time, u));
    EXPECT_LT(std::abs(sum - whole), 1e-13 * std::abs(whole));
  }
  EXPECT_NEAR(std::exp(jumped.log_moment({0.0, 0.0}).real()), jumped.mass(), 1e-15);
  EXPECT_NEAR(std::exp(jumped.log_moment({1.0, 0.0}).real()), jumped.mean(), 1e-15);
}

/// Whether d'(t) = (u^2 - u)/2 - (kappa - rho sigma u) d + sigma^2 d^2/2 leaves every bound.
bool explodes(const heston::Model& m, double time, double u) {
  const double beta = m.mean_reversion - m.correlation * m.volatility_of_variance * u;
  const double square = m.volatility_of_variance * m.volatility_of_variance;
  const auto slope = [&](double d) { return 0.5 * (u * u - u) - beta * d + 0.5 * square * d * d; };
  double d = 0.0;
  double left = time;
  while (left > 0.0) {
    if (d > 1e12) return true;
    // steps that shrink as the solution grows: its pole is approached by equal factors
    const double step = std::min(
        left, 2e-3 / (std::abs(beta) + square * d + std::sqrt(square * std::abs(u * u - u)) + 1.0));
    const double a = slope(d);
    const double b = slope(d + 0.5 * step * a);
    const double c = slope(d + 0.5 * step * b);
    d += step * (a + 2.0 * b + 2.0 * c + slope(d + step * c)) / 6.0;
    left -= step;
  }
  return false;
}

TEST(CharacteristicFunction, HestonsMomentsEndWhereTheRiccatiEquationExplodes) {
  const std::vector<std::pair<heston::Model, double>> cases{
      {{0.04, 0.04, 1.5, 0.5, -0.6}, 1.0},    {{0.04, 0.04, 0.5, 2.0, -0.95}, 1.0},
      {{0.04, 0.06, 0.5, 1.0, 0.9}, 10.0},    {{0.04, 0.04, 0.3, 0.6, -0.5}, 30.0},
      {{1e-4, 0.04, 1.0, 2.0, -0.95}, 0.003}, {{0.04, 0.04, 0.0, 0.6, 0.2}, 2.0},
      {{0.04, 0.04, 1.0, 0.6, 1.0}, 2.0}};
  for (const auto& [model, time] : cases) {
    const auto [lowest, highest] = heston::finite_moments(model, time);
    const std::string name = std::to_string(model.correlation) + " at " + std::to_string(time);
    ASSERT_LT(lowest, 0.0);
    ASSERT_GT(highest, 1.0);
    EXPECT_FALSE(explodes(model, time, 1.0 + 0.999 * (highest - 1.0))) << name;
    EXPECT_TRUE(explodes(model, time, 1.0 + 1.001 * (highest - 1.0))) << name;
    if (!std::isfinite(lowest)) continue;
    EXPECT_FALSE(explodes(model, time, 0.999 * lowest)) << name;
    EXPECT_TRUE(explodes(model, time, 1.001 * lowest)) << name;
  }
  const auto [lowest, highest] = heston::finite_moments({0.04, 0.04, 1.0, 0.0, 0.5}, 1.0);
  EXPECT_TRUE(std::isinf(lowest) && std::isinf(highest)) << "a certain variance is normal";
  EXPECT_TRUE(std::isinf(heston::finite_moments({0.04, 0.04, 1.0, 0.5, -1.0}, 1.0).highest));
}

}  // namespace
