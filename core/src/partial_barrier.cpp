// Barrier options under Black-Scholes-Merton, watched during a part of their life only.
//
//   0 < t < T: watched until t (start), or from t to expiry (end)
//   m', s' mean and deviation of X(t), m, s those of X(T), p = sqrt(t / T), mu = m / s^2
//   e = +1 down / -1 up, phi = +1 call / -1 put; claims as in src/barrier.cpp
//
// Watched until t, not reached, exercised:
//   N2(e (m' - b)/s', phi (m - k)/s, e phi p) - exp(2 mu b) N2(e (m' + b)/s', phi (m + 2b - k)/s, e
//   phi p)
//
// Watched from t, on side e of the barrier then and ever after, and e (X - k) > 0, e (k - b) >= 0:
//   N2(e (m' - b)/s', e (m - k)/s, p) - exp(2 mu b) N2(-e (m' + b)/s', e (m + 2b - k)/s, -p)
//
// The first is type A of [1]; the second gives type B2 (being beyond the barrier at t counts) for
// the barrier's own side e, and B1 (only crossing it counts) as the sum over both sides. The
// powers magnify the error of N2, 1e-15: where exp(2 mu b) exceeds 1e4 there is no answer.
//
// [1] Heynen, R. C. and Kat, H. M. (1994), Partial barrier options, J. Financial Engineering
// 3(3/4),
//     253-274.
// [2] Haug, E. G. (2007), The Complete Guide to Option Pricing Formulas, 2nd ed., sec. 4.17.4.
#include <cmath>

#include "barrier_value.hpp"
#include "simd/batch.hpp"
#include "strikeproof/barrier.hpp"
#include "strikeproof/math/bivariate_normal.hpp"

namespace strikeproof::barrier {
namespace {

constexpr double kMostPower = 9.2;  // ln 1e4

double cdf2(double x, double y, double rho) noexcept {
  return math::bivariate_normal_cdf(x, y, rho);
}

fp::Jet cdf2(const fp::Jet& x, const fp::Jet& y, const fp::Jet& rho) noexcept {
  return math::bivariate_normal_cdf(x, y, rho);
}

// The walk at t and at expiry under one measure.
template <class T>
struct Pair {
  fp::Walk<T> early;
  fp::Walk<T> late;
  T correlation;
  T b;

  [[nodiscard]] T power() const noexcept {
    using std::exp;
    return exp(2.0 * (late.mean * b) / (late.deviation * late.deviation));
  }
  // Not reached until t, then phi (X - k) > 0.
  [[nodiscard]] T start(double e, double phi, const T& k) const noexcept {
    const T rho = e * phi * correlation;
    const T direct = cdf2(T(e * ((early.mean - b) / early.deviation)),
                          T(phi * ((late.mean - k) / late.deviation)), rho);
    const T image = cdf2(T(e * ((early.mean + b) / early.deviation)),
                         T(phi * ((late.mean + 2.0 * b - k) / late.deviation)), rho);
    return direct - power() * image;
  }
  // On side e from t to expiry, and then e (X - k) > 0.
  [[nodiscard]] T end(double e, const T& k) const noexcept {
    const T direct = cdf2(T(e * ((early.mean - b) / early.deviation)),
                          T(e * ((late.mean - k) / late.deviation)), correlation);
    const T image = cdf2(T(-e * ((early.mean + b) / early.deviation)),
                         T(e * ((late.mean + 2.0 * b - k) / late.deviation)), T(-correlation));
    return direct - power() * image;
  }
};

template <class T>
struct Window {
  Pair<T> cash;
  Pair<T> asset;
  T asset_value;
  T strike_value;
  T k;

