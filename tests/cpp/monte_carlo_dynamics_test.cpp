// Steps of stochastic and local volatility: bits of every instruction set, moments, transforms.
#include "strikeproof/monte_carlo_dynamics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include "math/gamma_distribution.hpp"
#include "monte_carlo/heston_bridge.hpp"
#include "simd/dynamics_kernels.hpp"
#include "strikeproof/math/normal.hpp"
#include "strikeproof/random.hpp"

namespace {

namespace simd = strikeproof::simd;
namespace math = strikeproof::math;
namespace random = strikeproof::random;
namespace ssvi = strikeproof::ssvi;
using namespace strikeproof::monte_carlo;  // NOLINT: all of it is under test
using strikeproof::term_structure::RateCurve;

constexpr std::size_t kNumbers = 4096;

std::vector<double> normals(std::uint32_t step) {
  std::vector<double> found(kNumbers);
  random::normals({78, step, 0, 0}, 0, found);
  return found;
}

struct Rows {
  std::vector<double> variance;
  std::vector<double> log_spot;
  std::vector<double> integrated;
};

/// Demands the bits of the first table of every vector one; the scalar one's last may differ.
template <class Work>
void compare(const Work& work) {
  const auto sets = simd::supported_dynamics();
  const Rows wanted = work(*sets[0]);
  for (const simd::DynamicsKernels* set : sets) {
    if (set == nullptr) break;
    const Rows found = work(*set);
    for (const auto row : {&Rows::variance, &Rows::log_spot, &Rows::integrated}) {
      for (std::size_t k = 0; k < (wanted.*row).size(); ++k) {
        if (set != &simd::kDynamicsScalar) {
          ASSERT_EQ((found.*row)[k], (wanted.*row)[k]) << k;
        } else {
          ASSERT_NEAR((found.*row)[k], (wanted.*row)[k], 1e-12 * (1.0 + std::abs((wanted.*row)[k])))
              << k;
        }
      }
    }
  }
}

/// Variances of all sizes, 0 included.
std::vector<double> variances() {
  std::vector<double> found = normals(3);
  for (double& v : found) v = v < -1.5 ? 0.0 : 0.04 * std::exp(2.0 * v);
  return found;
}

TEST(DynamicsKernels, EveryInstructionSetHasTheSameBits) {
  const std::vector<double> z = normals(1);
  const std::vector<double> w = normals(2);
  const auto start = [] {
    return Rows{variances(), std::vector<double>(kNumbers, 4.6), std::vector<double>(kNumbers)};
  };
  compare([&](const simd::DynamicsKernels& set) {
    Rows rows = start();
    set.quadratic_exponential(
        kNumbers, {0.8, 0.008, 0.03, -2.2, 0.06, -2.17, 0.01, 0.06},
        {z.data(), w.data(), rows.variance.data(), rows.log_spot.data(), rows.integrated.data()});
    return rows;
  });
  compare([&](const simd::DynamicsKernels& set) {
    Rows rows = start();
    for (std::size_t k = 0; k < kNumbers; k += 3) rows.variance[k] = -rows.variance[k];
    set.full_truncation(
        kNumbers, {0.25, 0.01, 0.15, 0.35, 0.1225, -0.7, 0.71, 0.01},
        {z.data(), w.data(), rows.variance.data(), rows.log_spot.data(), rows.integrated.data()});
    return rows;
  });
  std::vector<double> coefficients;
  for (int part = 0; part < 8; ++part) {
    coefficients.insert(coefficients.end(), {0.2 + 0.01 * part, 0.005, 0.006, -0.001});
  }
  const simd::CubicTable table{coefficients.data(), 8, 0.5, 8.0};
  compare([&](const simd::DynamicsKernels& set) {
    Rows rows{{}, w, std::vector<double>(kNumbers)};
    rows.log_spot[7] = 0.5;  // the two ends
    rows.log_spot[8] = -0.5;
    set.local_volatility(kNumbers, {table, table, 0.01, 0.1, 0.0, 0.002}, z.data(),
                         rows.log_spot.data(), rows.integrated.data());
    return rows;
  });
}

strikeproof::heston::Model base() { return {0.04, 0.04, 2.0, 0.3, -0.7}; }
strikeproof::heston::Model wild() { return {0.09, 0.09, 1.0, 1.5, -0.95}; }
strikeproof::heston::Model upward() { return {0.04, 0.03, 0.5, 1.0, 0.6}; }
strikeproof::heston::Model idle() { return {0.04, 0.03, 0.0, 0.6, -1.0}; }

std::unique_ptr<Dynamics> one_step(const strikeproof::heston::Model& model, HestonScheme scheme,
                                   double length) {
  const RateCurve rate =
      RateCurve::piecewise_constant(std::vector{0.1, 9.0}, std::vector{0.0, 0.05});
  return heston({100.0, model, rate, RateCurve::flat(0.01)}, scheme, 1.0 / length,
                {{length}, false});
}

/// Variance and log spot after one step from v, with the spot's own normal 0.
Rows step_from(double v, const Dynamics& dynamics, std::vector<std::vector<double>> numbers,
               std::vector<double> uniforms = {}) {
  const std::size_t count = numbers[0].size();
  std::vector<double> flat(count);  // the first normal is the spot's
  for (const auto& row : numbers) flat.insert(flat.end(), row.begin(), row.end());
  Rows rows{std::vector<double>(count, v), std::vector<double>(count), {}};
  const Paths paths{count, {rows.log_spot.data(), count}, {rows.variance.data(), count}, {}};
  dynamics.start(paths);
  std::fill(rows.variance.begin(), rows.variance.end(), v);
  dynamics.advance(0, {{flat.data(), count}, {uniforms.data(), count}}, paths);
  return rows;
}

struct Rule {
  std::vector<double> z;
  std::vector<double> weight;
};

/// Expectations over a standard normal number.
Rule trapezoid() {
  constexpr std::size_t kPoints = 1U << 17U;
  Rule rule;
  for (std::size_t k = 0; k < kPoints; ++k) {
    const double z = -9.0 + 18.0 * (static_cast<double>(k) + 0.5) / kPoints;
    rule.z.push_back(z);
    rule.weight.push_back(math::normal_pdf(z) * 18.0 / kPoints);
  }
  return rule;
}

TEST(QuadraticExponential, HasTheMomentsOfTheVarianceAndIsAMartingale) {
  const Rule rule = trapezoid();
  for (const auto& model : {base(), wild(), upward(), idle()}) {
    for (const double dt : {0.03125, 0.5, 1.0}) {
      const auto dynamics = one_step(model, HestonScheme::kQuadraticExponential, dt);
      for (const double v : {0.0, 0.001, 0.01, 0.04, 0.2, 1.0}) {
        const Rows after = step_from(v, *dynamics, {rule.z});
        double mean = 0.0;
        double second = 0.0;
        double spot = 0.0;
        const double own = 0.5 * dt * (1.0 - model.correlation * model.correlation);
        for (std::size_t k = 0; k < rule.z.size(); ++k) {
          const double next = after.variance[k];
          ASSERT_GE(next, 0.0);
          mean += rule.weight[k] * next;
          second += rule.weight[k] * next * next;
          spot += rule.weight[k] * std::exp(after.log_spot[k] + 0.5 * own * (v + next));
        }
        // Cox, Ingersoll and Ross (1985), Econometrica 53, (19)
        const double kappa = model.mean_reversion;
        const double decay = std::exp(-kappa * dt);
        const double years = kappa > 0.0 ? (1.0 - decay) / kappa : dt;
        const double square = model.volatility_of_variance * model.volatility_of_variance;
        const double m = model.long_run_variance * (1.0 - decay) + v * decay;
        const double s2 =
            square * years * (v * decay + 0.5 * model.long_run_variance * (1.0 - decay));
        EXPECT_NEAR(mean, m, 3e-7 * m) << v << ' ' << dt;
        EXPECT_NEAR(second - mean * mean, s2, 3e-7 * (s2 + m * m)) << v << ' ' << dt;
        const double carry = 0.05 * std::max(dt - 0.1, 0.0) - 0.01 * dt;
        EXPECT_NEAR(spot, 100.0 * std::exp(carry), 1e-4) << v << ' ' << dt;
      }
    }
  }
}

TEST(QuadraticExponential, TheSpotFollowsTheVarianceAsInAndersensFormula) {
  for (const auto& [v0, theta, kappa, eps, rho] : {base(), wild(), upward()}) {
    const double dt = 0.25;
    const auto dynamics =
        one_step({v0, theta, kappa, eps, rho}, HestonScheme::kQuadraticExponential, dt);
    std::vector<double> numbers(16, 0.0);
    numbers[1] = 1.5;
    const Rows after = step_from(0.04, *dynamics, {numbers});
    const double slope =
        (after.log_spot[1] - after.log_spot[0]) / (after.variance[1] - after.variance[0]);
    // Andersen (2008), (33) with gamma2 = 1/2: K2
    EXPECT_NEAR(slope, 0.5 * dt * (kappa * rho / eps - 0.5) + rho / eps, 1e-11);
    // and with the spot's own number: sqrt(K3 v + K4 v')
    std::vector<double> flat(32, 0.0);
    std::fill_n(flat.begin(), 16, 1.0);
    Rows moved{std::vector<double>(16, 0.04), std::vector<double>(16), {}};
    const Paths paths{16, {moved.log_spot.data(), 16}, {moved.variance.data(), 16}, {}};
    dynamics->start(paths);
    std::fill(moved.variance.begin(), moved.variance.end(), 0.04);
    dynamics->advance(0, {{flat.data(), 16}, {}}, paths);
    EXPECT_NEAR(moved.log_spot[0] - after.log_spot[0],
                std::sqrt(0.5 * dt * (1.0 - rho * rho) * (0.04 + after.variance[0])), 1e-14);
  }
}

TEST(QuadraticExponential, RefusesStepsWhoseSpotHasNoExpectation) {
  const strikeproof::heston::Model model{0.04, 0.04, 0.5, 2.0, 0.9};
  EXPECT_THROW((void)one_step(model, HestonScheme::kQuadraticExponential, 2.0),
               std::invalid_argument);
  EXPECT_NO_THROW((void)one_step(model, HestonScheme::kQuadraticExponential, 0.5));
  EXPECT_THROW((void)one_step({0.04, 0.04, 0.5, 5e-4, 0.9}, HestonScheme::kAlmostExact, 0.5),
               std::invalid_argument);
}

TEST(FullTruncation, IsEulersStepOfThePositivePart) {
  const auto model = base();
  const auto dynamics = one_step(model, HestonScheme::kFullTruncation, 0.25);
  const std::vector<double> z(16, 0.8);
  for (const double v : {0.05, -0.02}) {
    const Rows after = step_from(v, *dynamics, {z});
    const double positive = std::max(v, 0.0);
    const double root = std::sqrt(positive * 0.25);
    EXPECT_NEAR(after.variance[3], v + 2.0 * (0.04 - positive) * 0.25 + 0.3 * root * 0.8, 1e-15);
    const double drift = 0.05 * 0.15 - 0.01 * 0.25;
    EXPECT_NEAR(after.log_spot[3], std::log(100.0) + drift - 0.125 * positive - 0.7 * root * 0.8,
                1e-14);
  }
}

TEST(AlmostExact, HasTheLaplaceTransformOfTheVariance) {
  const random::Sobol sobol(2, 5, 0);
  std::vector<double> first(1U << 16U);
  std::vector<double> second(first.size());
  sobol.normals(0, 0, first);
  sobol.normals(1, 0, second);
  const std::vector<double> none(first.size(), 0.5);
  for (const auto& model : {base(), wild(), upward(), idle()}) {
    for (const double v : {0.0, 0.01, 0.2}) {
      const double dt = 0.5;
      const auto dynamics = one_step(model, HestonScheme::kAlmostExact, dt);
      const Rows after = step_from(v, *dynamics, {first, second, none}, none);
      // noncentral chi-square: Cox, Ingersoll and Ross (1985), (18)
      const double kappa = model.mean_reversion;
      const double years = kappa > 0.0 ? -std::expm1(-kappa * dt) / kappa : dt;
      const double square = model.volatility_of_variance * model.volatility_of_variance;
      const double unit = 0.25 * square * years;
      const double half = 2.0 * kappa * model.long_run_variance / square;
      for (const double s : {1.0, 10.0, 100.0}) {
        double found = 0.0;
        for (const double next : after.variance) found += std::exp(-s * next);
        found /= static_cast<double>(after.variance.size());
        const double wide = 1.0 + 2.0 * unit * s;
        const double exact =
            std::pow(wide, -half) * std::exp(-v * std::exp(-kappa * dt) * s / wide);
        EXPECT_NEAR(found, exact, 1e-4) << v << ' ' << s;
      }
    }
  }
}

TEST(AlmostExact, ParametersOfItsLawsAgreeWithSixtyDigits) {
  const char* folder = std::getenv("STRIKEPROOF_TEST_DATA");
  std::ifstream file(std::string(folder != nullptr ? folder : "tests/data") +
                     "/heston_sampling_reference.csv");
  std::size_t rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    std::istringstream cells(line);
    std::string kind;
    std::getline(cells, kind, ',');
    std::vector<double> x;
    for (std::string cell; std::getline(cells, cell, ',');) {
      x.push_back(std::strtod(cell.c_str(), nullptr));
    }
    if (kind == "bridge") {
      const IntegratedVariance integral({x[4], x[1], x[0], x[2], 0.0}, x[3]);
      const MeanAndVariance found = integral.given(x[4], x[5]);
      EXPECT_NEAR(found.mean / x[6], 1.0, 1e-9) << line;
      EXPECT_NEAR(found.variance / x[7], 1.0, 1e-6) << line;
    } else if (kind == "gamma") {
      EXPECT_NEAR(math::gamma_quantile(x[0], x[1]), x[2], 2e-11 * x[2]) << line;
    } else {
      EXPECT_NEAR(bessel_quotient(x[0], x[1]) / x[2], 1.0, 1e-10) << line;
    }
  }
  EXPECT_EQ(rows, 95U) << "set STRIKEPROOF_TEST_DATA to tests/data";
}

