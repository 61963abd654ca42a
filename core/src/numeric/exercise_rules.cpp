// Checks of the inputs, and values without uncertainty; formula in the header.
#include "numeric/exercise_rules.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace strikeproof {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool all_finite(std::span<const double> values) noexcept {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

// Gain from exercise at a time, discounted, and its derivatives by spot and rate.
struct Gain {
  double value, time;
  double delta, rho;
  double asset;  // present value of what is delivered, for the kink
};

// The certain path of the stock between two dividends.
struct Stretch {
  double X, X_by_spot, X_by_rate;
};

struct Scene {
  const ExercisableOption& option;
  const FlatMarket& market;
  const CashDividends& dividends;

  [[nodiscard]] bool paid(double t, double now) const noexcept {
    return t > 0.0 && t < option.time_to_expiry && t < now;
  }
};

// Before the dividends of the moment t itself.
Stretch stretch_at(const Scene& scene, double t) noexcept {
  const FlatMarket& m = scene.market;
  Stretch s{m.spot, 1.0, 0.0};
  for (std::size_t i = 0; i < scene.dividends.times.size(); ++i) {
    const double date = scene.dividends.times[i];
    if (!scene.paid(date, t)) continue;
    const double worth =
        present_dividend(scene.dividends.amounts[i], m.rate - m.dividend_yield, date);
    s.X -= worth;
    s.X_by_rate += worth * date;
    if (s.X <= 0.0) return {};  // all is paid out
  }
  return s;
}

Gain gain_at(const Scene& scene, const Stretch& s, double t) noexcept {
  const FlatMarket& m = scene.market;
  const double phi = static_cast<double>(scene.option.type);
  const double hold = std::exp(-m.dividend_yield * t), discount = std::exp(-m.rate * t);
  const double asset = s.X * hold;
  const double rho = s.X_by_rate * hold + scene.option.strike * t * discount;
  return {phi * (asset - scene.option.strike * discount), t, phi * hold * s.X_by_spot, phi * rho,
          asset};
}

// Never exercising gains 0, at expiry.
Gain best_exercise(const Scene& scene) noexcept {
  const double expiry = scene.option.time_to_expiry;
  const FlatMarket& m = scene.market;
  Gain best = gain_at(scene, stretch_at(scene, expiry), expiry);
  const auto consider = [&](double t, const Stretch& s) {
    const Gain gain = gain_at(scene, s, t);
    if (t <= expiry && gain.value > std::max(best.value, 0.0)) best = gain;
  };
  if (scene.option.exercise == Exercise::kBermudan) {
    for (const double t : scene.option.times) consider(t, stretch_at(scene, t));
  }
  if (scene.option.exercise != Exercise::kAmerican) return best;
  const auto stationary = [&](double from, double to) {
    const Stretch s = stretch_at(scene, to);
    const double ratio = m.rate * scene.option.strike / (m.dividend_yield * s.X);
    const double t = std::log(ratio) / (m.rate - m.dividend_yield);
    if (t > from && t < to) consider(t, s);  // false for NaN
    consider(to, s);
    // just after the dividends of `from`
    if (from > 0.0) consider(from, s);
  };
  double from = 0.0;
  for (const double t : scene.dividends.times) {
    if (!scene.paid(t, expiry)) continue;
    stationary(from, t);
    from = t;
  }
  stationary(from, expiry);
  consider(0.0, stretch_at(scene, 0.0));
  return best;
}

}  // namespace

Status check(const ExercisableOption& option, const FlatMarket& market) noexcept {
  const double inputs[] = {market.spot,       market.rate,   market.dividend_yield,
                           market.volatility, option.strike, option.time_to_expiry};
  if (!all_finite(inputs)) return Status::kNonFinite;
  if (market.spot < 0.0 || market.volatility < 0.0) return Status::kOutOfDomain;
  if (option.strike < 0.0 || option.time_to_expiry < 0.0) return Status::kOutOfDomain;
  if (option.exercise != Exercise::kBermudan) return Status::kOk;
  if (!all_finite(option.times)) return Status::kNonFinite;
  const bool ordered = std::ranges::is_sorted(option.times);
  if (!ordered || (!option.times.empty() && option.times.front() < 0.0)) {
    return Status::kOutOfDomain;
  }
  return Status::kOk;
}

Status check(const CashDividends& dividends) noexcept {
  if (!all_finite(dividends.times) || !all_finite(dividends.amounts)) return Status::kNonFinite;
  if (dividends.times.size() != dividends.amounts.size()) return Status::kOutOfDomain;
  if (!std::ranges::is_sorted(dividends.times)) return Status::kOutOfDomain;
  const bool paid = std::ranges::all_of(dividends.amounts, [](double a) { return a >= 0.0; });
  return paid ? Status::kOk : Status::kOutOfDomain;
}

bool is_certain(const ExercisableOption& option, const FlatMarket& market) noexcept {
  return !(market.volatility * std::sqrt(option.time_to_expiry) > 0.0) || !(market.spot > 0.0) ||
         !(option.strike > 0.0);
}

GreeksResult certain_value(const ExercisableOption& option, const FlatMarket& m,
                           const CashDividends& dividends) noexcept {
  const Gain best = best_exercise({option, m, dividends});
  const double t = best.time;
  const double used = best.value > 0.0 ? 1.0 : best.value == 0.0 ? 0.5 : 0.0;
  const bool kink = best.value == 0.0 && best.asset > 0.0;
  Greeks g{};
  g.price = std::max(best.value, 0.0);
  g.delta = used * best.delta;
  g.gamma = kink ? kInfinity : 0.0;
  g.vega = kink ? best.asset * math::kInverseRootTwoPi * std::sqrt(t) : 0.0;
  g.rho = used * best.rho;
  const bool waits = t > 0.0 || option.time_to_expiry == 0.0;
  g.theta = waits ? m.rate * g.price - (m.rate - m.dividend_yield) * m.spot * g.delta : 0.0;
  if (kink && t == 0.0 && m.volatility > 0.0) g.theta = -kInfinity;
  // growth beyond the range of a double: infinity times zero, or less infinity
  const bool lost = !std::isfinite(g.price) || std::isnan(g.delta + g.gamma + g.vega) ||
                    std::isnan(g.rho) || std::isnan(g.theta);
  if (lost) return {no_greeks(), Status::kOverflow};
  return {g, Status::kOk};
}

Greeks no_greeks() noexcept { return {kNaN, kNaN, kNaN, kNaN, kNaN, kNaN}; }

}  // namespace strikeproof
