// Heston's characteristic function at many nodes of a contour, and the strikes' sums over them.
// Formulas: src/heston.cpp and src/heston_characteristic.cpp. Internal to the core; included by the
// kernels' translation units only.
#pragma once

#include "heston_kernels.hpp"
#include "vector_complex.hpp"

namespace strikeproof::simd {
namespace {

constexpr std::size_t kParts = kBlockNodes / kLanes;

constexpr double kNumbers[kBlockNodes] = {0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0};

/// Argument and slope of the contour at y.
struct Point {
  Complex argument;
  Complex slope;
};

STRIKEPROOF_INLINE Point point(const HestonContour& c, Real y) noexcept {
  const Real up = exp_near(y, Real{});
  const Real down = 1.0 / up;
  const Real across = (0.5 * c.scale) * (up - down);
  const Real along = (0.5 * c.scale) * (up + down);
  return {{across * c.angle_cosine, multiply_add(along - c.scale, c.angle_sine, -0.5)},
          {along * c.angle_cosine, across * c.angle_sine}};
}

/// The lines of the head of src/heston_characteristic.cpp, by name.
struct Terms {
  Complex quadratic;
  Complex beta;
  Complex inverse_d;
  Complex exponent;  // d T
  Complex decay;
  Complex s;
  Complex inverse_sum;  // 1/(beta + d)
  Complex r;
  Complex inverse_denominator;
  Complex by_variance;
  Complex product;    // sigma^2 r s/2
  Complex logarithm;  // log1p of it
  Complex by_pull;
};

STRIKEPROOF_INLINE Terms terms(const HestonContour& c, Complex x) noexcept {
  const double sigma = c.model.volatility_of_variance;
  const double square = sigma * sigma;
  const double tilt = c.model.correlation * sigma;
  Terms t;
  t.quadratic = {multiply_add(x.real, x.real, -(x.imag * (x.imag + 1.0))),
                 x.real * (2.0 * x.imag + 1.0)};
  t.beta = {c.model.mean_reversion + tilt * x.imag, -(tilt * x.real)};
  const Complex d = square_root(square_of(t.beta) + square * t.quadratic);
  t.inverse_d = inverse(d);
  t.exponent = c.time * d;
  const Complex gone = decayed(t.exponent);
  t.decay = 1.0 + -gone;
  t.s = gone * t.inverse_d;
  t.inverse_sum = inverse(t.beta + d);
  t.r = -(t.quadratic * t.inverse_sum);
  t.inverse_denominator = inverse(t.beta * t.s + (1.0 + t.decay));
  t.by_variance = -(t.quadratic * t.s * t.inverse_denominator);
  t.product = (0.5 * square) * (t.r * t.s);
  t.logarithm = log_one_plus(t.product);
  t.by_pull = c.time * t.r - (2.0 / square) * t.logarithm;
  return t;
}

/// Derivative of (1 - exp(-d T))/d by d; a series to the fifth power below d T = 0.01.
STRIKEPROOF_INLINE Complex annuity_slope(const Terms& t, double time) noexcept {
  const Complex z = t.exponent;
  const Complex direct = (time * t.decay - t.s) * t.inverse_d;
  const Complex inner = (-1.0 / 30.0) + z * ((1.0 / 144.0) + (-1.0 / 840.0) * z);
  const Complex outer = (1.0 / 3.0) + z * ((-1.0 / 8.0) + -(z * inner));
  const Complex series = (time * time) * (-0.5 + z * outer);
  return select(norm(z) > 1e-4, direct, series);
}

/// (1/(1 + h) - log1p(h)/h)/h; a series below 0.01.
STRIKEPROOF_INLINE Complex log_curvature(Complex h, Complex logarithm) noexcept {
  const Complex over = inverse(h);
  const Complex direct = (inverse(1.0 + h) - logarithm * over) * over;
  const Complex inner = (4.0 / 5.0) + -(h * ((5.0 / 6.0) + (-6.0 / 7.0) * h));
  const Complex series = -0.5 + h * ((2.0 / 3.0) + -(h * ((3.0 / 4.0) + -(h * inner))));
  return select(norm(h) > 1e-4, direct, series);
}

struct PairSlopes {
  Complex by_variance;
  Complex by_pull;
};

/// As in src/heston_characteristic.cpp.
STRIKEPROOF_INLINE PairSlopes slopes_of(const Terms& t, double time, Complex by_d,
                                        Complex inverse_grown, Complex beta_slope,
                                        Complex half_square_slope) noexcept {
  const Complex d_slope = (t.beta * beta_slope + half_square_slope) * t.inverse_d;
  const Complex s_slope = by_d * d_slope;
  const Complex decay_slope = -(time * (t.decay * d_slope));
  const Complex denominator_slope = beta_slope * t.s + t.beta * s_slope + decay_slope;
  const Complex by_variance =
      -((t.quadratic * s_slope + t.by_variance * denominator_slope) * t.inverse_denominator);
  const Complex r_slope = -(t.r * (beta_slope + d_slope) * t.inverse_sum);
  const Complex product_slope = r_slope * t.s + t.r * s_slope;
  return {by_variance, time * r_slope - product_slope * inverse_grown};
}

STRIKEPROOF_INLINE void put_slope(double* to, std::size_t parameter, Complex weight,
                                  Complex slope) noexcept {
  const Complex value = weight * slope;
  store(to + 2 * parameter * kBlockNodes, value.real);
  store(to + (2 * parameter + 1) * kBlockNodes, value.imag);
}

STRIKEPROOF_INLINE void put_slopes(const HestonContour& c, const Terms& t, Complex x,
                                   Complex weight, double* to) noexcept {
  const double sigma = c.model.volatility_of_variance;
  const double kappa = c.model.mean_reversion;
  const double theta = c.model.long_run_variance;
  const double v0 = c.model.initial_variance;
  const Complex by_d = annuity_slope(t, c.time);
  const Complex grown = inverse(1.0 + t.product);
  const Complex turned = {x.imag, -x.real};  // -i x
  const Complex one = {splat(1.0), Real{}};
  const Complex none = {Real{}, Real{}};
  put_slope(to, heston::kInitialVariance, weight, t.by_variance);
  put_slope(to, heston::kLongRunVariance, weight, kappa * t.by_pull);
  const PairSlopes by_kappa = slopes_of(t, c.time, by_d, grown, one, none);
  put_slope(to, heston::kMeanReversion, weight,
            v0 * by_kappa.by_variance + theta * (t.by_pull + kappa * by_kappa.by_pull));
  const PairSlopes by_sigma =
      slopes_of(t, c.time, by_d, grown, c.model.correlation * turned, sigma * t.quadratic);
  const Complex rs = t.r * t.s;
  const Complex curved = sigma * (square_of(rs) * log_curvature(t.product, t.logarithm));
  put_slope(to, heston::kVolatilityOfVariance, weight,
            v0 * by_sigma.by_variance + (kappa * theta) * (by_sigma.by_pull - curved));
  const PairSlopes by_rho = slopes_of(t, c.time, by_d, grown, sigma * turned, none);
  put_slope(to, heston::kCorrelation, weight,
            v0 * by_rho.by_variance + (kappa * theta) * by_rho.by_pull);
  const Complex riccati =
      (0.5 * sigma * sigma) * square_of(t.by_variance) - 0.5 * t.quadratic - t.beta * t.by_variance;
  put_slope(to, heston::kTimeToExpiry, weight, v0 * riccati + (kappa * theta) * t.by_variance);
}

template <bool with_slopes>
STRIKEPROOF_INLINE bool fill(const HestonContour& c, double first, double stride, double* block,
                             double* slopes) noexcept {
  const double pull = c.model.mean_reversion * c.model.long_run_variance;
  bool matters = true;
  for (std::size_t part = 0; part < kParts; ++part) {
    const std::size_t at = part * kLanes;
    const Real y = (first + stride * load(kNumbers + at)) * c.step;
    const Point p = point(c, y);
    const Terms t = terms(c, p.argument);
    const Complex exponent = c.model.initial_variance * t.by_variance + pull * t.by_pull;
    // the half y < 0 is the mirror image: twice the real part of the other, the origin but once
    const Real share = select(y == 0.0, splat(0.5 * kInversePi), splat(kInversePi)) * c.step;
    const Complex weight = scaled(share, exponential_of(exponent) * p.slope * inverse(t.quadratic));
    store(block + at, p.argument.real);
    store(block + kBlockNodes + at, p.argument.imag);
    store(block + 2 * kBlockNodes + at, weight.real);
    store(block + 3 * kBlockNodes + at, weight.imag);
    const Real size = 1.0 + norm(p.argument);
    const Bits large = norm(weight) * size * size > kNegligibleWeight * kNegligibleWeight;
    const Bits near = magnitude(p.argument.imag + 0.5) < 0.5;
    matters = (large | near)[kLanes - 1] != 0;
    if constexpr (with_slopes) put_slopes(c, t, p.argument, weight, slopes + at);
  }
  return matters;
}

bool nodes(const HestonContour& c, double first, double stride, double* block,
           double* slopes) noexcept {
  return slopes == nullptr ? fill<false>(c, first, stride, block, nullptr)
                           : fill<true>(c, first, stride, block, slopes);
}

/// The eight partial sums together, in a fixed order.
STRIKEPROOF_INLINE PartialSum gathered(const Real (&parts)[kParts]) noexcept {
  double p[kBlockNodes];
  for (std::size_t part = 0; part < kParts; ++part) store(p + part * kLanes, parts[part]);
  const double even = (p[0] + p[2]) + (p[4] + p[6]);
  const double odd = (p[1] + p[3]) + (p[5] + p[7]);
  return {even + odd, odd - even};
}

// Weights and their products with x^2 being bounded, beyond this exponent nothing adds.
constexpr double kLeastExponent = -80.0;

template <std::size_t count>
void sums(const double* blocks, const double* slopes, std::size_t size, double log_strike,
          PartialSum* found) noexcept {
  constexpr std::size_t kOwnSlopes = count > kSumSlopes ? count - kSumSlopes : 0;
  Real total[count][kParts] = {};
  for (std::size_t b = 0; b < size; ++b) {
    const double* const block = blocks + b * kBlockSize;
    if (log_strike * (1.0 + block[kBlockNodes]) < kLeastExponent) break;
    for (std::size_t part = 0; part < kParts; ++part) {
      const double* const at = block + part * kLanes;
      const Complex x = {load(at), load(at + kBlockNodes)};
      const Complex weight = {load(at + 2 * kBlockNodes), load(at + 3 * kBlockNodes)};
      // exp(k (1 - i x)), and its products with i x and (i x)^2 - i x
      const Complex turned = exponential_of({log_strike * (1.0 + x.imag), -(log_strike * x.real)});
      const Complex value = weight * turned;
      const Complex once = {-multiply_add(x.imag, value.real, x.real * value.imag),
                            multiply_add(x.real, value.real, -(x.imag * value.imag))};
      total[kSumPrice][part] += value.real;
      total[kSumDelta][part] += once.real;
      if constexpr (count > kSumGamma) {
        total[kSumGamma][part] -= multiply_add(x.imag + 1.0, once.real, x.real * once.imag);
      }
      if constexpr (count > kSumSlopes) {
        const double* by = slopes + b * kOwnSlopes * 2 * kBlockNodes + part * kLanes;
        for (std::size_t p = 0; p < kOwnSlopes; ++p, by += 2 * kBlockNodes) {
          Real& sum = total[kSumSlopes + p][part];
          sum = multiply_add(load(by), turned.real,
                             multiply_add(-load(by + kBlockNodes), turned.imag, sum));
        }
      }
    }
  }
  for (std::size_t k = 0; k < count; ++k) found[k] = gathered(total[k]);
}

STRIKEPROOF_INLINE Complex load_complex(const double* from) noexcept {
  return {load(from), load(from + kBlockNodes)};
}

STRIKEPROOF_INLINE void store_complex(double* to, Complex value) noexcept {
  store(to, value.real);
  store(to + kBlockNodes, value.imag);
}

STRIKEPROOF_INLINE Complex quadratic_of(Complex x) noexcept {
  return {multiply_add(x.real, x.real, -(x.imag * (x.imag + 1.0))), x.real * (2.0 * x.imag + 1.0)};
}

void join(const MixMembers& members, const double* block, const double* before,
          double* factors) noexcept {
  for (std::size_t part = 0; part < kParts; ++part) {
    const std::size_t at = part * kLanes;
    const Complex x = load_complex(block + at);
    const Complex quadratic = quadratic_of(x);
    const Complex turned =
        exponential_of({members.shift * (1.0 + x.imag), -(members.shift * x.real)});
    const Complex none = {Real{}, Real{}};
    Complex first = before == nullptr ? none : load_complex(before + at);
    Complex second = before == nullptr ? none : load_complex(before + 2 * kBlockNodes + at);
    double* to = factors + at;
    for (std::size_t m = 0; m < members.count; ++m, to += members.stride) {
      const MixMember& member = members.member[m];
      const Complex own = member.probability * exponential_of(-member.half_variance * quadratic);
      first = own + turned * first;
      second = member.count * own + turned * second;
      store_complex(to, first);
      store_complex(to + 2 * kBlockNodes, second);
    }
  }
}

void mixed(const double* block, const double* slopes, const double* factors, double* to,
           double* to_slopes) noexcept {
  constexpr std::size_t kOwn = 5;  // the model's parameters
  constexpr std::size_t kTwo = 2 * kBlockNodes;
  for (std::size_t part = 0; part < kParts; ++part) {
    const std::size_t at = part * kLanes;
    const Complex x = load_complex(block + at);
    const Complex weight = load_complex(block + kTwo + at);
    const Complex factor = load_complex(factors + at);
    store_complex(to + at, x);
    store_complex(to + kTwo + at, weight * factor);
    if (to_slopes == nullptr) continue;
    for (std::size_t p = 0; p < kOwn; ++p) {
      store_complex(to_slopes + p * kTwo + at, factor * load_complex(slopes + p * kTwo + at));
    }
    // times the number of jumps: price, delta, and the derivative by the variance of a jump
    const Complex counted = weight * load_complex(factors + kTwo + at);
    const Complex turned = {-x.imag, x.real};
    store_complex(to_slopes + kOwn * kTwo + at, counted);
    store_complex(to_slopes + (kOwn + 1) * kTwo + at, turned * counted);
    store_complex(to_slopes + (kOwn + 2) * kTwo + at, -0.5 * (quadratic_of(x) * counted));
  }
}

constexpr HestonKernels heston_table() {
  return {nodes, sums<kSumGamma>, sums<kSumSlopes>, sums<kHestonSums>, sums<kMixedSums>, join,
          mixed};
}

}  // namespace
}  // namespace strikeproof::simd