TEST(PoissonQuantile, IsTheFirstCountThatIsLikelyEnough) {
  for (const double mean : {0.01, 0.7, 12.0, 300.0}) {
    for (const double z : {-5.0, -1.0, 0.0, 0.3, 2.0, 6.0}) {
      double chance = std::exp(-mean);
      double below = chance;
      double count = 0.0;
      while (below < math::normal_cdf(z)) {
        count += 1.0;
        chance *= mean / count;
        below += chance;
      }
      EXPECT_EQ(math::poisson_quantile(mean, z), count) << mean << ' ' << z;
    }
  }
  EXPECT_EQ(math::poisson_quantile(0.0, 3.0), 0.0);
}

TEST(LocalVolatility, ASmileWithoutSlopesIsBlackScholes) {
  // psi so small that the surface is its theta
  const std::vector<double> times{0.5, 1.0};
  const std::vector<ssvi::Slice> slices{{0.02, 0.0, 1e-9}, {0.06, 0.0, 1e-9}};
  const ssvi::Surface surface(times, slices, ssvi::Family::kSlices, 1.0, 0.0,
                              ssvi::Interpolation::kLinear);
  const auto dynamics = local_volatility(
      {100.0, surface, times, RateCurve::flat(0.03), RateCurve::flat(0.01)}, 2.0, {{1.0}, true});
  std::vector<double> x(16);
  std::vector<double> integrated(16);
  const Paths paths{16, {x.data(), 16}, {}, {integrated.data(), 16}};
  const std::vector<double> z(16, 0.5);
  dynamics->start(paths);
  double wanted = std::log(100.0);
  double last = 0.0;
  for (std::size_t k = 0; k < dynamics->steps().size(); ++k) {
    const double time = dynamics->steps()[k].time;
    const double variance = (last < 0.5 ? 0.04 : 0.08) * (time - last);
    dynamics->advance(k, {{z.data(), 16}, {}}, paths);
    wanted += 0.02 * (time - last) - 0.5 * variance + std::sqrt(variance) * 0.5;
    EXPECT_NEAR(x[9], wanted, 1e-7) << time;
    EXPECT_NEAR(integrated[9], variance, 1e-7);
    last = time;
  }
  EXPECT_EQ(last, 1.0);
}

}  // namespace
