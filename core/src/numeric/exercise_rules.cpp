// Checks of the inputs, and values without uncertainty; formula in the header.
#include "numeric/exercise_rules.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace strikeproof {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Gain {
  double value;  // discounted
  double time;
};

bool all_finite(std::span<const double> values) noexcept {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

double gain_at(const ExercisableOption& option, const FlatMarket& m, double t) noexcept {
  return static_cast<double>(option.type) * (m.spot * std::exp(-m.dividend_yield * t) -
                                             option.strike * std::exp(-m.rate * t));
}

// Never exercising gains 0, at expiry.
Gain best_exercise(const ExercisableOption& option, const FlatMarket& m) noexcept {
  const double expiry = option.time_to_expiry;
  Gain best{std::max(gain_at(option, m, expiry), 0.0), expiry};
  const auto consider = [&](double t) {
    const double value = gain_at(option, m, t);
    if (t <= expiry && value > best.value) best = {value, t};
  };
  if (option.exercise == Exercise::kBermudan) {
    for (const double t : option.times) consider(t);
  }
  if (option.exercise == Exercise::kAmerican) {
    const double ratio = m.rate * option.strike / (m.dividend_yield * m.spot);
    const double t = std::log(ratio) / (m.rate - m.dividend_yield);
    if (t > 0.0 && t < expiry) consider(t);  // false for NaN
    consider(0.0);
  }
  return best;
}

}  // namespace

Status check(const ExercisableOption& option, const FlatMarket& market) noexcept {
  const double inputs[] = {market.spot,           market.rate,   market.dividend_yield,
                           market.volatility,     option.strike, option.time_to_expiry};
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
  return !(market.volatility * std::sqrt(option.time_to_expiry) > 0.0) ||
         !(market.spot > 0.0) || !(option.strike > 0.0);
}

GreeksResult certain_value(const ExercisableOption& option, const FlatMarket& m) noexcept {
  const double phi = static_cast<double>(option.type);
  const Gain best = best_exercise(option, m);
  const double t = best.time;
  const double forward_gain = gain_at(option, m, t);
  const double used = forward_gain > 0.0 ? 1.0 : forward_gain == 0.0 ? 0.5 : 0.0;
  const double density = m.spot * std::exp(-m.dividend_yield * t) * math::kInverseRootTwoPi;
  const bool kink = forward_gain == 0.0 && m.spot > 0.0;
  Greeks g{};
  g.price = best.value;
  g.delta = used * phi * std::exp(-m.dividend_yield * t);
  g.gamma = kink ? kInfinity : 0.0;
  g.vega = kink ? density * std::sqrt(t) : 0.0;
  g.rho = used * phi * option.strike * t * std::exp(-m.rate * t);
  const bool waits = t > 0.0 || option.time_to_expiry == 0.0;
  g.theta = waits ? m.rate * g.price - (m.rate - m.dividend_yield) * m.spot * g.delta : 0.0;
  if (kink && t == 0.0 && m.volatility > 0.0) g.theta = -kInfinity;
  return {g, Status::kOk};
}

Greeks no_greeks() noexcept { return {kNaN, kNaN, kNaN, kNaN, kNaN, kNaN}; }

}  // namespace strikeproof
