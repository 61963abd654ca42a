// Approximations to American options.
//
//   M = 2 r/sigma^2, N = 2 (r - q)/sigma^2, h = 1 - exp(-r T), D = (N - 1)^2 + 4 M/h
//   lambda = (1 - N + phi D^(1/2))/2,  lambda' = d lambda/dh = -phi M/(h^2 D^(1/2)),  c = 2 lambda
//   + N - 1
//
// Barone-Adesi and Whaley [1]: value = e(S) + g(S*) (S/S*)^lambda before exercise, e European,
// g(S) = phi (S - K) - e(S), and S* where its slope is that of exercise,
//   lambda g(S*) = phi S* (1 - exp(-q T) N(phi d1(S*))).
// Ju and Zhong [2]: g(S*) (S/S*)^lambda / (1 - b ln^2(S/S*) - c0 ln(S/S*)) with the same S*,
//   b = (1 - h) M lambda'/(2 c),
//   c0 = -(1 - h) M/c (1/h + lambda'/c - exp(r T) e_t(S*)/(r g(S*))),   e_t = theta of e.
// QD+ [3]: a put of this form with (lambda + c0) in place of lambda in the equation of S*; a call
// is the put with S and K, r and q exchanged.
//
// Bjerksund and Stensland [4]: a call (a put by the same exchange) exercised at the level X2 up to
// t1 = (5^(1/2) - 1)/2 T and at X1 from there; b = r - q,
//   beta = 1/2 - b/s2 + ((b/s2 - 1/2)^2 + 2 r/s2)^(1/2), s2 = sigma^2,
//   B_inf = K beta/(beta - 1), B_0 = max(K, K r/q), X(t) = B_0 + (B_inf - B_0)(1 - exp(h(t))),
//   h(t) = -(b t + 2 sigma t^(1/2)) K^2/((B_inf - B_0) B_0), X1 = X(t1), X2 = X(T)     [5,
//   section 3.3]
// but h(t) <= 0: a strongly negative b would push the levels below B_0, where nobody exercises.
//
// Derivatives of S* come from one Newton step in differentiated numbers at the root.
//
// [1] Barone-Adesi, G. and Whaley, R. (1987), J. Finance 42(2), 301-320.
// [2] Ju, N. and Zhong, R. (1999), An approximate formula for pricing American options, J.
// Derivatives
//     7(2), 31-40.
// [3] Li, M. (2010), Analytical approximations for the critical stock prices of American options: a
//     performance comparison, Review of Derivatives Research 13(1), 75-99.
// [4] Bjerksund, P. and Stensland, G. (2002), Closed form valuation of American options, NHH.
// [5] Haug, E. (2007), The Complete Guide to Option Pricing Formulas, 2nd ed., McGraw-Hill.
#include "strikeproof/american_approximation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/exercise_rules.hpp"
#include "strikeproof/black_scholes.hpp"
#include "strikeproof/math/bivariate_normal.hpp"
#include "strikeproof/math/jet.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::american_approximation {
namespace {

using math::value_of;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <class T>
struct State {
  double phi;
  T spot, strike, time, rate, yield, volatility;
};

template <class T>
State<double> plain(const State<T>& s) noexcept {
  return {s.phi,
          value_of(s.spot),
          value_of(s.strike),
          value_of(s.time),
          value_of(s.rate),
          value_of(s.yield),
          value_of(s.volatility)};
}

// McDonald and Schroder's symmetry, which turns a call into a put and back.
template <class T>
State<T> exchanged(const State<T>& s) noexcept {
  return {-s.phi, s.strike, s.spot, s.time, s.yield, s.rate, s.volatility};
}

// A European option at some spot.
template <class T>
struct European {
  T value, delta, theta;
};

template <class T>
European<T> european(const State<T>& s, const T& spot) noexcept {
  using math::normal_cdf;
  using math::normal_pdf;
  using std::exp;
  using std::log;
  using std::sqrt;
  const T discount = exp(-s.rate * s.time), hold = exp(-s.yield * s.time);
  const T w = s.volatility * sqrt(s.time);
  const T d1 = log(spot * hold / (s.strike * discount)) / w + 0.5 * w;
  const T asset = s.phi * spot * hold * normal_cdf(s.phi * d1);
  const T cash = s.phi * s.strike * discount * normal_cdf(s.phi * (d1 - w));
  const T decay = 0.5 * spot * hold * normal_pdf(d1) * w / s.time;
  return {asset - cash, asset / spot, s.yield * asset - s.rate * cash - decay};
}

template <class T>
struct Quadratic {
  T lambda, slope, centre;  // lambda, lambda', 2 lambda + N - 1
  T h, M;
};

// (1 - exp(-x)) / x
template <class T>
T mean_discount(const T& x) noexcept {
  using std::expm1;
  if (std::abs(value_of(x)) < 1e-5) return 1.0 - 0.5 * x + x * x * (1.0 / 6.0);
  return -expm1(-x) / x;
}

template <class T>
Quadratic<T> quadratic(const State<T>& s) noexcept {
  using std::sqrt;
  const T variance = s.volatility * s.volatility;
  const T M = 2.0 * s.rate / variance;
  const T N = 2.0 * (s.rate - s.yield) / variance;
  const T mean = mean_discount(s.rate * s.time);
  const T h = s.rate * s.time * mean;
  const T root = sqrt((N - 1.0) * (N - 1.0) + 8.0 / (variance * s.time * mean));
  const T centre = s.phi * root;
  return {0.5 * (1.0 - N + centre), -s.phi * M / (h * h * root), centre, h, M};
}

// c0 of [2], [3] times g, so that it needs no division by a small g.
template <class T>
T correction(const State<T>& s, const Quadratic<T>& k, const European<T>& e, const T& g) noexcept {
  using std::exp;
  const T scale = (1.0 - k.h) * k.M / k.centre;
  return scale * (exp(s.rate * s.time) * e.theta / s.rate - g * (1.0 / k.h + k.slope / k.centre));
}

// Zero at the exercise boundary.
template <class T>
T boundary_equation(const State<T>& s, const Quadratic<T>& k, Method method,
                    const T& spot) noexcept {
  const European<T> e = european(s, spot);
  const T g = s.phi * (spot - s.strike) - e.value;
  T left = k.lambda * g;
  if (method == Method::kQdPlus) left += correction(s, k, e, g);
  return left - spot * (s.phi - e.delta);
}

double equation_at(const State<double>& s, const Quadratic<double>& k, Method method,
                   double log_spot) noexcept {
  return boundary_equation(s, k, method, std::exp(log_spot));
}

struct Point {
  double x, at;
};

// Root between two points of opposite signs; secant and bisection in turn: fast, and never stuck.
double bracketed_root(const State<double>& s, const Quadratic<double>& k, Method method, Point a,
                      Point b) noexcept {
  for (int step = 0; step < 120 && a.at != 0.0 && b.at != 0.0; ++step) {
    const double secant = a.x + (b.x - a.x) * a.at / (a.at - b.at);
    const double middle = 0.5 * (a.x + b.x);
    if (middle == a.x || middle == b.x) break;
    const bool usable = step % 3 != 2 && std::isfinite(secant) && secant != a.x && secant != b.x;
    const double x = usable ? secant : middle;
    const double at = equation_at(s, k, method, x);
    ((at < 0.0) == (a.at < 0.0) ? a : b) = {x, at};
  }
  return std::abs(a.at) < std::abs(b.at) ? a.x : b.x;
}

// First change of sign on the way from the strike (or from the boundary at expiry, where that is
// further) into the exercise region; NaN if there is none.
double boundary(const State<double>& s, Method method) noexcept {
  const Quadratic<double> k = quadratic(s);
  const double w = s.volatility * std::sqrt(s.time);
  const double first =
      std::log(s.strike) + s.phi * std::max(0.0, s.phi * std::log(s.rate / s.yield));
  const double start = std::isfinite(first) ? first : std::log(s.strike);
  double near = method == Method::kQdPlus ? start : std::log(s.strike);
  double at_near = equation_at(s, k, method, near);
  double width = 0.25 * w, far = near, at_far = at_near;
  for (int step = 0; step < 400; ++step) {
    far = near + s.phi * width;
    at_far = equation_at(s, k, method, far);
    if (!std::isfinite(at_far)) return kNaN;
    if (at_far == 0.0 || (at_far < 0.0) != (at_near < 0.0)) break;
    near = far;
    at_near = at_far;
    width *= 1.1;
  }
  if ((at_far < 0.0) == (at_near < 0.0) && at_far != 0.0) return kNaN;
  return std::exp(bracketed_root(s, k, method, {near, at_near}, {far, at_far}));
}

// The boundary with its derivatives: one Newton step from the root moves only those.
template <class T>
T boundary_with_derivatives(const State<T>& s, Method method, double root) noexcept {
  const State<double> p = plain(s);
  using Slope = math::Jet<1, 0>;
  const State<Slope> fixed{p.phi,  Slope(p.spot),  Slope(p.strike),    Slope(p.time),
                           p.rate, Slope(p.yield), Slope(p.volatility)};
  const double slope =
      boundary_equation(fixed, quadratic(fixed), method, Slope::input(root, 0)).first[0];
  return root - (boundary_equation(s, quadratic(s), method, T(root)) -
                 boundary_equation(p, quadratic(p), method, root)) /
                    slope;
}

template <class T>
struct Found {
  T value;
  bool exercised = false;
  bool valid = true;
};

template <class T>
Found<T> exercised(const State<T>& s) noexcept {
  return {s.phi * (s.spot - s.strike), true, true};
}

// [1], [2] and, for puts of strike 1, [3].
template <class T>
Found<T> quadratic_value(const State<T>& s, Method method) noexcept {
  using std::exp;
  using std::log;
  using std::pow;
  const double root = boundary(plain(s), method);
  if (!std::isfinite(root)) return {T(kNaN), false, false};
  if (s.phi * (value_of(s.spot) - root) >= 0.0) return exercised(s);
  const T edge = boundary_with_derivatives(s, method, root);
  const Quadratic<T> k = quadratic(s);
  const European<T> at_edge = european(s, edge);
  const T g = s.phi * (edge - s.strike) - at_edge.value;
  if (!(value_of(g) > 0.0)) return {T(kNaN), false, false};
  const T distance = log(s.spot / edge);
  T premium = g * exp(k.lambda * distance);
  if (method != Method::kBaroneAdesiWhaley) {
    const T b = 0.5 * (1.0 - k.h) * k.M * k.slope / k.centre;
    const T c0 = correction(s, k, at_edge, g) / g;
    const T rest = 1.0 - distance * (b * distance + c0);
    if (!(value_of(rest) > 0.0)) return {T(kNaN), false, false};
    premium /= rest;
  }
  return {european(s, s.spot).value + premium, false, true};
}

template <class T>
Found<T> qd_plus(const State<T>& asked) noexcept {
  const State<T> s = asked.phi > 0.0 ? exchanged(asked) : asked;
  const State<T> unit{-1.0, s.spot / s.strike, T(1.0), s.time, s.rate, s.yield, s.volatility};
  Found<T> found = quadratic_value(unit, Method::kQdPlus);
  found.value *= s.strike;
  return found;
}

// Integrals of [4] for a call; every power of spot is taken relative to the boundary I2.
template <class T>
struct TwoLevels {
  const State<T>& s;
  T t1, X1, X2, drift;

