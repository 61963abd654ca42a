// Paths over one step of Heston's model and of local volatility.
//
// Quadratic-exponential scheme with martingale correction [1]. With e = exp(-kappa dt), c = theta
// (1 - e) and h = eps^2 (1 - e)/kappa, the variance v' after a step from v has
//
//   m = E v' = e v + c,   s^2/m = h (e v + c/2)/m,   psi = s^2/m^2                       [1,
//   (17-18)]
//
//   psi <= 3/2:  v' = a (b + Z)^2 = (sqrt(m - a) + sqrt(a) Z)^2,
//                a = (s^2/m)/(2 (1 + sqrt(1 - psi/2))), which is m/(1 + b^2) without cancellation
//   psi > 3/2:   v' = max(ln((1 - p)/N(-Z)), 0)/beta,  1/beta = (m + s^2/m)/2,  1 - p = m beta
//
// and both agree with m and s^2 exactly. The same normal number Z drives both, so that a bridge
// over the steps and mirrored numbers mean the same in both. With the central weights 1/2, the log
// spot gains drift + K0* + K1 v + K2 v' + sqrt(K3 (v + v')) Z', where K0* makes the spot a
// martingale:
//
//   K0* = -ln M - (K1 + K3/2) v,   M = E exp(A v'),  A = K2 + K3/2                       [1, (37)]
//   psi <= 3/2:  ln M = A (m - a)/(1 - 2 A a) - ln(1 - 2 A a)/2                  [1, proposition 9]
//   psi > 3/2:   M = 1 + (1 - p) (A/beta)/(1 - A/beta)
//
// so K1 drops out. a <= h/3 and 1/beta <= 5 h/6 wherever they are used, since s^2/m <= h and psi =
// 3/2 parts them: M exists for every v if A h < 6/5.
//
// Full truncation [2]: drift and diffusion see max(v, 0). Local volatility: the explicit scheme of
// weak order 2 without derivatives [3, (15.1.1)], with both ends' volatilities as cubics.
//
// [1] Andersen, L. (2008), J. Computational Finance 11(3), 1-42.
// [2] Lord, R., Koekkoek, R. and van Dijk, D. (2010), Quantitative Finance 10(2), 177-194.
// [3] Kloeden, P. E. and Platen, E. (1992), Numerical Solution of Stochastic Differential
//     Equations, Springer.
#pragma once

#define STRIKEPROOF_UNFUSED  // the same bits on every machine

#include "dynamics_kernels.hpp"
#include "vector_math.hpp"

