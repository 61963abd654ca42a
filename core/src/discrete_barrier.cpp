// Barrier options under Black-Scholes-Merton, watched at n equal steps of length D = T / n.
//
// Quadrature: with u = e (ln S - ln H) > 0 alive, c = e (r - q - sigma^2/2) D, s = sigma sqrt(D),
// the value V_j at fixing j follows backwards from the expected payoff one step before expiry,
// known in closed form, by
//
//   V_j(u) = exp(-r D) (int_0^inf g((v - u - c) / s) V_{j+1}(v) dv / s + R_{j+1} P(beyond | u))
//
// g the normal density, R_j the rebate's value when paid for fixing j. V_{j+1} is analytic on
// [0, inf), so panels of Gauss and Legendre's rule that begin at the barrier converge as fast as
// for the density itself [1], [2]: panels of two deviations with ten nodes leave 1e-12. The density
// is cut where it is below 1e-15 and the nodes end where the walk from today's spot arrives with
// less than 1e-13. Panels of equal width make the rule's matrix one of few small blocks.
// Greeks carry derivatives by volatility, time and rate through the recursion; those by spot come
// from its last step alone.
//
// Continuity correction: the continuous formula with H exp(-e 0.5826 sigma sqrt(D)) in place of H,
// the factor being -zeta(1/2) / sqrt(2 pi) [3].
//
// [1] Andricopoulos, A., Widdicks, M., Duck, P. and Newton, D. (2003), Universal option valuation
//     using quadrature methods, J. Financial Economics 67(3), 447-471.
// [2] Davis, P. and Rabinowitz, P. (1984), Methods of Numerical Integration, 2nd ed., sec. 2.7.
// [3] Broadie, M., Glasserman, P. and Kou, S. (1997), A continuity correction for discrete barrier
//     options, Mathematical Finance 7(4), 325-349.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "barrier_value.hpp"
#include "simd/batch.hpp"
#include "strikeproof/barrier.hpp"

namespace strikeproof::barrier {
namespace {

using Carried = math::Jet<3, 0>;  // by volatility, time, rate

constexpr double kCorrection = 0.58259715793901067021;
constexpr double kWidth = 2.0;     // of a panel, in deviations of a step
constexpr double kReach = 7.5;     // of the walk, in its deviations
constexpr std::int64_t kBand = 5;  // blocks on either side: ten deviations less one panel
constexpr double kMostPanels = 1e5;
constexpr double kFarthest = 1e15;   // number of a panel
constexpr double kSmallest = 1e-12;  // deviation of a step below which the path is certain
constexpr std::size_t kNodes = 10;
constexpr std::size_t kBlocks = 2 * kBand + 1;
// Gauss and Legendre's rule on [0, 1].
constexpr std::array<double, kNodes> kAt = {0.013046735741414139961, 0.067468316655507744634,
                                            0.16029521585048779688,  0.2833023029353764046,
                                            0.42556283050918439456,  0.57443716949081560544,
                                            0.7166976970646235954,   0.83970478414951220312,
                                            0.93253168334449225537,  0.98695326425858586004};
constexpr std::array<double, kNodes> kWeight = {0.033335672154344068797, 0.074725674575290296573,
                                                0.109543181257991022,    0.13463335965499817755,
                                                0.14776211235737643509,  0.14776211235737643509,
                                                0.13463335965499817755,  0.109543181257991022,
                                                0.074725674575290296573, 0.033335672154344068797};

template <class T>
using Nodes = std::array<T, kNodes>;

template <class T>
T lift(const T& v) noexcept {
  return v;
}

fp::Jet lift(const Carried& v) noexcept {
  fp::Jet out(v.value);
  for (std::size_t i = 0; i < 3; ++i) out.first[i + 1] = v.first[i];
  return out;
}

template <class T>
fp::Inputs<T> market_inputs(const FlatMarket& m, double time) noexcept {
  if constexpr (std::is_same_v<T, Carried>) {
    return {T(m.spot), T::input(m.rate, 2), T(m.dividend_yield), T::input(m.volatility, 0),
            T::input(time, 1)};
  } else {
    return fp::inputs<T>(m, time);
  }
}

// One step of the walk and what is paid at its end.
template <class T>
struct Step {
  Step(const BarrierOption& o, const FlatMarket& m, double fixings) noexcept
      : in(market_inputs<T>(m, o.time_to_expiry)), e(static_cast<double>(o.side)), option(&o) {
    using std::exp;
    in.time = in.time * (1.0 / fixings);
    in.spot = T(1.0);
    const fp::Law<T> law(in);
    walk = law.for_cash;
    asset_walk = law.for_asset;
    discount = law.discount;
    growth = law.asset;
    shift = e * walk.mean;
  }

