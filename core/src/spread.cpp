// Options on the spread of two assets, European.
//
// Accurate: given z, the normal variable of asset 2, asset 1 is lognormal still, and
//
//   value = int phi(z) BS(phi, a1(z), k(z), c) dz,   c = w1 sqrt(1 - rho^2)
//   a1(z) = a1 exp(rho w1 z - rho^2 w1^2/2),   k(z) = K exp(-r T) + a2 exp(w2 z - w2^2/2)
//
// BS = Black-Scholes with present values a1(z), k(z) and deviation c, linear where k(z) <= 0 [1].
// Its transition at the roots of ln(a1(z)/k(z)), a convex or concave function, is c wide: panels of
// a Gauss-Legendre rule grow geometrically from there, so that few panels resolve any c. The roles
// are swapped (a call on S1 - S2 - K is a put on S2 - S1 + K) so that asset 1 has the larger
// deviation.
//
// Kirk [2]:  BS(phi, a1, a2 + K exp(-r T), w),  w^2 = w1^2 - 2 b rho w1 w2 + b^2 w2^2,
//            b = a2/(a2 + K exp(-r T))
// Bjerksund and Stensland [3, eq. (5)-(9)]: exercise where asset 1 exceeds a power of asset 2,
// which gives three probabilities in place of two.
//
// a_i = S_i exp(-q_i T), w_i = s_i sqrt(T); S spot, q dividend yield, s volatility, K strike.
//
// [1] Pearson, N. D. (1995), Journal of Derivatives 3(1), 76-91.
// [2] Kirk, E. (1995), Correlation in the energy markets, in Managing Energy Price Risk, Risk
// Books. [3] Bjerksund, P. and Stensland, G. (2014), Quantitative Finance 14(10), 1785-1794.
#include "strikeproof/spread.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "strikeproof/math/gauss_legendre.hpp"
#include "two_asset_terms.hpp"

namespace strikeproof::spread {
namespace {

namespace ta = two_assets;
using math::normal_cdf;
using math::value_of;

constexpr auto kRule = math::gauss_legendre<16>();
constexpr double kReach = 9.0;       // N(-9) is 1e-19
constexpr double kGrowth = 2.5;      // of panels, away from a transition
constexpr double kNarrowest = 1e-9;  // of all transitions
constexpr double kResolved = 1e-7;   // below it Greeks of second order lose their digits

template <class T>
struct Problem {  // asset 1 has the larger deviation
  double phi;
  T asset1, asset2, strike;  // present values
  T w1, w2, rho;
};

template <class T>
Problem<T> problem_of(const SpreadOption& option, const ta::Terms<T>& t) noexcept {
  const auto phi = static_cast<double>(option.type);
  const T strike = option.strike * t.discount;
  const bool swap = value_of(t.deviation2) > value_of(t.deviation1);
  if (swap) {
    return {-phi, t.forward2, t.forward1, -strike, t.deviation2, t.deviation1, t.correlation};
  }
  return {phi, t.forward1, t.forward2, strike, t.deviation1, t.deviation2, t.correlation};
}

// ln(a1(z)/k(z)) in double precision; +infinity where k(z) <= 0
class LogRatio {
 public:
  explicit LogRatio(const Problem<double>& p) noexcept : p_(p) {}

  [[nodiscard]] double operator()(double z) const noexcept {
    const double k = p_.strike + p_.asset2 * std::exp(p_.w2 * z - 0.5 * p_.w2 * p_.w2);
    if (!(k > 0.0)) return std::numeric_limits<double>::infinity();
    const double tilt = p_.rho * p_.w1;
    return std::log(p_.asset1) + tilt * z - 0.5 * tilt * tilt - std::log(k);
  }

  /// Where the slope rho w1 - w2 A/(K + A) is zero, A = asset 2; NaN where nowhere.
  [[nodiscard]] double extremum() const noexcept {
    return where_asset2_is(p_.strike * p_.rho * p_.w1 / (p_.w2 - p_.rho * p_.w1));
  }

  /// Where k(z) = 0; NaN where nowhere.
  [[nodiscard]] double pole() const noexcept { return where_asset2_is(-p_.strike); }

  [[nodiscard]] double root(double from, double to) const noexcept {
    const LogRatio& f = *this;
    const bool rising = f(to) > 0.0;
    if (rising == (f(from) > 0.0)) return std::numeric_limits<double>::quiet_NaN();
    for (int step = 0; step < 50; ++step) {
      const double middle = 0.5 * (from + to);
      ((f(middle) > 0.0) == rising ? to : from) = middle;
    }
    return 0.5 * (from + to);
  }

 private:
  [[nodiscard]] double where_asset2_is(double level) const noexcept {
    return std::log(level / p_.asset2) / p_.w2 + 0.5 * p_.w2;
  }

