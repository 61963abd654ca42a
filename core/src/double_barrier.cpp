// Double-barrier options under Black-Scholes-Merton, watched continuously.
//
//   X, m, s as in src/first_passage.hpp; l = ln(L/S) < 0 < u = ln(U/S), a = u - l, w = s / a
//   M(y1, y2) = P(neither reached, y1 < X < y2) under the cash or the asset measure
//   knock-out = phi (S exp(-q T) M_1 - K exp(-r T) M_0) over the part of (l, u) in the money
//
// Images [1]: M = sum over n of I(2 n a) - I(2 l + 2 n a), where the source c contributes
//
//   I(c) = exp(m c / s^2) P(y1 < c + X < y2)
//
// whose tails are phi((y - m) / s) exp(-c (c - 2 y) / (2 s^2)) M(|y - c - m| / s), no power being
// formed that can overflow. As c (c - 2 y) >= 0 on (l, u), a source adds at most exp(-c (c - 2 y) /
// (2 s^2)) of the walk without barriers: pairs n, n + 1, ... of sources together at most four times
// sum_{k >= n} exp(-2 (k - 1)^2 / w^2). The sum ends where the first exponent passes 45: what is
// left out is below 2e-19.
//
// Fourier [2]: with o = n pi / a, M = (2 / a) sum_n sin(-o l) exp(-o^2 s^2 / 2) J_n,
//
//   J_n = int_{y1}^{y2} exp(m y / s^2 - m^2 / (2 s^2)) sin(o (y - l)) dy,  |J_n| <= a exp(1 / (2
//   w^2))
//
// so that the terms after N are below 2 exp(1 / (2 w^2)) sum_{n > N} exp(-n^2 pi^2 w^2 / 2), and N
// is the first for which that is below exp(-40) of the first term's exponential.
//
// Images converge for small w, Fourier's series for large: they change over at w = 0.4, with at
// most 12 sources against at most 7 terms.
//
// [1] Kunitomo, N. and Ikeda, M. (1992), Pricing options with curved boundaries, Mathematical
//     Finance 2(4), 275-298.
// [2] Hui, C. H. (1996), One-touch double barrier binary option values, Applied Financial Economics
//     6(4), 343-346; Pelsser, A. (2000), Pricing double barrier options using Laplace transforms,
//     Finance and Stochastics 4(1), 95-104.
#include "strikeproof/double_barrier.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "first_passage.hpp"
#include "simd/batch.hpp"
#include "strikeproof/black_scholes.hpp"

namespace strikeproof::double_barrier {
namespace {

namespace fp = first_passage;

constexpr double kChangeOver = 0.4;  // w
constexpr double kLeftOutImages = 45.0;
constexpr double kLeftOutTerms = 40.0;

template <class T>
struct Interval {
  T low;
  T high;
};

// exp(m c / s^2) P(c + X on the side `e` of y), where that side is a tail of c + X.
template <class T>
T source_tail(const fp::Walk<T>& walk, double e, const T& c, const T& y) noexcept {
  using math::normal_pdf;
  using std::exp;
  const T variance = walk.deviation * walk.deviation;
  const T density =
      normal_pdf((y - walk.mean) / walk.deviation) * exp(-0.5 * (c * (c - 2.0 * y)) / variance);
  return density * fp::mills(T(e * ((y - c - walk.mean) / walk.deviation)));
}

// I(c)
template <class T>
T source(const fp::Walk<T>& walk, const T& c, const Interval<T>& y) noexcept {
  using std::exp;
  const double centre = math::value_of(c) + math::value_of(walk.mean);
  if (math::value_of(y.low) >= centre) {
    return source_tail(walk, 1.0, c, y.low) - source_tail(walk, 1.0, c, y.high);
  }
  if (math::value_of(y.high) <= centre) {
    return source_tail(walk, -1.0, c, y.high) - source_tail(walk, -1.0, c, y.low);
  }
  const T power = walk.mean * c / (walk.deviation * walk.deviation);
  return exp(power) - source_tail(walk, -1.0, c, y.low) - source_tail(walk, 1.0, c, y.high);
}

template <class T>
T by_images(const fp::Walk<T>& walk, const Interval<T>& barriers, const Interval<T>& y) noexcept {
  const T a = barriers.high - barriers.low;
  const double w = math::value_of(walk.deviation) / math::value_of(a);
  T sum = source(walk, T(0.0), y);
  for (int n = 1; 2.0 * (n - 1) * (n - 1) <= kLeftOutImages * w * w; ++n) {
    const T period = 2.0 * n * a;
    const T before = 2.0 * (n - 1) * a;
    sum -= source(walk, T(2.0 * barriers.low - before), y);
    sum -= source(walk, T(2.0 * barriers.high + before), y);
    sum += source(walk, period, y);
    sum += source(walk, T(-period), y);
  }
  return sum;
}

// cos and sin of n times an angle, by turning.
template <class T>
struct Turn {
  explicit Turn(const T& angle) noexcept {
    const double c = std::cos(math::value_of(angle));
    const double s = std::sin(math::value_of(angle));
    if constexpr (std::is_same_v<T, double>) {
      step_cosine = c;
      step_sine = s;
    } else {
      step_cosine = math::compose(angle, c, -s, -c);
      step_sine = math::compose(angle, s, c, -s);
    }
  }
  void advance() noexcept {
    const T next = cosine * step_cosine - sine * step_sine;
    sine = sine * step_cosine + cosine * step_sine;
    cosine = next;
  }