  // Density of arriving at v from u, both in units of u.
  T density(const T& u, double v) const noexcept {
    using math::normal_pdf;
    return normal_pdf((v - u - shift) / walk.deviation) / walk.deviation;
  }

  // Expected value one step before expiry; x = ln(S / H).
  T last(const T& x) const noexcept {
    using std::exp;
    const BarrierOption& o = *option;
    const T spot = o.barrier * exp(x);
    const double k = o.strike > 0.0 ? std::log(o.strike / o.barrier) : fp::kLogOfZero;
    const bool away = static_cast<double>(o.type) == e;
    const bool live = e * k > 0.0;
    T sum = o.rebate * discount * beyond(x);
    if (away) return sum + e * claim(spot, (live ? k : 0.0) - x);
    return live ? sum + e * (claim(spot, k - x) - claim(spot, -x)) : sum;
  }

  T claim(const T& spot, const T& level) const noexcept {
    return spot * growth * asset_walk.beyond(e, level) -
           option->strike * discount * walk.beyond(e, level);
  }

  T beyond(const T& x) const noexcept { return walk.beyond(-e, -x); }

  fp::Inputs<T> in;
  double e;
  const BarrierOption* option;
  fp::Walk<T> walk{};
  fp::Walk<T> asset_walk{};
  T discount{};
  T growth{};
  T shift{};
};

// Panels that the walk from today's spot can be in, numbered from the barrier.
struct Range {
  std::int64_t begin;
  std::int64_t end;

  [[nodiscard]] std::size_t count() const noexcept {
    return end > begin ? static_cast<std::size_t>(end - begin) : 0;
  }
};

struct Grid {
  double start;      // u of today's spot
  double shift;      // c
  double deviation;  // s
  double width;      // of a panel

  [[nodiscard]] double reach(double steps) const noexcept {
    return kReach * deviation * std::sqrt(steps) + deviation * deviation * steps;
  }
  [[nodiscard]] Range range(double steps) const noexcept {
    const double centre = start + shift * steps;
    const double low = std::floor((centre - reach(steps)) / width);
    const double high = std::ceil((centre + reach(steps)) / width);
    return {static_cast<std::int64_t>(std::max(low, 0.0)),
            static_cast<std::int64_t>(std::max(high, 0.0))};
  }
  [[nodiscard]] double node(std::int64_t panel, std::size_t i) const noexcept {
    return width * (static_cast<double>(panel) + kAt[i]);
  }
  // Whether the panels of the walk's first to last but one steps can be counted and held.
  [[nodiscard]] bool fits(double steps) const noexcept {
    const double farthest = std::abs(start) + std::abs(shift) * steps + reach(steps);
    return farthest < kFarthest * width && 2.0 * reach(steps) < kMostPanels * width;
  }
  // No fixing can find the walk beyond the barrier.
  [[nodiscard]] bool out_of_reach(double steps) const noexcept {
    return start + std::min(0.0, shift * steps) - reach(steps) > 0.0;
  }
};

// The rule's matrix: entry [block][j][i] takes node j of a panel to node i of the one `block` away.
template <class T>
struct Matrix {
  Matrix(const Step<T>& step, const Grid& grid) noexcept
      : first(static_cast<std::int64_t>(std::lround(grid.shift / grid.width)) - kBand) {
    for (std::size_t block = 0; block < kBlocks; ++block) {
      const auto away = static_cast<double>(first + static_cast<std::int64_t>(block));
      for (std::size_t j = 0; j < kNodes; ++j) {
        for (std::size_t i = 0; i < kNodes; ++i) {
          const double distance = grid.width * (away + kAt[j] - kAt[i]);
          entries[block][j][i] = grid.width * kWeight[j] * step.density(T(0.0), distance);
        }
      }
    }
  }

  // Sum over the panels of `from` for panel `panel`.
  Nodes<T> apply(const std::vector<Nodes<T>>& from, Range range,
                 std::int64_t panel) const noexcept {
    Nodes<T> sum{};
    for (std::size_t block = 0; block < kBlocks; ++block) {
      const std::int64_t other = panel + first + static_cast<std::int64_t>(block);
      if (other < range.begin || other >= range.end) continue;
      const Nodes<T>& values = from[static_cast<std::size_t>(other - range.begin)];
      for (std::size_t j = 0; j < kNodes; ++j) {
        for (std::size_t i = 0; i < kNodes; ++i) sum[i] += entries[block][j][i] * values[j];
      }
    }
    return sum;
  }

