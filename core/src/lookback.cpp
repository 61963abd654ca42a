// Lookback options under Black-Scholes-Merton, watched continuously.
//
//   b = r - q, w = sigma sqrt(T), h = ln(S/L)/w, nu = 2 b / sigma^2, delta = nu w / 2, a = h + w/2
//   eta = +1 for the maximum M, -1 for the minimum m,  L the best level so far or the strike
//
// What a better extremum than L is worth, exp(-r T) E[(eta (M or m - L))+], is           [1], [2]
//
//   V(L) = eta (S exp(-q T) N(eta (a + delta)) - L exp(-r T) N(eta (a + delta - w)))
//          + S exp(-r T) F
//   F = (exp(b T) N(eta (a + delta)) - (S/L)^-nu N(eta (a - delta))) eta / nu
//     = w (S/L)^-nu phi(a - delta) Y[eta a - delta, eta a + delta],   Y = N / phi
//
// The divided difference of Y replaces the difference of two numbers that agree as nu -> 0; near
// there it is a Taylor series with Y^(n+1) = n Y^(n-1) + z Y^(n).
//
//   fixed call    V(max(M, K)) + exp(-r T) (max(M, K) - K)          fixed put alike with m
//   floating put  V(M) + M exp(-r T) - S exp(-q T)                  floating call alike with m
//
// n fixings lower the maximum by the factor exp(-beta sigma sqrt(T/n)), beta = -zeta(1/2)/sqrt(2
// pi), to the order of 1/n [3]. A window from t_1 on is the mean, over S at t_1, of the option that
// starts then; the integrand is split where S equals the strike.
//
// A window until t_1 of a floating strike, eta = +1 for the call and X the extremum so far:    [4]
//
//   value / eta = S exp(-q T) N(eta d1) - X exp(-r T) N(eta d2)
//     + S exp(-r T) / nu ((S/X)^-nu M(eta (nu w1 - f1), eta (nu w - d1); rho1)
//                         - exp(b T) M(-eta d1, eta e1; -rho2))
//     + S exp(-q T) M(-eta d1, eta e1; -rho2) + X exp(-r T) M(-eta f2, eta d2; -rho1)
//     - exp(-b (T - t_1)) (1 + 1/nu) S exp(-q T) N(eta e2) N(-eta f1)
//
// d of S/X over T, f of S/X over t_1, e of 1 over T - t_1, w1 = sigma sqrt(t_1), rho1^2 = t_1 / T =
// 1 - rho2^2, M the bivariate normal distribution. Near nu = 0 it is interpolated in the rate.
//
// [1] Goldman, M. B., Sosin, H. B. and Gatto, M. A. (1979), J. Finance 34(5), 1111-1127.
// [2] Conze, A. and Viswanathan, R. (1991), J. Finance 46(5), 1893-1907.
// [3] Broadie, M., Glasserman, P. and Kou, S. (1999), Finance and Stochastics 3(1), 55-82.
// [4] Heynen, R. C. and Kat, H. M. (1994), Selective memory, Risk 7(11), 73-76.
#include "strikeproof/lookback.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "simd/batch.hpp"
#include "strikeproof/math/bivariate_normal.hpp"
#include "strikeproof/math/gauss_legendre.hpp"
#include "strikeproof/math/jet.hpp"