  T step_cosine;
  T step_sine;
  T cosine{1.0};
  T sine{0.0};
};

int terms_needed(double w) noexcept {
  const double square = std::numbers::pi * std::numbers::pi * w * w;
  const double exponent = kLeftOutTerms + 0.5 / (w * w);
  return std::max(1, static_cast<int>(std::ceil(std::sqrt(1.0 + 2.0 * exponent / square))) - 1);
}

template <class T>
T by_fourier(const fp::Walk<T>& walk, const Interval<T>& barriers, const Interval<T>& y) noexcept {
  using std::exp;
  const T a = barriers.high - barriers.low;
  const T variance = walk.deviation * walk.deviation;
  const T tilt = walk.mean / variance;
  const T offset = 0.5 * (walk.mean * tilt);
  const T at_low = exp(tilt * y.low - offset);
  const T at_high = exp(tilt * y.high - offset);
  const T unit = std::numbers::pi / a;
  Turn<T> start(T(-(unit * barriers.low)));
  Turn<T> low(T(unit * (y.low - barriers.low)));
  Turn<T> high(T(unit * (y.high - barriers.low)));
  const int count = terms_needed(math::value_of(walk.deviation) / math::value_of(a));
  T sum(0.0);
  for (int n = 1; n <= count; ++n) {
    start.advance();
    low.advance();
    high.advance();
    const T o = n * unit;
    const T decay = exp(-0.5 * (o * o * variance));
    const T upper = at_high * (tilt * high.sine - o * high.cosine);
    const T lower = at_low * (tilt * low.sine - o * low.cosine);
    sum += start.sine * decay * (upper - lower) / (tilt * tilt + o * o);
  }
  return 2.0 * sum / a;
}

template <class T>
T mass(const fp::Walk<T>& walk, const Interval<T>& barriers, const Interval<T>& y,
       Series series) noexcept {
  const double width = math::value_of(barriers.high) - math::value_of(barriers.low);
  const bool images = series == Series::kFaster
                          ? math::value_of(walk.deviation) < kChangeOver * width
                          : series == Series::kImages;
  return images ? by_images(walk, barriers, y) : by_fourier(walk, barriers, y);
}

bool reached_already(const DoubleBarrierOption& o, const FlatMarket& m) noexcept {
  return m.spot <= o.lower_barrier || m.spot >= o.upper_barrier;
}

// Chance that the forward's path stays between the barriers; one half where it ends on one.
double certain_chance(const DoubleBarrierOption& o, const FlatMarket& m) noexcept {
  if (reached_already(o, m)) return 0.0;
  const double end = m.spot * std::exp((m.rate - m.dividend_yield) * o.time_to_expiry);
  if (end < o.lower_barrier || end > o.upper_barrier) return 0.0;
  return end == o.lower_barrier || end == o.upper_barrier ? 0.5 : 1.0;
}

bool is_certain(const DoubleBarrierOption& o, const FlatMarket& m) noexcept {
  return reached_already(o, m) || fp::is_certain(m, o.time_to_expiry);
}

template <class T>
T vanilla(const DoubleBarrierOption& o, const FlatMarket& m) noexcept {
  const VanillaOption plain{o.type, o.strike, o.time_to_expiry};
  if constexpr (std::is_same_v<T, double>) {
    return black_scholes::price(plain, m).value;
  } else {
    const Greeks g = black_scholes::greeks(plain, m).value;
    T out(g.price);
    out.first = {g.delta, g.vega, -g.theta, g.rho};
    out.second = {g.gamma};
    return out;
  }
}

// What the option would pay without barriers.
template <class T>
T plain_value(const DoubleBarrierOption& o, const FlatMarket& m, const fp::Law<T>& law) noexcept {
  return o.payoff == Payoff::kCash ? o.cash * law.discount : vanilla<T>(o, m);
}

// The payoff if neither barrier was reached.
template <class T>
T knock_out(const DoubleBarrierOption& o, const fp::Inputs<T>& in, const fp::Law<T>& law,
            const Interval<T>& barriers, const T& alive, Series series) noexcept {
  if (o.payoff == Payoff::kCash) return o.cash * law.discount * alive;
  const T k = fp::log_distance(T(o.strike), in.spot);
  const bool call = o.type == OptionType::kCall;
  Interval<T> y = barriers;
  if (o.strike > o.lower_barrier && o.strike < o.upper_barrier) {
    (call ? y.low : y.high) = k;
  } else if (call ? o.strike >= o.upper_barrier : o.strike <= o.lower_barrier) {
    return T(0.0);
  }
  const T found = law.asset * mass(law.for_asset, barriers, y, series) -
                  o.strike * law.discount * mass(law.for_cash, barriers, y, series);
  return static_cast<double>(o.type) * found;
}

template <class T>
T value(const DoubleBarrierOption& o, const FlatMarket& m, Series series) noexcept {
  const fp::Inputs<T> in = fp::inputs<T>(m, o.time_to_expiry);
  const fp::Law<T> law(in);
  const bool pays_reached = o.condition == Condition::kReached;
  if (is_certain(o, m)) {
    const double alive = certain_chance(o, m);
    const double paid = pays_reached ? 1.0 - alive : alive;
    const T rebate = (1.0 - paid) * o.rebate * law.discount;
    return paid > 0.0 ? paid * plain_value(o, m, law) + rebate : rebate;
  }
  const Interval<T> barriers{fp::log_distance(T(o.lower_barrier), in.spot),
                             fp::log_distance(T(o.upper_barrier), in.spot)};
  const bool needs_alive = o.payoff == Payoff::kCash || o.rebate > 0.0;
  const T alive = needs_alive ? mass(law.for_cash, barriers, barriers, series) : T(0.0);
  const T out = knock_out(o, in, law, barriers, alive, series);
  const T paid = pays_reached ? plain_value(o, m, law) - out : out;
  if (o.rebate == 0.0) return paid;
  return paid + o.rebate * law.discount * (pays_reached ? alive : 1.0 - alive);
}

Status checked(const DoubleBarrierOption& o, const FlatMarket& m) noexcept {
  const Status status = simd::check_inputs<3, 7>(
      {o.cash, m.rate, m.dividend_yield}, {o.strike, o.lower_barrier, o.upper_barrier,
                                           o.time_to_expiry, o.rebate, m.spot, m.volatility});
  if (status != Status::kOk) return status;
  return o.lower_barrier < o.upper_barrier ? Status::kOk : Status::kOutOfDomain;
}

// Rounding takes no price below 0, nor above what is paid without barriers and the rebate.
double within_bounds(double value, const DoubleBarrierOption& o, const FlatMarket& m) noexcept {
  if (o.payoff == Payoff::kCash && o.cash < 0.0) return value;
  const fp::Law<double> law(fp::inputs<double>(m, o.time_to_expiry));
  const double bound = plain_value(o, m, law) + o.rebate * law.discount;
  return value <= 0.0 ? 0.0 : value > bound ? bound : value;
}

}  // namespace

PriceResult price(const DoubleBarrierOption& option, const FlatMarket& market,
                  Series series) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return {fp::kNaN, status};
  return fp::as_result(within_bounds(value<double>(option, market, series), option, market));
}

GreeksResult greeks(const DoubleBarrierOption& option, const FlatMarket& market,
                    Series series) noexcept {
  const Status status = checked(option, market);
  if (status != Status::kOk) return fp::no_greeks(status);
  const bool certain = is_certain(option, market);
  if (certain && certain_chance(option, market) == 0.5) return fp::no_greeks(Status::kOverflow);
  fp::Jet found = value<fp::Jet>(option, market, series);
  found.value = within_bounds(found.value, option, market);
  return fp::as_result(found, certain);
}

}  // namespace strikeproof::double_barrier