  [[nodiscard]] T tilt(const T& power) const noexcept {  // b + (power - 1/2) sigma^2
    return drift + (power - 0.5) * s.volatility * s.volatility;
  }

  [[nodiscard]] T kappa(const T& power) const noexcept {
    return 2.0 * drift / (s.volatility * s.volatility) + 2.0 * power - 1.0;
  }

  [[nodiscard]] T growth(const T& power, const T& time) const noexcept {
    using std::exp;
    return exp(
        (power * drift - s.rate + 0.5 * power * (power - 1.0) * s.volatility * s.volatility) *
        time);
  }

  // (I/S)^kappa times a probability that vanishes faster; 0 where it does.
  [[nodiscard]] static T image(const T& log_ratio, const T& kappa, const T& chance) noexcept {
    using std::exp;
    return value_of(chance) > 0.0 ? exp(kappa * log_ratio) * chance : T(0.0);
  }

  // phi(S, t1, power, H, X2) without S^power
  [[nodiscard]] T single(const T& power, const T& H) const noexcept {
    using math::normal_cdf;
    using std::log;
    using std::sqrt;
    const T w = s.volatility * sqrt(t1);
    const T d = -(log(s.spot / H) + tilt(power) * t1) / w;
    const T log_ratio = log(X2 / s.spot);
    const T mirrored = normal_cdf(d - 2.0 * log_ratio / w);
    return growth(power, t1) * (normal_cdf(d) - image(log_ratio, kappa(power), mirrored));
  }

