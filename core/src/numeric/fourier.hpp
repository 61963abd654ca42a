// European options of any model whose moments are known, each to digits of its own.
//
// With X = ln(S/F), L(u) = ln E[exp(u X)], k = ln(K/F) and the option out of the money:  [1, 2]
//
//   price/F = 1/(2 pi) int exp(k (1 - u) + L(u)) / (u (u - 1)) |du|,   u = c + i y
//
// c in (1, highest) gives the call and c in (lowest, 0) the put, where (lowest, highest) are the
// moments that are finite. Times u it is the derivative by the forward, times u (u - 1) the second
// one times F. Along the real axis the integrand is convex: its least value is the saddle point
// through which the contour goes [2, 3]. There the integrand is of the price's own size, so that
// no digits cancel however small the price is. (-i u is the usual argument of the characteristic
// function.)
//
// The contour u(y) = c + b ((cosh y - 1) sin t + i sinh y cos t) bends to the side where exp(-u k)
// decays [4]; b is the saddle's width unless a singularity is nearer. In y the integrand is
// analytic within |t|, and the trapezoidal rule converges like exp(-2 pi |t|/step): halving the
// step squares the error. The last change, squared, is the error to expect, or the one before to
// the fourth power: a change may be small by chance, two in a row are not.
//
// Where moments beyond 1 (or below 0) end at once, and where E[min(S, K)] is small beside the
// forward and the strike, c in (0, 1) gives E[min(S, K)] instead, of which the option is the rest:
// there the outer saddle is no more than the neighbourhood of a pole.
//
// [1] Lewis, A. (2001), A simple option formula for general jump-diffusion and other exponential
//     Levy processes.
// [2] Lord, R. and Kahl, C. (2007), Optimal Fourier inversion in semi-analytical option pricing,
//     J. Computational Finance 10(4), 1-30.
// [3] Andersen, L. and Lake, M. (2018), Robust high-precision option pricing by Fourier transforms:
//     contour deformations and double-exponential quadrature.
// [4] Boyarchenko, S. and Levendorskii, S. (2019), Sinh-acceleration: efficient evaluation of
//     probability distributions, option pricing, and Monte Carlo simulations, Int. J. Theoretical
//     and Applied Finance 22(3).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <concepts>
#include <limits>
#include <numbers>

