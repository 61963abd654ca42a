// Asian options under Black-Scholes-Merton: geometric averages in closed form, arithmetic ones by
// the methods of asian_average.
//
// The logarithm of a geometric average of n fixings at T/n ... T is normal with                 [1]
//
//   mean ln S + (b - sigma^2/2) T (n + 1)/(2n),   variance sigma^2 T (n + 1)(2n + 1)/(6 n^2)
//
// and 1/2, 1/3 for a continuous one. m past fixings of geometric mean G weigh m/(m + n). The
// average as strike is an exchange of S_T for the average [2].
//
// An arithmetic average with m past fixings of mean A is an option on the n fixings to come alone,
// with strike (m + n)/n K - m/n A, n/(m + n) of it. With the average as strike and nothing past,
// the option is that on the average of the path run backwards, rate and yield exchanged [3]:
//
//   E[(phi (S_T - A))+] -> fixed strike S, -phi, weights w_{n-i}
//
// A continuous average is the limit of trapezoidal ones of 16, 32 and 64 steps, whose errors are
// even powers of the step, by Richardson's extrapolation.
//
// [1] Kemna, A. G. Z. and Vorst, A. C. F. (1990), J. Banking and Finance 14, 113-129.
// [2] Margrabe, W. (1978), J. Finance 33(1), 177-186.
// [3] Henderson, V. and Wojakowski, R. (2002), On the equivalence of floating and fixed-strike
//     Asian options, J. Appl. Prob. 39, 391-394.
#include "strikeproof/asian.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "asian_average.hpp"
#include "simd/batch.hpp"
#include "strikeproof/math/jet.hpp"