  // psi(S, T, power, H, X2, X1, t1) without S^power
  [[nodiscard]] T twofold(const T& power, const T& H) const noexcept {
    using math::bivariate_normal_cdf;
    using std::log;
    using std::sqrt;
    const T w1 = s.volatility * sqrt(t1), w = s.volatility * sqrt(s.time);
    const T m1 = tilt(power) * t1, m = tilt(power) * s.time;
    const T rho = sqrt(t1 / s.time), k = kappa(power);
    const T to_x1 = log(s.spot / X1), mirrored = log(X2 * X2 / (s.spot * X1));
    const T both = log(s.spot * X1 * X1 / (H * X2 * X2));
    const T direct = bivariate_normal_cdf(-(to_x1 + m1) / w1, -(log(s.spot / H) + m) / w, rho);
    const T second =
        bivariate_normal_cdf(-(mirrored + m1) / w1, -(log(X2 * X2 / (s.spot * H)) + m) / w, rho);
    const T third =
        bivariate_normal_cdf(-(to_x1 - m1) / w1, -(log(X1 * X1 / (s.spot * H)) + m) / w, -rho);
    const T fourth = bivariate_normal_cdf(-(mirrored - m1) / w1, -(both + m) / w, -rho);
    return growth(power, s.time) *
           (direct - image(log(X2 / s.spot), k, second) - image(log(X1 / s.spot), k, third) +
            image(log(X1 / X2), k, fourth));
  }
};

template <class T>
Found<T> bjerksund_stensland(const State<T>& asked) noexcept {
  using std::exp;
  using std::log;
  using std::sqrt;
  const State<T> s = asked.phi > 0.0 ? asked : exchanged(asked);
  const T variance = s.volatility * s.volatility;
  const T drift = s.rate - s.yield;
  const T tilt = drift / variance - 0.5;
  const T square = tilt * tilt + 2.0 * s.rate / variance;
  if (!(value_of(square) > 0.0)) return {T(kNaN), false, false};
  const T beta = sqrt(square) - tilt;
  const T K = s.strike;
  const T last = value_of(s.rate) > value_of(s.yield) ? K * s.rate / s.yield : K;
  const T extent = K * beta / (beta - 1.0) - last;
  if (!(value_of(beta) > 1.0) || !(value_of(extent) > 0.0)) return {T(kNaN), false, false};
  const T t1 = 0.5 * (std::sqrt(5.0) - 1.0) * s.time;
  const auto level = [&](const T& t) {
    const T pull = (drift * t + 2.0 * s.volatility * sqrt(t)) * K * K / (extent * last);
    return value_of(pull) > 0.0 ? last + extent * (1.0 - exp(-pull)) : last;
  };
  const TwoLevels<T> I{s, t1, level(t1), level(s.time), drift};
  if (value_of(s.spot) >= value_of(I.X2)) return exercised(s);
  const T one(1.0), zero(0.0);
  const T to_x2 = exp(beta * log(s.spot / I.X2)), to_x1 = exp(beta * log(s.spot / I.X1));
  const T gain2 = (I.X2 - K) * to_x2, gain1 = (I.X1 - K) * to_x1;
  const T early = gain2 * (1.0 - I.single(beta, I.X2)) + gain1 * I.single(beta, I.X1) +
                  s.spot * (I.single(one, I.X2) - I.single(one, I.X1)) -
                  K * (I.single(zero, I.X2) - I.single(zero, I.X1));
  const T late = s.spot * (I.twofold(one, I.X1) - I.twofold(one, K)) -
                 K * (I.twofold(zero, I.X1) - I.twofold(zero, K)) - gain1 * I.twofold(beta, I.X1);
  return {early + late, false, true};
}

enum class Region { kEuropean, kOneBoundary, kTwoBoundaries };

// What interest on the strike and yield of the stock say about early exercise.
Region region_of(const VanillaOption& option, const FlatMarket& m) noexcept {
  const bool put = option.type == OptionType::kPut;
  const double received = put ? m.rate : m.dividend_yield;
  const double paid = put ? m.dividend_yield : m.rate;
  if (received > 0.0) return Region::kOneBoundary;
  return paid >= received ? Region::kEuropean : Region::kTwoBoundaries;
}

template <class T>
Found<T> value_of_method(const State<T>& s, Method method) noexcept {
  const T european_value = european(s, s.spot).value;
  Found<T> found = method == Method::kBjerksundStensland ? bjerksund_stensland(s)
                   : method == Method::kQdPlus           ? qd_plus(s)
                                                         : quadratic_value(s, method);
  if (!found.valid || !std::isfinite(value_of(found.value))) return {T(kNaN), false, false};
  const double gain = s.phi * (value_of(s.spot) - value_of(s.strike));
  // a named boundary may ask for exercise where the European option is worth more
  if (found.exercised && gain >= value_of(european_value)) return exercised(s);
  if (value_of(found.value) < value_of(european_value)) found.value = european_value;
  const bool rounding = value_of(found.value) <= gain * (1.0 + 1e-15);
  return rounding ? exercised(s) : found;
}

// Where early exercise never pays; rounding may leave the European value below that of exercise.
PriceResult european_price(const VanillaOption& option, const FlatMarket& market) noexcept {
  const double gain = static_cast<double>(option.type) * (market.spot - option.strike);
  const PriceResult found = black_scholes::price(option, market);
  return {std::max(found.value, gain), found.status};
}

Status check_all(const VanillaOption& o, const FlatMarket& market) noexcept {
  return check({o.type, o.strike, o.time_to_expiry, Exercise::kAmerican, {}}, market);
}

}  // namespace