namespace strikeproof::fourier {

using Complex = std::complex<double>;

/// Orders of the moments E[exp(u X)] that are finite; it holds [0, 1].
struct Strip {
  double lowest;
  double highest;
};

/// Of the option out of the money: price as a multiple of the forward, derivative by the forward,
/// second derivative times the forward.
struct Values {
  double price;
  double delta;
  double gamma;
};

/// A distribution of X = ln(S/F), or the part of it that is to be integrated numerically: a
/// positive measure. Whoever has no part apart inherits `Whole`.
template <class M>
concept Model = requires(const M& m, Complex u, double k) {
  // ln of the measure's E[exp(u X)], continued over the plane without the real axis outside the
  // strip
  { m.log_moment(u) } -> std::same_as<Complex>;
  { m.strip() } -> std::same_as<Strip>;
  // log_moment(u) - drift() u decays, or stays, to both sides of the imaginary axis
  { m.drift() } -> std::same_as<double>;
  // angle with the imaginary axis up to which it does so from the origin on
  { m.sector() } -> std::same_as<double>;
  // of the order of the standard deviation of X, above 0
  { m.spread() } -> std::same_as<double>;
  { m.mass() } -> std::same_as<double>;  // exp(log_moment(0))
  { m.mean() } -> std::same_as<double>;  // exp(log_moment(1))
  // what the rest of the distribution adds to the option out of the money at K = F exp(k)
  { m.known(k) } -> std::same_as<Values>;
};

struct Whole {
  [[nodiscard]] double mass() const noexcept { return 1.0; }
  [[nodiscard]] double mean() const noexcept { return 1.0; }
  [[nodiscard]] Values known(double /*k*/) const noexcept { return {0.0, 0.0, 0.0}; }
};

/// Values and the relative errors to expect of them, infinite where the rule did not settle.
struct Estimate {
  Values value;
  Values error;
};

namespace detail {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kRounding = std::numeric_limits<double>::epsilon();
constexpr double kSettled = 1e-13;     // relative error to expect with which the step is fine
constexpr double kNegligible = 1e-17;  // of a term beside the sum so far
constexpr double kFarthest = 230.0;    // of y: exp(230) is beyond every scale in use
constexpr int kLevels = 8;
constexpr double kStepsToAccuracy = 10.0;  // first level: exp(-10)
constexpr double kEnough = 1e-12;          // relative error with which no other contour is tried
constexpr double kHopeless = 1e-9;         // relative rounding beyond which no step helps
constexpr double kUnderflow = -800.0;      // exponent of what rounds to 0 with any of its factors
constexpr double kLeastRoom = 1e-3;        // of moments beyond 1 or below 0
constexpr double kSmallCovered = -1.2;     // logarithm of E[min(S, K)] over its bound
constexpr double kSaddleWidths = 4.0;      // scale of the contour
constexpr int kBisections = 20;            // to a small part of the narrowest saddle

constexpr std::size_t kQuantities = 3;
enum Quantity : std::size_t { kPrice, kDelta, kGamma };
using Sums = std::array<double, kQuantities>;
using Wanted = std::array<bool, kQuantities>;

/// Where the contour crosses the real axis.
struct Crossing {
  double place;
  double width;  // of the saddle
  double room_below;
  double room_above;
  bool vanishes;  // the integrand, and so the option, is below every double
};

template <Model M>
double exponent(const M& model, double k, double u) {
  return k * (1.0 - u) + model.log_moment(Complex{u, 0.0}).real();
}

/// Chernoff's bound: the option and its derivatives are below every double.
template <Model M>
bool negligible(const M& model, double k, double u) {
  return exponent(model, k, u) + 2.0 * std::log(1.0 + std::abs(u)) < kUnderflow;
}

/// Derivative of the logarithm of the integrand; `reach` is the distance to the next singularity.
template <Model M>
double slope(const M& model, double k, double u, double reach, Quantity quantity) {
  const double small = 1e-3 * reach;
  const double moments = model.log_moment(Complex{u, small}).imag() / small;
  const double poles =
      (quantity == kPrice ? 1.0 / u : 0.0) + (quantity != kGamma ? 1.0 / (u - 1.0) : 0.0);
  return moments - k - poles;
}

template <Model M>
double curvature(const M& model, double u, double reach, Quantity quantity) {
  const double small = 0.03 * reach;
  const double fall =
      model.log_moment(Complex{u, 0.0}).real() - model.log_moment(Complex{u, small}).real();
  return std::max(0.0, 2.0 * fall / (small * small)) + (quantity == kPrice ? 1.0 / (u * u) : 0.0) +
         (quantity != kGamma ? 1.0 / ((u - 1.0) * (u - 1.0)) : 0.0);
}

/// The saddle between two singularities of the integrand, each of which may be infinitely far.
template <Model M>
Crossing saddle(const M& model, double k, double lowest, double highest, Quantity quantity) {
  double low = lowest;
  double high = highest;
  for (const bool up : {false, true}) {
    if (std::isfinite(up ? highest : lowest)) continue;
    const double other = up ? low : std::min(high, 1.0);
    double span = 1.0 / model.spread();
    for (bool beyond = false; !beyond; span *= 2.0) {
      const double u = up ? other + span : other - span;
      if (negligible(model, k, u)) return {u, 0.0, 0.0, 0.0, true};
      if (!(span > 0.0 && span < 1e150)) return {u, kInfinity, 0.0, 0.0, false};
      beyond = (slope(model, k, u, span, quantity) > 0.0) == up;
      (up ? high : low) = u;
    }
  }
  // by halving the logarithm of the ratio of the distances to both ends
  double left = -30.0;
  double right = 30.0;
  double below = 0.0;
  double above = 0.0;
  const auto place = [&](double t) {
    below = (high - low) / (1.0 + std::exp(-t));
    above = (high - low) / (1.0 + std::exp(t));
    return below < above ? low + below : high - above;
  };
  for (int n = 0; n < kBisections; ++n) {
    const double middle = 0.5 * (left + right);
    const double u = place(middle);
    (slope(model, k, u, std::min(below, above), quantity) > 0.0 ? right : left) = middle;
  }
  const double u = place(0.5 * (left + right));
  if (negligible(model, k, u)) return {u, 0.0, 0.0, 0.0, true};
  const double width = 1.0 / std::sqrt(curvature(model, u, std::min(below, above), quantity));
  return {u, width, u - lowest, highest - u, false};
}

/// The hyperbola of the file's head.
struct Contour {
  double place;  // c
  double scale;  // b
  double turn_cos;
  double turn_sin;
  double first_step;
};

/// The widest hyperbola up to the saddle's scale of which all neighbours, those of the strip in y,
/// pass between the same singularities.
inline Contour contour(const Crossing& at, double turn) noexcept {
  const double reach_back = std::sin(std::abs(turn));
  const double reach_on = std::sin(2.0 * std::abs(turn)) - reach_back;
  const double room_back = turn > 0.0 ? at.room_below : at.room_above;
  const double room_on = turn > 0.0 ? at.room_above : at.room_below;
  const double widest = 0.9 * std::min(room_back / reach_back, room_on / reach_on);
  return {at.place, std::min(kSaddleWidths * at.width, widest), std::cos(turn), std::sin(turn),
          2.0 * std::numbers::pi * std::abs(turn) / kStepsToAccuracy};
}

/// The nodes of one level: sums of the terms and of their sizes. False where they do not decay.
template <Model M>
bool add_level(const M& model, double k, const Contour& on, int level, const Wanted& wanted,
               const Sums& sizes, Sums& sum, Sums& size) {
  const double start = model.log_moment(Complex{on.place, 0.0}).real();
  const double step = std::ldexp(on.first_step, -level);
  const double b = on.scale;
  // level 0 has every multiple of its step, the next ones the odd multiples of theirs
  for (int n = level == 0 ? 0 : 1; n * step < kFarthest; n += level == 0 ? 1 : 2) {
    const double across = std::sinh(n * step);
    const double along = std::cosh(n * step);
    const double half = std::sinh(0.5 * n * step);
    const Complex away{b * 2.0 * half * half * on.turn_sin, b * across * on.turn_cos};
    const Complex u = on.place + away;
    const Complex speed{b * along * on.turn_cos, -b * across * on.turn_sin};
    // the other half of the contour is the mirror image
    const double weight = step / std::numbers::pi * (n == 0 ? 0.5 : 1.0);
    const Complex density = std::exp(model.log_moment(u) - start - k * away) * speed * weight;
    const Complex delta = density / (u - 1.0);
    const std::array<Complex, kQuantities> terms{delta / u, delta, density};
    bool ended = true;
    for (std::size_t i = 0; i < kQuantities; ++i) {
      const double modulus = std::abs(terms[i].real()) + std::abs(terms[i].imag());
      sum[i] += terms[i].real();
      size[i] += modulus;
      ended = ended && (!wanted[i] || modulus <= kNegligible * (size[i] + sizes[i]));
    }
    if (ended) return true;
  }
  return false;
}

/// The integrals along the contour through `at`; those wanted have to settle.
template <Model M>
Estimate integral(const M& model, double k, const Crossing& at, const Wanted& wanted) {
  const Contour on = contour(at, std::copysign(0.5 * model.sector(), k - model.drift()));
  Sums total{};
  Sums change{};
  Sums expected{};  // relative error
  Sums sizes{};
  bool settled = false;
  for (int level = 0; level < kLevels && !settled; ++level) {
    Sums sum{};
    Sums size{};
    // what does not decay, such as a density where it is infinite, has no answer at finer steps
    if (!add_level(model, k, on, level, wanted, sizes, sum, size)) break;
    settled = level > 0;
    for (std::size_t i = 0; i < kQuantities; ++i) {
      const double share = level == 0 ? 0.0 : 0.5;  // the step was halved: so were the weights
      const double next = share * total[i] + sum[i];
      const double before = level > 1 ? change[i] * change[i] : kInfinity;
      change[i] = level == 0 ? kInfinity : std::abs(next - total[i]) / std::abs(next);
      const double last = std::max(change[i], before);
      expected[i] = last * last;
      total[i] = next;
      sizes[i] = share * sizes[i] + size[i];
      const bool hopeless = 4.0 * kRounding * sizes[i] > kHopeless * std::abs(total[i]);
      settled = settled && (!wanted[i] || hopeless || expected[i] < kSettled);
    }
  }
  const double scale = std::exp(exponent(model, k, at.place));
  Sums error{};
  for (std::size_t i = 0; i < kQuantities; ++i) {
    const double rounding = 4.0 * kRounding * sizes[i] / std::abs(total[i]);
    error[i] = settled && expected[i] < kSettled ? 10.0 * expected[i] + rounding : kInfinity;
  }
  return {{scale * total[0], scale * total[1], scale * total[2]}, {error[0], error[1], error[2]}};
}

/// The option as what E[min(S, K)] leaves of the forward or of the strike.
template <Model M>
Estimate rest_of_covered(const M& model, double k, bool call, bool all) {
  const Crossing at = saddle(model, k, 0.0, 1.0, kPrice);
  Estimate found = at.vanishes ? Estimate{} : integral(model, k, at, {true, all, all});
  const double held = -found.value.price;  // u (u - 1) is negative there
  const double bound = call ? model.mean() : model.mass() * std::exp(k);
  const double part = call ? model.mean() : 0.0;
  const double delta = part + found.value.delta;
  found.error.price = (found.error.price * held + kRounding * bound) / std::abs(bound - held);
  found.error.delta =
      (found.error.delta * std::abs(found.value.delta) + kRounding * part) / std::abs(delta);
  found.value.price = bound - held;
  found.value.delta = delta;
  return found;
}

/// One quantity along a contour of its own, where the shared one left it few digits.
template <Model M>
void improve(const M& model, double k, double low, double high, Quantity quantity, double& value,
             double& error) {
  if (error <= kEnough) return;
  const Crossing at = saddle(model, k, low, high, quantity);
  Wanted wanted{};
  wanted[quantity] = true;
  const Estimate own = at.vanishes ? Estimate{} : integral(model, k, at, wanted);
  const Sums values{own.value.price, own.value.delta, own.value.gamma};
  const Sums errors{own.error.price, own.error.delta, own.error.gamma};
  if (!(errors[quantity] < error)) return;
  value = values[quantity];
  error = errors[quantity];
}

/// The measure's part of the option out of the money.
template <Model M>
Estimate measured(const M& model, double k, bool all) {
  const bool call = k > 0.0;
  const Strip strip = model.strip();
  const double room = call ? strip.highest - 1.0 : -strip.lowest;
  // min(S, K) <= sqrt(S K)
  const double covered = exponent(model, 0.0, 0.5) + 0.5 * std::abs(k);
  if (!(room > kLeastRoom) ||
      covered < kSmallCovered + std::log(std::min(model.mass(), model.mean()))) {
    return rest_of_covered(model, k, call, all);
  }
  const Crossing at =
      saddle(model, k, call ? 1.0 : strip.lowest, call ? strip.highest : 0.0, kPrice);
  if (at.vanishes) return {};
  Estimate found = integral(model, k, at, {true, all, all});
  if (!all) return found;
  improve(model, k, call ? 1.0 : strip.lowest, call ? strip.highest : 1.0, kDelta,
          found.value.delta, found.error.delta);
  improve(model, k, strip.lowest, strip.highest, kGamma, found.value.gamma, found.error.gamma);
  return found;
}

/// Sum of two numbers of one sign, the first with its relative error.
inline void add(double known, double& value, double& error) {
  if (known == 0.0) return;
  error = value == 0.0 ? kRounding : error * (value / (value + known)) + kRounding;
  value += known;
}

}  // namespace detail

/// The option out of the money at K = F exp(k): the call for k > 0, else the put. `all`: delta and
/// gamma are to settle as well, not the price alone.
template <Model M>
[[nodiscard]] Estimate out_of_the_money(const M& model, double k, bool all) {
  Estimate found = detail::measured(model, k, all);
  const Values known = model.known(k);
  detail::add(known.price, found.value.price, found.error.price);
  detail::add(known.delta, found.value.delta, found.error.delta);
  detail::add(known.gamma, found.value.gamma, found.error.gamma);
  return found;
}

}  // namespace strikeproof::fourier
