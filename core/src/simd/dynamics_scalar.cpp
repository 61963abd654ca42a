// The kernels of models' steps without vectors: for compilers that have none, and as a check of the
// others, from which the last bits may differ. Formulas and sources: dynamics_kernel.hpp; here the
// quadratic-exponential law has Andersen's own symbols.
#include <algorithm>
#include <cmath>

#include "dynamics_kernels.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::simd {
namespace {

struct Drawn {
  double variance;
  double log_moment;  // ln E exp(A v')
};

Drawn narrow(double m, double psi, double moment, double z) noexcept {
  const double root = std::sqrt(1.0 - 0.5 * psi);
  const double a = m * psi / (2.0 * (1.0 + root));  // m/(1 + b^2)
  const double sum = std::sqrt(std::max(m - a, 0.0)) + std::sqrt(a) * z;
  const double below = 1.0 - 2.0 * moment * a;
  return {sum * sum, moment * (m - a) / below - 0.5 * std::log(below)};
}

Drawn wide(double m, double psi, double moment, double z) noexcept {
  const double beta = 2.0 / (m * (psi + 1.0));
  const double chance = 2.0 / (psi + 1.0);  // 1 - p
  const double next = std::max(std::log(chance / math::normal_cdf(-z)), 0.0) / beta;
  return {next, std::log1p(chance * moment / (beta - moment))};
}

void quadratic_exponential(std::size_t count, const QuadraticExponentialStep& step,
                           const VarianceRows& rows) noexcept {
  for (std::size_t p = 0; p < count; ++p) {
    const double v = rows.variance[p];
    const double m = std::max(step.decay * v + step.pull, 1e-290);
    const double psi = step.spread * (m - 0.5 * step.pull) / m / m;
    const Drawn drawn = psi <= 1.5 ? narrow(m, psi, step.moment, rows.variance_normals[p])
                                   : wide(m, psi, step.moment, rows.variance_normals[p]);
    rows.log_spot[p] += step.drift - drawn.log_moment - 0.5 * step.diffusion * v +
                        step.slope * drawn.variance +
                        std::sqrt(step.diffusion * (v + drawn.variance)) * rows.spot_normals[p];
    rows.variance[p] = drawn.variance;
    if (rows.integrated != nullptr) rows.integrated[p] = step.half_length * (v + drawn.variance);
  }
}

void full_truncation(std::size_t count, const FullTruncationStep& step,
                     const VarianceRows& rows) noexcept {
  for (std::size_t p = 0; p < count; ++p) {
    const double z = rows.variance_normals[p];
    const double positive = std::max(rows.variance[p], 0.0);
    const double root = std::sqrt(positive);
    const double shock = step.correlation * z + step.complement * rows.spot_normals[p];
    rows.log_spot[p] += step.drift - 0.5 * step.length * positive + step.root_length * root * shock;
    rows.variance[p] += step.level - step.pull * positive + step.noise * root * z;
    if (rows.integrated != nullptr) rows.integrated[p] = step.length * positive;
  }
}

double look_up(const CubicTable& table, double x) noexcept {
  const double place = (std::clamp(x, -table.reach, table.reach) + table.reach) * table.scale;
  const auto part = std::min(static_cast<std::size_t>(place), table.intervals - 1);
  const double u = place - static_cast<double>(part);
  const double* const c = table.coefficients + 4 * part;
  return c[0] + u * (c[1] + u * (c[2] + u * c[3]));
}

void local_volatility(std::size_t count, const LocalVolatilityStep& step, const double* normals,
                      double* log_spot, double* integrated) noexcept {
  for (std::size_t p = 0; p < count; ++p) {
    const double x = log_spot[p] - step.log_forward_before;
    const double z = normals[p];
    const double b = look_up(step.start, x);
    const double base = x - 0.5 * step.length * b * b;
    const double reach = b * step.root_length;
    const double up = look_up(step.end, base + reach);
    const double down = look_up(step.end, base - reach);
    const double ahead = look_up(step.end, base + reach * z);
    const double both = b * b + ahead * ahead;
    const double noise = (up + down + 2.0 * b) * z + (up - down) * (z * z - 1.0);
    log_spot[p] =
        x - 0.25 * step.length * both + 0.25 * step.root_length * noise + step.log_forward_after;
    if (integrated != nullptr) integrated[p] = 0.5 * step.length * both;
  }
}

}  // namespace

extern constinit const DynamicsKernels kDynamicsScalar{quadratic_exponential, full_truncation,
                                                       local_volatility};

}  // namespace strikeproof::simd