PriceResult price(const VanillaOption& option, const FlatMarket& market, Method method) noexcept {
  const Status status = check_all(option, market);
  if (status != Status::kOk) return {kNaN, status};
  const ExercisableOption same{
      option.type, option.strike, option.time_to_expiry, Exercise::kAmerican, {}};
  if (is_certain(same, market)) return price_of(certain_value(same, market));
  const Region region = region_of(option, market);
  if (region == Region::kTwoBoundaries) return {kNaN, Status::kOutOfDomain};
  if (region == Region::kEuropean) return european_price(option, market);
  const State<double> state{static_cast<double>(option.type),
                            market.spot,
                            option.strike,
                            option.time_to_expiry,
                            market.rate,
                            market.dividend_yield,
                            market.volatility};
  const Found<double> found = value_of_method(state, method);
  if (!found.valid) return {kNaN, Status::kNotConverged};
  return {found.value, Status::kOk};
}

GreeksResult greeks(const VanillaOption& option, const FlatMarket& market, Method method) noexcept {
  using Jet = math::Jet<4, 1>;
  const Status status = check_all(option, market);
  if (status != Status::kOk) return {no_greeks(), status};
  const ExercisableOption same{
      option.type, option.strike, option.time_to_expiry, Exercise::kAmerican, {}};
  if (is_certain(same, market)) return certain_value(same, market);
  const Region region = region_of(option, market);
  if (region == Region::kTwoBoundaries) return {no_greeks(), Status::kOutOfDomain};
  if (region == Region::kEuropean) return black_scholes::greeks(option, market);
  const State<Jet> state{
      static_cast<double>(option.type),     Jet::input(market.spot, 0), Jet(option.strike),
      Jet::input(option.time_to_expiry, 2), Jet::input(market.rate, 3), Jet(market.dividend_yield),
      Jet::input(market.volatility, 1)};
  const Found<Jet> found = value_of_method(state, method);
  const Jet& v = found.value;
  const Greeks g{v.value, v.first[0], v.second[0], v.first[1], -v.first[2], v.first[3]};
  if (!found.valid || !is_finite(g)) return {no_greeks(), Status::kNotConverged};
  return {g, Status::kOk};
}

}  // namespace strikeproof::american_approximation