namespace strikeproof::asian {
namespace {

using math::value_of;
using Jet = math::Jet<4, 1>;  // spot, volatility, time, rate

constexpr double kLeastTime = 1e-290;  // below it products and quotients lose their digits

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kMostFixings = 20000.0;

template <class T>
struct Inputs {
  T spot, volatility, time, rate;
  double yield;
};

template <class T>
Inputs<T> inputs(const FlatMarket& m, double time) noexcept {
  if constexpr (std::is_same_v<T, double>) {
    return {m.spot, m.volatility, time, m.rate, m.dividend_yield};
  } else {
    return {T::input(m.spot, 0), T::input(m.volatility, 1), T::input(time, 2), T::input(m.rate, 3),
            m.dividend_yield};
  }
}

// (phi (F - K))+ for lognormal F with mean `forward` and deviation w, K likewise if it is one.
template <class T>
T exchange(double phi, const T& forward, const T& strike, const T& w) noexcept {
  using math::log;
  using math::normal_cdf;
  using std::log;
  if (value_of(strike) <= 0.0) return phi > 0.0 ? forward : T(0.0);
  if (!(value_of(w) > 0.0)) {
    const T gain = phi * (forward - strike);
    return value_of(gain) > 0.0 ? gain : T(0.0);
  }
  const T d1 = log(forward / strike) / w + 0.5 * w;
  return phi * (forward * normal_cdf(phi * d1) - strike * normal_cdf(phi * (d1 - w)));
}

// Shares of the geometric average: how much of it is to come, and the sums over its fixings.
struct Geometric {
  double share;     // of the fixings to come
  double mean;      // of i/n
  double variance;  // of the sum of Brownian motions, in T
  double with_end;  // covariance with the last one, in T
};

Geometric geometric_of(const AsianOption& o) noexcept {
  const double n = o.fixings;
  if (n == 0.0) {
    const double share = o.time_to_expiry / (o.time_to_expiry + o.past_fixings);
    return {o.time_to_expiry > 0.0 ? share : 0.0, 0.5, 1.0 / 3.0, 0.5};
  }
  return {n / (n + o.past_fixings), 0.5 * (n + 1.0) / n,
          (n + 1.0) * (2.0 * n + 1.0) / (6.0 * n * n), 0.5 * (n + 1.0) / n};
}

template <class T>
T geometric(const AsianOption& o, const FlatMarket& m) noexcept {
  using math::exp;
  using math::log;
  using math::sqrt;
  using std::exp;
  using std::log;
  using std::sqrt;
  const Inputs<T> in = inputs<T>(m, o.time_to_expiry);
  const Geometric g = geometric_of(o);
  const auto phi = static_cast<double>(o.type);
  const T variance = in.volatility * in.volatility * in.time;
  const T carry = (in.rate - in.yield) * in.time;
  const double past = g.share < 1.0 ? (1.0 - g.share) * std::log(o.running_average) : 0.0;
  const T own = g.share * g.share * g.variance * variance;
  const T centre = g.share * (log(in.spot) + (carry - 0.5 * variance) * g.mean) + past;
  const T average = exp(centre + 0.5 * own);
  const T discount = exp(-in.rate * in.time);
  const auto root = [](const T& v) { return value_of(v) > 0.0 ? sqrt(v) : T(0.0); };
  if (o.kind == Strike::kFixed) {
    return discount * exchange(phi, average, T(o.strike), root(own));
  }
  const T spread = variance * (1.0 - 2.0 * g.share * g.with_end) + own;
  return discount * exchange(phi, in.spot * exp(carry), average, root(spread));
}

// An option on the fixings to come: `share` of one with that strike.
struct Remaining {
  double share;
  double strike;
};

Remaining remaining(const AsianOption& o) noexcept {
  if (o.past_fixings == 0.0) return {1.0, o.strike};
  const double to_come = o.fixings == 0.0 ? o.time_to_expiry : o.fixings;
  // products with the least times have no digits; a power of two costs none
  const double scale = to_come < kLeastTime ? 0x1p600 : 1.0;
  const double left = scale * to_come;
  const double past = scale * o.past_fixings;
  const double all = left + past;
  return {left / all, (all * o.strike - past * o.running_average) / left};
}

Weighted fixed_weights(double fixings, double time) {
  const auto count = static_cast<std::size_t>(fixings);
  Weighted average{std::vector<double>(count + 1, 1.0 / fixings), time};
  average.weight[0] = 0.0;
  return average;
}

Weighted trapezoid(std::size_t count, double time) {
  const double part = 1.0 / static_cast<double>(count);
  Weighted average{std::vector<double>(count + 1, part), time};
  average.weight.front() = average.weight.back() = 0.5 * part;
  return average;
}

Slopes by_method(Method method, double phi, double strike, const Weighted& average,
                 const FlatMarket& m) {
  if (method == Method::kAccurate) return accurate(phi, strike, average, m);
  if (method == Method::kCurran) return curran(phi, strike, average, m);
  FlatMarket up = m;
  FlatMarket down = m;
  const double size = 1e-4 * m.spot;
  up.spot += size;
  down.spot -= size;
  const double here = lognormal(phi, strike, average, m);
  const double above = lognormal(phi, strike, average, up);
  const double below = lognormal(phi, strike, average, down);
  return {here, (above - below) / (2.0 * size), (above - 2.0 * here + below) / (size * size)};
}

Slopes combine(double a, const Slopes& x, double b, const Slopes& y) noexcept {
  return {a * x.price + b * y.price, a * x.delta + b * y.delta, a * x.gamma + b * y.gamma};
}

// With the mean of the continuous average: beside little volatility the rule's own error in the
// mean would be many deviations, and three such prices no even powers of the step.
Weighted trapezoid_of_mean(std::size_t count, double time, const FlatMarket& m) {
  Weighted average = trapezoid(count, time);
  if (m.volatility * std::sqrt(time) >= kLowDeviation) return average;
  const double b = (m.rate - m.dividend_yield) * time;
  const double exact = std::abs(b) < kLeastTime ? m.spot : m.spot * std::expm1(b) / b;
  const double scale = exact / mean(average, m);
  for (double& weight : average.weight) weight *= scale;
  return average;
}

// The limit of ever finer trapezoidal averages, from three of them.
Slopes continuous(Method method, double phi, double strike, double time, const FlatMarket& m) {
  const auto of = [&](std::size_t count) {
    return by_method(method, phi, strike, trapezoid_of_mean(count, time, m), m);
  };
  const Slopes coarse = of(16);
  const Slopes middle = of(32);
  const Slopes fine = of(64);
  const Slopes first = combine(4.0 / 3.0, middle, -1.0 / 3.0, coarse);
  const Slopes second = combine(4.0 / 3.0, fine, -1.0 / 3.0, middle);
  return combine(16.0 / 15.0, second, -1.0 / 15.0, first);
}

Slopes fixed_strike(const AsianOption& o, const FlatMarket& m) {
  const auto phi = static_cast<double>(o.type);
  const Remaining left = remaining(o);
  const Slopes found =
      o.fixings == 0.0
          ? continuous(o.method, phi, left.strike, o.time_to_expiry, m)
          : by_method(o.method, phi, left.strike, fixed_weights(o.fixings, o.time_to_expiry), m);
  return combine(left.share, found, 0.0, found);
}

// The price is homogeneous in the spot: no gamma, and delta is price over spot.
Slopes average_strike(const AsianOption& o, const FlatMarket& m) {
  const auto phi = static_cast<double>(o.type);
  const FlatMarket swapped{m.spot, m.dividend_yield, m.rate, m.volatility};
  double price = 0.0;
  if (o.fixings == 0.0) {
    price = continuous(o.method, -phi, m.spot, o.time_to_expiry, swapped).price;
  } else {
    Weighted average = fixed_weights(o.fixings, o.time_to_expiry);
    std::reverse(average.weight.begin(), average.weight.end());
    // the last fixing is the end itself: in the mirrored path it is the spot, and the path's own
    // end counts for nothing, so that it ends one step earlier
    average.weight.pop_back();
    const double part = o.time_to_expiry / o.fixings;
    average.time = o.time_to_expiry - part;
    if (average.weight.size() == 1) return {0.0, 0.0, 0.0};
    const double rest = std::exp(-swapped.rate * part);
    price = rest * by_method(o.method, -phi, m.spot, average, swapped).price;
  }
  return {price, price / m.spot, 0.0};
}

Slopes arithmetic(const AsianOption& o, const FlatMarket& m) {
  return o.kind == Strike::kFixed ? fixed_strike(o, m) : average_strike(o, m);
}

// Mean of the fixings to come, with the forward at each.
double certain_left(const AsianOption& o, const FlatMarket& m) noexcept {
  const double b = (m.rate - m.dividend_yield) * o.time_to_expiry;
  if (std::abs(b) < kLeastTime) return m.spot;
  if (o.fixings == 0.0) return m.spot * std::expm1(b) / b;
  const double part = b / o.fixings;
  return m.spot * std::exp(part) * std::expm1(b) / std::expm1(part) / o.fixings;
}

// Without volatility or time the average is known.
double certain_average(const AsianOption& o, const FlatMarket& m) noexcept {
  const double left = certain_left(o, m);
  if (o.past_fixings == 0.0) return left;
  const double to_come = o.fixings == 0.0 ? o.time_to_expiry : o.fixings;
  const double all = to_come + o.past_fixings;
  // shares, not products with times: those may be too small to have digits
  return to_come / all * left + o.past_fixings / all * o.running_average;
}

double certain(const AsianOption& o, const FlatMarket& m) noexcept {
  const auto phi = static_cast<double>(o.type);
  const double end = m.spot * std::exp((m.rate - m.dividend_yield) * o.time_to_expiry);
  const double average = certain_average(o, m);
  const double gain = o.kind == Strike::kFixed ? average - o.strike : end - average;
  return std::exp(-m.rate * o.time_to_expiry) * std::max(phi * gain, 0.0);
}

bool is_certain(const AsianOption& o, const FlatMarket& m) noexcept {
  return o.time_to_expiry == 0.0 || m.volatility == 0.0;
}

Status checked(const AsianOption& o, const FlatMarket& m) noexcept {
  const Status status = simd::check_inputs<2, 7>(
      {m.rate, m.dividend_yield}, {o.strike, o.time_to_expiry, o.fixings, o.past_fixings,
                                   o.running_average, m.spot, m.volatility});
  if (status != Status::kOk) return status;
  const bool whole = o.fixings == std::floor(o.fixings) && o.fixings <= kMostFixings;
  const bool past = o.past_fixings == 0.0 || o.running_average > 0.0;
  // the mirrored path of an average strike has no past
  const bool mirrored = o.average == Average::kGeometric || o.kind == Strike::kFixed ||
                        o.past_fixings == 0.0 || is_certain(o, m);
  const bool inside = m.spot > 0.0 && whole && past && mirrored;
  return inside ? Status::kOk : Status::kOutOfDomain;
}

// Why a price is no number.
Status failure(const AsianOption& o, double price) noexcept {
  const bool grid = o.average == Average::kArithmetic && o.method == Method::kAccurate;
  return grid && std::isnan(price) ? Status::kNotConverged : Status::kOverflow;
}

double price_of(const AsianOption& o, const FlatMarket& m) noexcept {
  if (o.average == Average::kGeometric) return geometric<double>(o, m);
  if (is_certain(o, m)) return certain(o, m);
  return arithmetic(o, m).price;
}

// Derivative of the price by one number: differences of two sizes, extrapolated.
template <class Shifted>
double slope(double size, const Shifted& shifted) noexcept {
  const auto difference = [&](double h) { return (shifted(h) - shifted(-h)) / (2.0 * h); };
  return (4.0 * difference(0.5 * size) - difference(size)) / 3.0;
}

Greeks arithmetic_greeks(const AsianOption& o, const FlatMarket& m) noexcept {
  const Slopes found = arithmetic(o, m);
  const auto with = [&](double FlatMarket::* input, double h) {
    FlatMarket moved = m;
    moved.*input += h;
    return arithmetic(o, moved).price;
  };
  const auto later = [&](double h) {
    AsianOption moved = o;
    moved.time_to_expiry += h;
    return arithmetic(moved, m).price;
  };
  // steps that move the mean by a small part of its deviation, but are more than rounding
  const double time = o.time_to_expiry;
  const double part = 0.02 * m.volatility * std::sqrt(time);
  const double by_rate = std::max(std::min(1e-3, part / time), 1e-9);
  const double growth = std::abs(m.rate - m.dividend_yield) * time;
  const double by_time = time * std::max(std::min(0.02, part / growth), 1e-9);
  return {found.price,
          found.delta,
          found.gamma,
          slope(0.02 * m.volatility, [&](double h) { return with(&FlatMarket::volatility, h); }),
          -slope(by_time, later),
          slope(by_rate, [&](double h) { return with(&FlatMarket::rate, h); })};
}

}  // namespace

PriceResult price(const AsianOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return {kNaN, status};
  const double found = price_of(option, market);
  if (!std::isfinite(found)) return {kNaN, failure(option, found)};
  return {std::max(found, 0.0), Status::kOk};
}

GreeksResult greeks(const AsianOption& option, const FlatMarket& market) noexcept {
  constexpr Greeks kNone{kNaN, kNaN, kNaN, kNaN, kNaN, kNaN};
  const Status status = checked(option, market);
  if (status != Status::kOk) return {kNone, status};
  if (is_certain(option, market)) return {kNone, Status::kOverflow};  // a kink, or a closed book
  Greeks g{};
  if (option.average == Average::kGeometric) {
    const Jet v = geometric<Jet>(option, market);
    g = {v.value, v.first[0], v.second[0], v.first[1], -v.first[2], v.first[3]};
  } else {
    g = arithmetic_greeks(option, market);
  }
  const double sum = g.price + g.delta + g.gamma + g.vega + g.theta + g.rho;
  if (!is_finite(g)) return {kNone, failure(option, sum)};
  return {g, Status::kOk};
}

}  // namespace strikeproof::asian