namespace strikeproof::simd {
namespace {

constexpr double kSwitch = 1.5;    // psi that parts the two laws
constexpr double kLeast = 1e-290;  // a mean that is as good as 0: v' is 0 then

/// N(-z), relative error below 1e-14 for |z| < 30.
STRIKEPROOF_INLINE Real upper_tail(Real z) noexcept {
  const Real inverse = 1.0 / (magnitude(z) + 5.0);
  const Real mills = polynomial(kMills, 1.0 - 9.0 * inverse) * inverse;
  const Real power = maximum(-0.5 * (z * z), splat(-500.0));
  const Real tail = exp_near(power, Real{}) * kInverseRootTwoPi * mills;
  return select(z > 0.0, tail, 1.0 - tail);
}

void quadratic_exponential(std::size_t count, const QuadraticExponentialStep& step,
                           const VarianceRows& rows) noexcept {
  for (std::size_t at = 0; at < count; at += kLanes) {
    const Real v = load(rows.variance + at);
    const Real z = load(rows.variance_normals + at);
    const Real m = maximum(step.decay * v + step.pull, splat(kLeast));
    const Real inverse = 1.0 / m;
    const Real spread = step.spread * ((m - 0.5 * step.pull) * inverse);  // s^2/m
    const Bits wide = spread > kSwitch * m;

    const Real root = square_root(maximum(1.0 - 0.5 * (spread * inverse), Real{}));
    const Real a = spread / (2.0 * (1.0 + root));
    const Real sum = square_root(maximum(m - a, Real{})) + square_root(a) * z;
    Real next = sum * sum;
    Real below = 1.0 - (2.0 * step.moment) * a;
    Real inside = below;
    if (any(wide)) {
      const Real mean = 0.5 * (m + spread);  // 1/beta
      const Real chance = m / mean;          // 1 - p
      const Real jump = mean * log_near(chance / upper_tail(z));
      next = select(wide, maximum(jump, Real{}), next);
      below = select(wide, 1.0 - step.moment * mean, below);
      inside = select(wide, 1.0 + chance * (step.moment * mean) / below, below);
    }
    const Real logarithm = log_near(inside);
    const Real log_moment =
        select(wide, logarithm, step.moment * (m - a) / below - 0.5 * logarithm);
    const Real both = v + next;
    const Real move = square_root(step.diffusion * both) * load(rows.spot_normals + at);
    const Real drift = step.drift - (log_moment + (0.5 * step.diffusion) * v);
    store(rows.log_spot + at, load(rows.log_spot + at) + (drift + step.slope * next + move));
    store(rows.variance + at, next);
    if (rows.integrated != nullptr) store(rows.integrated + at, step.half_length * both);
  }
}

void full_truncation(std::size_t count, const FullTruncationStep& step,
                     const VarianceRows& rows) noexcept {
  for (std::size_t at = 0; at < count; at += kLanes) {
    const Real v = load(rows.variance + at);
    const Real z = load(rows.variance_normals + at);
    const Real positive = maximum(v, Real{});
    const Real root = square_root(positive);
    const Real shock = step.correlation * z + step.complement * load(rows.spot_normals + at);
    const Real gain = step.drift - (0.5 * step.length) * positive + step.root_length * root * shock;
    store(rows.log_spot + at, load(rows.log_spot + at) + gain);
    store(rows.variance + at, v + (step.level - step.pull * positive) + step.noise * root * z);
    if (rows.integrated != nullptr) store(rows.integrated + at, step.length * positive);
  }
}

STRIKEPROOF_INLINE Real look_up(const CubicTable& table, Real x) noexcept {
  const Real bounded = minimum(maximum(x, splat(-table.reach)), splat(table.reach));
  const Real place = (bounded + table.reach) * table.scale;
  const double last = static_cast<double>(table.intervals - 1);
  // the nearest integer below: the fraction may be off by one part, where the cubics agree
  const Real part = minimum(maximum((place - 0.5 + kRounder) - kRounder, Real{}), splat(last));
  const Real u = place - part;
  const UnsignedBits index = bits_of(part + kRounder) & 0xffffffffULL;
  Real c0{};
  Real c1{};
  Real c2{};
  Real c3{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const double* const c = table.coefficients + 4 * index[lane];
    c0[lane] = c[0];
    c1[lane] = c[1];
    c2[lane] = c[2];
    c3[lane] = c[3];
  }
  return c0 + u * (c1 + u * (c2 + u * c3));
}

void local_volatility(std::size_t count, const LocalVolatilityStep& step, const double* normals,
                      double* log_spot, double* integrated) noexcept {
  const double dt = step.length;
  const double root = step.root_length;
  for (std::size_t at = 0; at < count; at += kLanes) {
    const Real x = load(log_spot + at) - step.log_forward_before;
    const Real z = load(normals + at);
    const Real b = look_up(step.start, x);
    const Real base = x - (0.5 * dt) * (b * b);
    const Real reach = b * root;
    const Real up = look_up(step.end, base + reach);
    const Real down = look_up(step.end, base - reach);
    const Real ahead = look_up(step.end, base + reach * z);
    const Real both = b * b + ahead * ahead;
    const Real noise = (up + down + 2.0 * b) * z + (up - down) * (z * z - 1.0);
    const Real next = x - (0.25 * dt) * both + (0.25 * root) * noise;
    store(log_spot + at, next + step.log_forward_after);
    if (integrated != nullptr) store(integrated + at, (0.5 * dt) * both);
  }
}

/// The table of this translation unit's instruction set.
constexpr DynamicsKernels dynamics_table() {
  return {quadratic_exponential, full_truncation, local_volatility};
}

}  // namespace
}  // namespace strikeproof::simd