  [[nodiscard]] T start(double e, double phi) const noexcept {
    return phi * (asset_value * asset.start(e, phi, k) - strike_value * cash.start(e, phi, k));
  }
  [[nodiscard]] T end_beyond(double e, const T& level) const noexcept {
    return asset_value * asset.end(e, level) - strike_value * cash.end(e, level);
  }
  // The payoff on side e of the barrier.
  [[nodiscard]] T end(double e, double phi) const noexcept {
    const T& b = cash.b;
    const bool live = e * (math::value_of(k) - math::value_of(b)) > 0.0;
    if (phi == e) return phi * end_beyond(e, live ? k : b);
    return live ? phi * (end_beyond(e, b) - end_beyond(e, k)) : T(0.0);
  }
};

template <class T>
Window<T> window_of(const BarrierOption& o, double begin, const FlatMarket& m) noexcept {
  using std::sqrt;
  const fp::Inputs<T> in = fp::inputs<T>(m, o.time_to_expiry);
  fp::Inputs<T> early = in;
  early.time = in.time - (o.time_to_expiry - begin);  // the date stays, as expiry does
  const fp::Law<T> late(in);
  const fp::Law<T> first(early);
  const T correlation = sqrt(early.time / in.time);
  const T b = fp::log_distance(T(o.barrier), in.spot);
  return {{first.for_cash, late.for_cash, correlation, b},
          {first.for_asset, late.for_asset, correlation, b},
          late.asset,
          o.strike * late.discount,
          fp::log_distance(T(o.strike), in.spot)};
}

// Whether the forward's path, monotone, has reached the barrier while it was watched.
bool certainly_reached(const BarrierOption& o, const Part& part, const FlatMarket& m) noexcept {
  const auto e = static_cast<double>(o.side);
  const auto place = [&](double time) {
    return e * (m.spot * std::exp((m.rate - m.dividend_yield) * time) - o.barrier);
  };
  const double at_time = place(part.time);
  const double at_expiry = place(o.time_to_expiry);
  if (part.watched == Watched::kUntil) return place(0.0) <= 0.0 || at_time <= 0.0;
  if (part.watched == Watched::kFromCrossing) return at_time * at_expiry <= 0.0;
  return at_time <= 0.0 || at_expiry <= 0.0;
}

template <class T>
T knock_out(const BarrierOption& o, const Part& part, const FlatMarket& m) noexcept {
  const bool until = part.watched == Watched::kUntil;
  if (fp::is_certain(m, o.time_to_expiry) || o.barrier == 0.0) {
    return certainly_reached(o, part, m) ? T(0.0) : vanilla<T>(o, m);
  }
  if (until && reached_already(o, m, o.barrier)) return T(0.0);
  if (fp::is_certain(m, part.time) && until) return vanilla<T>(o, m);
  if (fp::is_certain(m, part.time)) {  // watched from now on
    BarrierOption whole = o;
    const bool beyond = reached_already(o, m, o.barrier);
    if (part.watched == Watched::kFromCrossing && beyond) {
      whole.side = o.side == Side::kDown ? Side::kUp : Side::kDown;
    }
    return value(whole, m, fp::inputs<T>(m, o.time_to_expiry), T(o.barrier));
  }
  const auto e = static_cast<double>(o.side);
  const auto phi = static_cast<double>(o.type);
  const Window<T> window = window_of<T>(o, part.time, m);
  if (until) return window.start(e, phi);
  if (part.watched == Watched::kFromBeyond) return window.end(e, phi);
  return window.end(e, phi) + window.end(-e, phi);
}

template <class T>
T partial_value(const BarrierOption& o, const Part& part, const FlatMarket& m) noexcept {
  BarrierOption out = o;
  out.knock = Knock::kOut;
  const T found = knock_out<T>(out, part, m);
  return o.knock == Knock::kOut ? found : vanilla<T>(o, m) - found;
}

Status checked(const BarrierOption& o, const Part& part, const FlatMarket& m) noexcept {
  const Status status = checked(o, m);
  if (status != Status::kOk) return status;
  if (!std::isfinite(part.time)) return Status::kNonFinite;
  const bool inside = part.time >= 0.0 && part.time <= o.time_to_expiry && o.rebate == 0.0;
  if (!inside) return Status::kOutOfDomain;
  if (fp::is_certain(m, part.time) || o.barrier == 0.0) return Status::kOk;
  const double variance = m.volatility * m.volatility;
  const double b = std::log(o.barrier / m.spot);
  const double power = 2.0 * b * ((m.rate - m.dividend_yield) / variance + 0.5);
  const bool exact = power < kMostPower && power - 2.0 * b < kMostPower;
  return exact ? Status::kOk : Status::kNotConverged;
}

}  // namespace

PriceResult price(const BarrierOption& option, const Part& part,
                  const FlatMarket& market) noexcept {
  const Status status = checked(option, part, market);
  if (status != Status::kOk) return {fp::kNaN, status};
  const double found = partial_value<double>(option, part, market);
  return fp::as_result(within_bounds(found, option, market));
}

GreeksResult greeks(const BarrierOption& option, const Part& part,
                    const FlatMarket& market) noexcept {
  const Status status = checked(option, part, market);
  if (status != Status::kOk) return fp::no_greeks(status);
  fp::Jet found = partial_value<fp::Jet>(option, part, market);
  found.value = within_bounds(found.value, option, market);
  return fp::as_result(found, fp::is_certain(market, option.time_to_expiry));
}

}  // namespace strikeproof::barrier