namespace strikeproof::lookback {
namespace {

using math::value_of;
using Jet = math::Jet<4, 1>;  // spot, volatility, time, rate

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kBeta = 0.58259715793901111;
constexpr double kSeriesBelow = 0.2;  // of delta
constexpr double kFurthest = 30.0;    // deviations; the term is below 1e-195 of the spot there

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

// Y[z - d, z + d] by its Taylor series at z.
template <class T>
T series(const T& z, const T& d) noexcept {
  using math::normal_cdf;
  using math::normal_pdf;
  constexpr int kTerms = 14;
  T before = normal_cdf(z) / normal_pdf(z);  // Y
  T here = 1.0 + z * before;                 // Y'
  T sum = here;
  const T square = d * d;
  T power(1.0);
  double factorial = 1.0;
  for (int n = 1; n < 2 * kTerms; ++n) {
    const T next = static_cast<double>(n) * before + z * here;
    before = here;
    here = next;  // derivative n + 1
    factorial *= n + 1;
    if (n % 2 == 0) {
      power = power * square;
      sum = sum + power * here / factorial;
    }
  }
  return sum;
}

// Y(z) for z < 0.
double lower_ratio(double z) noexcept { return math::mills_ratio(-z); }

Jet lower_ratio(const Jet& z) noexcept {
  const double ratio = math::mills_ratio(-z.value);
  const double slope = 1.0 + z.value * ratio;
  return math::compose(z, ratio, slope, ratio + z.value * slope);
}

// F of the head.
template <class T>
T drift_term(double eta, const T& h, const T& w, const T& nu) noexcept {
  using math::exp;
  using math::normal_cdf;
  using math::normal_pdf;
  using std::exp;
  const T a = h + 0.5 * w;
  const T delta = 0.5 * nu * w;
  const T power = exp(-nu * h * w);
  if (std::fabs(value_of(delta)) < kSeriesBelow && eta * value_of(a) < kFurthest) {
    if (eta * value_of(a) < -kFurthest) return T(0.0);
    return w * power * normal_pdf(a - delta) * series(eta * a, delta);
  }
  const T grown = exp(0.5 * nu * w * w);
  // far below, where the power may be beyond the range: it is exp(b T) phi(a + delta) / phi(a -
  // delta)
  const T other = eta * (a - delta);
  const T mirrored = value_of(other) < 0.0 ? grown * normal_pdf(a + delta) * lower_ratio(other)
                                           : power * normal_cdf(other);
  return eta * (grown * normal_cdf(eta * (a + delta)) - mirrored) / nu;
}

// V(L) of the head.
template <class T>
T improvement(double eta, const Inputs<T>& in, const T& level) noexcept {
  using math::exp;
  using math::log;
  using math::normal_cdf;
  using math::sqrt;
  using std::exp;
  using std::log;
  using std::sqrt;
  const T w = in.volatility * sqrt(in.time);
  const T h = log(in.spot / level) / w;
  const T nu = 2.0 * (in.rate - in.yield) / (in.volatility * in.volatility);
  const T d1 = h + 0.5 * w + 0.5 * nu * w;
  const T discount = exp(-in.rate * in.time);
  const T asset = in.spot * exp(-in.yield * in.time);
  return eta * (asset * normal_cdf(eta * d1) - level * discount * normal_cdf(eta * (d1 - w))) +
         in.spot * discount * drift_term(eta, h, w, nu);
}

// The same where nothing is left to chance: the path is monotone.
template <class T>
T certain_improvement(double eta, const Inputs<T>& in, const T& level) noexcept {
  using math::exp;
  using std::exp;
  const T end = in.spot * exp((in.rate - in.yield) * in.time);
  const T best = eta * value_of(end) > eta * value_of(in.spot) ? end : in.spot;
  const T gain = eta * (best - level);
  return value_of(gain) > 0.0 ? exp(-in.rate * in.time) * gain : T(0.0);
}

bool is_certain(const LookbackOption& o, const FlatMarket& m) noexcept {
  return o.time_to_expiry == 0.0 || m.volatility == 0.0;
}

double looks_at_maximum(const LookbackOption& o) noexcept {
  return (o.kind == Strike::kFixed) == (o.type == OptionType::kCall) ? 1.0 : -1.0;
}

// exp(-r T) E[extremum and level, the better], for continuous watching or at fixings.
template <class T>
T best_level(const LookbackOption& o, const FlatMarket& m, double eta, const T& level) noexcept {
  using math::exp;
  using math::sqrt;
  using std::exp;
  using std::sqrt;
  const Inputs<T> in = inputs<T>(m, o.time_to_expiry);
  const T discount = exp(-in.rate * in.time);
  if (is_certain(o, m)) return discount * level + eta * certain_improvement(eta, in, level);
  if (o.fixings == 0.0) return discount * level + eta * improvement(eta, in, level);
  const T shift = exp(eta * kBeta * in.volatility * sqrt(in.time / T(o.fixings)));
  const T moved = level * shift;
  return (discount * moved + eta * improvement(eta, in, moved)) / shift;
}

template <class T>
T whole_window(const LookbackOption& o, const FlatMarket& m) noexcept {
  using math::exp;
  using std::exp;
  const double eta = looks_at_maximum(o);
  const Inputs<T> in = inputs<T>(m, o.time_to_expiry);
  if (o.kind == Strike::kFloating) {
    const T asset = in.spot * exp(-in.yield * in.time);
    return eta * (best_level(o, m, eta, T(o.extremum)) - asset);
  }
  const double level = eta * o.extremum > eta * o.strike ? o.extremum : o.strike;
  const T cash = exp(-in.rate * in.time) * o.strike;
  return eta * (best_level(o, m, eta, T(level)) - cash);
}

// Value at the window's start of a fixed-strike option whose path begins at `spot`.
template <class T>
T started(const LookbackOption& o, double eta, const Inputs<T>& in) noexcept {
  using math::exp;
  using std::exp;
  const bool beyond = eta * value_of(in.spot) > eta * o.strike;
  const T level = beyond ? in.spot : T(o.strike);
  const T gain = beyond ? exp(-in.rate * in.time) * (eta * (in.spot - o.strike)) : T(0.0);
  return gain + improvement(eta, in, level);
}

// Mean over the spot at the window's start, in deviations: panels on both sides of the strike.
template <class T>
T late_window(const LookbackOption& o, const FlatMarket& m) noexcept {
  using math::exp;
  using math::normal_pdf;
  using math::sqrt;
  using std::exp;
  using std::sqrt;
  constexpr auto kRule = math::gauss_legendre<16>();
  constexpr double kReach = 9.0;
  constexpr int kPanels = 4;  // on each side
  const double eta = looks_at_maximum(o);
  const Inputs<T> in = inputs<T>(m, o.time_to_expiry);
  const double until = o.window_start;
  const T w = in.volatility * std::sqrt(until);
  const T drift = (in.rate - in.yield - 0.5 * in.volatility * in.volatility) * until;
  const double spread = m.volatility * std::sqrt(until);
  const double kink = std::clamp((std::log(o.strike / m.spot) - value_of(drift)) / spread, -kReach,
                                 kReach + spread);
  T sum(0.0);
  const auto panel = [&](double low, double high) {
    for (std::size_t k = 0; k < kRule.node.size(); ++k) {
      for (const double side : {-1.0, 1.0}) {
        const double z = 0.5 * (low + high) + 0.5 * (high - low) * side * kRule.node[k];
        const T spot = in.spot * exp(drift + w * z);
        const Inputs<T> later{spot, in.volatility, in.time - until, in.rate, in.yield};
        const double weight = 0.5 * (high - low) * kRule.weight[k] * normal_pdf(z);
        sum = sum + weight * started(o, eta, later);
      }
    }
  };
  for (int k = 0; k < kPanels; ++k) {
    const double below = (kink + kReach) / kPanels;
    const double above = (kReach + spread - kink) / kPanels;
    if (below > 0.0) panel(-kReach + k * below, -kReach + (k + 1) * below);
    if (above > 0.0) panel(kink + k * above, kink + (k + 1) * above);
  }
  return exp(-in.rate * until) * sum;
}

// The formula of a window until t_1, at a rate where nu is not small.
template <class T>
T early_window_formula(double eta, double extremum, double until, const Inputs<T>& in) noexcept {
  using math::bivariate_normal_cdf;
  using math::exp;
  using math::log;
  using math::normal_cdf;
  using math::sqrt;
  using std::exp;
  using std::log;
  using std::sqrt;
  const T carry = in.rate - in.yield;
  const T variance = in.volatility * in.volatility;
  const T nu = 2.0 * carry / variance;
  const T log_ratio = log(in.spot / extremum);
  const T drift = carry + 0.5 * variance;
  const T rest = in.time - until;
  const T w = in.volatility * sqrt(in.time);
  const T w1 = in.volatility * std::sqrt(until);
  const T w2 = in.volatility * sqrt(rest);
  const T d1 = (log_ratio + drift * in.time) / w;
  const T f1 = (log_ratio + drift * until) / w1;
  const T e1 = drift * rest / w2;
  const T rho1 = w1 / w;
  const T rho2 = w2 / w;
  const T discount = exp(-in.rate * in.time);
  const T asset = in.spot * exp(-in.yield * in.time);
  const T both = bivariate_normal_cdf(-eta * d1, eta * e1, -rho2);
  const T mirrored =
      exp(-nu * log_ratio) * bivariate_normal_cdf(eta * (nu * w1 - f1), eta * (nu * w - d1), rho1);
  return eta *
         (asset * normal_cdf(eta * d1) - extremum * discount * normal_cdf(eta * (d1 - w)) +
          in.spot * discount / nu * (mirrored - exp(carry * in.time) * both) + asset * both +
          extremum * discount * bivariate_normal_cdf(-eta * (f1 - w1), eta * (d1 - w), -rho1) -
          exp(-carry * rest) * (1.0 + 1.0 / nu) * asset * normal_cdf(eta * (e1 - w2)) *
              normal_cdf(-eta * f1));
}

template <class T>
T early_window(const LookbackOption& o, const FlatMarket& m) noexcept {
  constexpr double kLeast = 0.002;  // of nu; the formula loses as many digits
  constexpr double kGrowth = 0.01;  // of a step in rate times time: its sixth power is the error
  const double eta = -looks_at_maximum(o);
  const Inputs<T> in = inputs<T>(m, o.time_to_expiry);
  const double variance = m.volatility * m.volatility;
  const double nu = 2.0 * (m.rate - m.dividend_yield) / variance;
  const auto at = [&](double shift) {
    Inputs<T> moved = in;
    moved.rate = in.rate + shift;
    return early_window_formula(eta, o.extremum, o.window_end, moved);
  };
  const double h = std::min(kLeast * variance, kGrowth / o.time_to_expiry);
  if (std::fabs(nu) * variance >= h) return at(0.0);
  // even interpolation from six rates around this one, none of which has nu near 0
  const auto pair = [&](double steps) { return at(steps * h) + at(-steps * h); };
  return (15.0 * pair(1.0) - 6.0 * pair(2.0) + pair(3.0)) / 20.0;
}

template <class T>
T value(const LookbackOption& o, const FlatMarket& m) noexcept {
  if (o.window_end > 0.0) return early_window<T>(o, m);
  return o.window_start > 0.0 ? late_window<T>(o, m) : whole_window<T>(o, m);
}

Status checked(const LookbackOption& o, const FlatMarket& m) noexcept {
  const Status status = simd::check_inputs<2, 8>(
      {m.rate, m.dividend_yield}, {o.strike, o.time_to_expiry, o.extremum, o.fixings, o.window_end,
                                   o.window_start, m.spot, m.volatility});
  if (status != Status::kOk) return status;
  const bool late = o.window_start > 0.0;
  const double eta = looks_at_maximum(o);
  const bool ordered = late || (eta * o.extremum >= eta * m.spot && o.extremum > 0.0);
  const bool early = o.window_end > 0.0;
  const bool plain = o.fixings == 0.0 && m.volatility > 0.0 && !(late && early);
  const bool ends =
      !early || (plain && o.kind == Strike::kFloating && o.window_end < o.time_to_expiry);
  const bool starts = !late || (plain && o.kind == Strike::kFixed && o.strike > 0.0 &&
                                o.window_start < o.time_to_expiry);
  const bool window = ends && starts;
  return m.spot > 0.0 && ordered && window ? Status::kOk : Status::kOutOfDomain;
}

}  // namespace

PriceResult price(const LookbackOption& option, const FlatMarket& market) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return {kNaN, status};
  const double found = std::max(value<double>(option, market), 0.0);
  if (!std::isfinite(found)) return {kNaN, Status::kOverflow};
  return {found, Status::kOk};
}

GreeksResult greeks(const LookbackOption& option, const FlatMarket& market) noexcept {
  constexpr Greeks kNone{kNaN, kNaN, kNaN, kNaN, kNaN, kNaN};
  const Status status = checked(option, market);
  if (status != Status::kOk) return {kNone, status};
  const Jet v = value<Jet>(option, market);
  const double price = std::max(v.value, 0.0);
  const Greeks g{price, v.first[0], v.second[0], v.first[1], -v.first[2], v.first[3]};
  if (!is_finite(g)) return {kNone, Status::kOverflow};
  return {g, Status::kOk};
}

}  // namespace strikeproof::lookback