  Problem<double> p_;
};

// Sorted ends of panels.
class Panels {
 public:
  Panels(double from, double to) noexcept : from_(from), to_(to) {
    add(from);
    add(to);
  }

  /// A point and a ladder of points away from it, the first `width` away.
  void refine(double at, double width) noexcept {
    if (!(at > from_ && at < to_)) return;
    add(at);
    for (double step = width; step < to_ - from_; step *= kGrowth) {
      add(at - step);
      add(at + step);
    }
  }

  [[nodiscard]] const std::array<double, 512>& ends() noexcept {
    std::sort(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(count_));
    return ends_;
  }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] double from() const noexcept { return from_; }
  [[nodiscard]] double to() const noexcept { return to_; }

 private:
  void add(double x) noexcept {
    if (x >= from_ && x <= to_ && count_ < ends_.size()) ends_[count_++] = x;
  }

  double from_, to_;
  std::array<double, 512> ends_{};
  std::size_t count_ = 0;
};

Panels panels_of(const Problem<double>& p) noexcept {
  const double tilt = p.rho * p.w1;
  Panels panels(std::min({0.0, p.w2, tilt}) - kReach, std::max({0.0, p.w2, tilt}) + kReach);
  for (double z = std::ceil(panels.from()); z < panels.to(); z += 3.0) panels.refine(z, 1e3);
  const double c = p.w1 * std::sqrt((1.0 - p.rho) * (1.0 + p.rho));
  const double width = std::clamp(c / (p.w2 + std::fabs(tilt) + 1e-300), kNarrowest, 1.0);
  const LogRatio ratio(p);
  const double extremum = ratio.extremum();
  const double middle = extremum > panels.from() && extremum < panels.to() ? extremum : panels.to();
  panels.refine(ratio.root(panels.from(), middle), width);
  panels.refine(ratio.root(middle, panels.to()), width);
  panels.refine(extremum, width);
  panels.refine(ratio.pole(), 0.1 * width);
  return panels;
}

template <class T>
T conditional_value(const Problem<T>& p, const T& tilt, const T& c, double z) noexcept {
  using std::exp;
  const T asset1 = p.asset1 * exp(tilt * z - 0.5 * tilt * tilt);
  const T strike = p.strike + p.asset2 * exp(p.w2 * z - 0.5 * p.w2 * p.w2);
  if (value_of(strike) <= 0.0) return p.phi > 0.0 ? asset1 - strike : T(0.0);
  bool kink = false;
  return ta::exchange_value<T>(p.phi, asset1, strike, c, kink);
}

template <class T>
T quadrature(const Problem<T>& p) noexcept {
  const Problem<double> plain{
      p.phi,          value_of(p.asset1), value_of(p.asset2), value_of(p.strike),
      value_of(p.w1), value_of(p.w2),     value_of(p.rho)};
  Panels panels = panels_of(plain);
  const auto& ends = panels.ends();
  const T tilt = p.rho * p.w1;
  const T c = p.w1 * ta::square_root<T>((1.0 - p.rho) * (1.0 + p.rho));
  T sum(0.0);
  for (std::size_t k = 0; k + 1 < panels.size(); ++k) {
    const double half = 0.5 * (ends[k + 1] - ends[k]);
    const double middle = 0.5 * (ends[k + 1] + ends[k]);
    if (!(half > 1e-13)) continue;
    for (std::size_t i = 0; i < kRule.node.size(); ++i) {
      for (const double node : {-kRule.node[i], kRule.node[i]}) {
        const double z = middle + half * node;
        sum += half * kRule.weight[i] * math::normal_pdf(z) * conditional_value(p, tilt, c, z);
      }
    }
  }
  return sum;
}

// value where asset 1 is certain, and asset 2 with it
template <class T>
T certain(const Problem<T>& p, bool& kink) noexcept {
  const T gain = p.phi * (p.asset1 - p.asset2 - p.strike);
  if (value_of(gain) == 0.0) kink = true;
  return value_of(gain) > 0.0 ? gain : T(0.0);
}

template <class T>
T accurate(const SpreadOption& option, ta::Terms<T>& t) noexcept {
  const Problem<T> p = problem_of(option, t);
  if (value_of(p.w1) == 0.0) return certain(p, t.kink);
  if (option.strike == 0.0) {
    const T w = ta::ratio_deviation(p.w1, p.w2, p.rho);
    return ta::exchange_value<T>(p.phi, p.asset1, p.asset2, w, t.kink);
  }
  const bool owed = value_of(p.strike) > 0.0;
  if (value_of(p.asset2) == 0.0) {
    if (!owed) return certain(p, t.kink);
    return ta::exchange_value<T>(p.phi, p.asset1, p.strike, p.w1, t.kink);
  }
  if (value_of(p.asset1) == 0.0) {
    if (owed) return certain(p, t.kink);
    return ta::exchange_value<T>(p.phi, -p.strike, p.asset2, p.w2, t.kink);
  }
  return quadrature(p);
}

template <class T>
T kirk(const SpreadOption& option, ta::Terms<T>& t) noexcept {
  const T against = t.forward2 + option.strike * t.discount;
  const T share = t.forward2 / against;
  const T w = ta::ratio_deviation<T>(t.deviation1, share * t.deviation2, t.correlation);
  return ta::exchange_value<T>(static_cast<double>(option.type), t.forward1, against, w, t.kink);
}

// at w = 0 the three probabilities are those of the certain outcome
template <class T>
T bjerksund_stensland(const SpreadOption& option, ta::Terms<T>& t) noexcept {
  using std::log;
  const auto phi = static_cast<double>(option.type);
  const T cash = option.strike * t.discount;
  const T against = t.forward2 + cash;
  const T b = t.forward2 / against;
  const T w1 = t.deviation1;
  const T w2 = t.deviation2;
  const T w = ta::ratio_deviation<T>(w1, b * w2, t.correlation);
  if (value_of(w) == 0.0 || value_of(t.forward1) == 0.0) {
    return ta::exchange_value<T>(phi, t.forward1, against, w, t.kink);
  }
  const T both = t.correlation * w1 * w2;
  const T middle = log(t.forward1) - log(against) + 0.5 * b * b * w2 * w2;
  const T d1 = (middle + 0.5 * w1 * w1 - b * both) / w;
  const T d2 = (middle - 0.5 * w1 * w1 + both - b * w2 * w2) / w;
  const T d3 = (middle - 0.5 * w1 * w1) / w;
  return phi * (t.forward1 * normal_cdf(phi * d1) - t.forward2 * normal_cdf(phi * d2) -
                cash * normal_cdf(phi * d3));
}

template <class T>
T value(const SpreadOption& option, ta::Terms<T>& t, Method method) noexcept {
  switch (method) {
    case Method::kKirk:
      return kirk(option, t);
    case Method::kBjerksundStensland:
      return bjerksund_stensland(option, t);
    case Method::kQuadrature:
      break;
  }
  return accurate(option, t);
}

Status check(const SpreadOption& option, const TwoAssetMarket& market, Method method) noexcept {
  const Status status = ta::check(market, option.time_to_expiry, option.strike);
  if (status != Status::kOk || method == Method::kQuadrature) return status;
  const auto t = ta::terms(market, option.time_to_expiry);
  return t.forward2 + option.strike * t.discount > 0.0 ? Status::kOk : Status::kOutOfDomain;
}

// whether the panels span the density: beyond, all of an asset's value lies in a tail of its own
bool spanned(const SpreadOption& option, const TwoAssetMarket& market) noexcept {
  constexpr double kWidest = 100.0;
  if (option.strike == 0.0) return true;
  return std::max(market.volatility1, market.volatility2) * std::sqrt(option.time_to_expiry) <=
         kWidest;
}

// whether a panel can hold the transition and leave digits for second derivatives
bool resolved(const SpreadOption& option, const TwoAssetMarket& market) noexcept {
  if (option.strike == 0.0 || option.time_to_expiry == 0.0) return true;
  if (market.spot1 == 0.0 || market.spot2 == 0.0) return true;
  if (market.volatility1 == 0.0 && market.volatility2 == 0.0) return true;
  return (1.0 - market.correlation) * (1.0 + market.correlation) > kResolved * kResolved;
}

}  // namespace

PriceResult price(const SpreadOption& option, const TwoAssetMarket& market,
                  Method method) noexcept {
  const Status status = check(option, market, method);
  if (status != Status::kOk) return ta::failed(status);
  if (method == Method::kQuadrature && !spanned(option, market)) {
    return ta::failed(Status::kNotConverged);
  }
  auto t = ta::terms(market, option.time_to_expiry);
  return ta::answer(value(option, t, method));
}

TwoAssetGreeksResult greeks(const SpreadOption& option, const TwoAssetMarket& market,
                            Method method) noexcept {
  const Status status = check(option, market, method);
  if (status != Status::kOk) return ta::failed_greeks(status);
  if (method == Method::kQuadrature && !(spanned(option, market) && resolved(option, market))) {
    return ta::failed_greeks(Status::kNotConverged);
  }
  auto t = ta::terms_with_derivatives(market, option.time_to_expiry);
  const auto found = value(option, t, method);
  return ta::answer(found, t.kink);
}

}  // namespace strikeproof::spread