  std::int64_t first;
  std::array<std::array<Nodes<T>, kNodes>, kBlocks> entries{};
};

// Values on all panels at fixing n - 1, then backwards to fixing 1.
template <class T>
std::vector<Nodes<T>> backwards(const Step<T>& step, const Grid& grid, int fixings) noexcept {
  using std::exp;
  const Matrix<T> matrix(step, grid);
  const BarrierOption& o = *step.option;
  Range range = grid.range(fixings - 1);
  std::vector<Nodes<T>> values(range.count());
  for (std::size_t p = 0; p < values.size(); ++p) {
    for (std::size_t i = 0; i < kNodes; ++i) {
      const double u = grid.node(range.begin + static_cast<std::int64_t>(p), i);
      values[p][i] = step.last(T(step.e * u));
    }
  }
  T paid(o.rebate);  // for the fixing that the step ends at
  for (int j = fixings - 2; j >= 1; --j) {
    if (o.payment == RebatePayment::kAtExpiry) paid *= step.discount;
    const Range next = grid.range(j);
    std::vector<Nodes<T>> found(next.count());
    for (std::size_t p = 0; p < found.size(); ++p) {
      const std::int64_t panel = next.begin + static_cast<std::int64_t>(p);
      Nodes<T> sum = matrix.apply(values, range, panel);
      for (std::size_t i = 0; i < kNodes; ++i) {
        if (o.rebate > 0.0) sum[i] += paid * step.beyond(T(step.e * grid.node(panel, i)));
        found[p][i] = step.discount * sum[i];
      }
    }
    values.swap(found);
    range = next;
  }
  return values;
}

Grid grid_of(const BarrierOption& o, const FlatMarket& m, double fixings) noexcept {
  const Step<double> step(o, m, fixings);
  const double deviation = step.walk.deviation;
  return {step.e * std::log(m.spot / o.barrier), step.shift, deviation, kWidth * deviation};
}

// Value of a knock-out today, by the last step from spot; V is what the recursion carries.
template <class T, class V>
T knock_out(const BarrierOption& o, const FlatMarket& m, int fixings) noexcept {
  using std::exp;
  const Step<T> step(o, m, fixings);
  const T x = fp::log_distance(market_inputs<T>(m, o.time_to_expiry).spot, T(o.barrier));
  if (fixings == 1) return step.last(x);
  const Grid grid = grid_of(o, m, fixings);
  const Range range = grid.range(1);
  const Step<V> carried(o, m, fixings);
  const std::vector<Nodes<V>> values = backwards(carried, grid, fixings);
  const T u = step.e * x;
  T sum = o.rebate * step.beyond(x);
  if (o.payment == RebatePayment::kAtExpiry) {
    sum *= exp(-(step.in.rate * step.in.time) * (fixings - 1.0));
  }
  for (std::size_t p = 0; p < values.size(); ++p) {
    for (std::size_t i = 0; i < kNodes; ++i) {
      const double v = grid.node(range.begin + static_cast<std::int64_t>(p), i);
      sum += grid.width * kWeight[i] * (step.density(u, v) * lift(values[p][i]));
    }
  }
  return step.discount * sum;
}

// First fixing at which the forward's path, monotone, is at or beyond the barrier; 0 for none.
double certain_fixing(const BarrierOption& o, const FlatMarket& m, double fixings) noexcept {
  const auto e = static_cast<double>(o.side);
  const double step = (m.rate - m.dividend_yield) * o.time_to_expiry / fixings;
  const auto beyond = [&](double j) {
    return e * (m.spot * std::exp(step * j) - o.barrier) <= 0.0;
  };
  if (beyond(1.0)) return 1.0;
  if (!beyond(fixings)) return 0.0;
  return std::clamp(std::ceil(std::log(o.barrier / m.spot) / step), 1.0, fixings);
}

template <class T>
T certain(const BarrierOption& o, const FlatMarket& m, double fixings) noexcept {
  using std::exp;
  const fp::Inputs<T> in = fp::inputs<T>(m, o.time_to_expiry);
  const double hit = certain_fixing(o, m, fixings);
  const bool pays = (o.knock == Knock::kOut) == (hit == 0.0);
  if (pays) return vanilla<T>(o, m);
  const bool at_hit = o.knock == Knock::kOut && o.payment == RebatePayment::kAtHit;
  return o.rebate * exp(-(in.rate * in.time) * (at_hit ? hit / fixings : 1.0));
}

bool is_certain(const BarrierOption& o, const FlatMarket& m, double fixings) noexcept {
  return m.spot == 0.0 || m.volatility * std::sqrt(o.time_to_expiry / fixings) < kSmallest;
}

bool out_of_reach(const BarrierOption& o, const FlatMarket& m, double fixings) noexcept {
  if (o.barrier == 0.0) return o.side == Side::kDown;
  return grid_of(o, m, fixings).out_of_reach(fixings);
}

// Whether the quadrature, where one is needed, has panels enough.
bool is_solvable(const BarrierOption& o, const FlatMarket& m, double fixings) noexcept {
  return is_certain(o, m, fixings) || o.barrier == 0.0 || fixings == 1.0 ||
         grid_of(o, m, fixings).fits(fixings);
}

template <class T, class V>
T quadrature(const BarrierOption& o, const FlatMarket& m, double fixings) noexcept {
  if (is_certain(o, m, fixings)) return certain<T>(o, m, fixings);
  const fp::Law<T> law(fp::inputs<T>(m, o.time_to_expiry));
  BarrierOption out = o;
  out.knock = Knock::kOut;
  if (o.knock == Knock::kIn) out.payment = RebatePayment::kAtExpiry;
  T value(0.0);
  if (out_of_reach(o, m, fixings)) {
    value = vanilla<T>(o, m);
  } else if (o.barrier == 0.0) {  // above spot 0: reached at the first fixing
    const double share = out.payment == RebatePayment::kAtHit ? 1.0 / fixings : 1.0;
    const fp::Inputs<T> in = fp::inputs<T>(m, o.time_to_expiry);
    using std::exp;
    value = o.rebate * exp(-(in.rate * in.time) * share);
  } else {
    value = knock_out<T, V>(out, m, static_cast<int>(fixings));
  }
  if (o.knock == Knock::kOut) return value;
  return vanilla<T>(o, m) + o.rebate * law.discount - value;
}

// The barrier as the continuity correction moves it.
template <class T>
T corrected(const BarrierOption& o, const fp::Inputs<T>& in, double fixings) noexcept {
  using std::exp;
  using std::sqrt;
  const double factor = -static_cast<double>(o.side) * kCorrection / std::sqrt(fixings);
  if (o.time_to_expiry == 0.0) return T(o.barrier);
  return o.barrier * exp(factor * (in.volatility * sqrt(in.time)));
}

Status checked(const BarrierOption& o, const Watching& w, const FlatMarket& m) noexcept {
  const Status status = checked(o, m);
  if (status != Status::kOk) return status;
  if (!std::isfinite(w.fixings)) return Status::kNonFinite;
  const bool counts = w.fixings >= 1.0 && w.fixings <= kMaxFixings;
  return counts && w.fixings == std::floor(w.fixings) ? Status::kOk : Status::kOutOfDomain;
}

}  // namespace

PriceResult price(const BarrierOption& option, const Watching& watching,
                  const FlatMarket& market) noexcept {
  const Status status = checked(option, watching, market);
  if (status != Status::kOk) return {fp::kNaN, status};
  double found = 0.0;
  if (watching.method == Method::kQuadrature) {
    if (!is_solvable(option, market, watching.fixings)) return {fp::kNaN, Status::kNotConverged};
    found = quadrature<double, double>(option, market, watching.fixings);
  } else {
    const fp::Inputs<double> in = fp::inputs<double>(market, option.time_to_expiry);
    found = value(option, market, in, corrected(option, in, watching.fixings));
  }
  return fp::as_result(within_bounds(found, option, market));
}

GreeksResult greeks(const BarrierOption& option, const Watching& watching,
                    const FlatMarket& market) noexcept {
  const Status status = checked(option, watching, market);
  if (status != Status::kOk) return fp::no_greeks(status);
  fp::Jet found;
  bool certain = is_certain(option, market, watching.fixings);
  if (watching.method == Method::kQuadrature) {
    if (!is_solvable(option, market, watching.fixings)) {
      return fp::no_greeks(Status::kNotConverged);
    }
    found = quadrature<fp::Jet, Carried>(option, market, watching.fixings);
  } else {
    const fp::Inputs<fp::Jet> in = fp::inputs<fp::Jet>(market, option.time_to_expiry);
    const fp::Jet level = corrected(option, in, watching.fixings);
    if (at_jump(option, market, level.value)) return fp::no_greeks(Status::kOverflow);
    found = value(option, market, in, level);
    certain = certain || reached_already(option, market, level.value);
  }
  found.value = within_bounds(found.value, option, market);
  return fp::as_result(found, certain);
}

}  // namespace strikeproof::barrier
