// European options where the logarithm of the spot jumps, by conditioning on the number of jumps.
//
//   E[min(S, K)]/F = sum_n w_n c(k_n; n delta^2)                                           [1, 2]
//   w_n = e^-a a^n/n!,   a = lambda (1 + m) T,   1 + m = exp(mu + delta^2/2)
//   k_n = k + lambda m T - n (mu + delta^2/2)
//
// lambda: intensity; mu, delta: mean and volatility of a jump; k = ln(K/F); c(k; u): the same
// expectation under Heston's model with an independent normal variable of variance u added to the
// logarithm. Each term has its own contour, bent to the side that its own strike asks for: one
// integral of the whole characteristic function would have to take the side of one term, along
// which the others grow like exp(jump^2/(2 variance)).
//
// [1] Merton, R. (1976), Option pricing when underlying stock returns are discontinuous, J.
// Financial
//     Economics 3(1-2), 125-144, equation 16.
// [2] Bates, D. (1996), Jumps and stochastic volatility, Review of Financial Studies 9(1), 69-107.
#include "strikeproof/bates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "strikeproof/black_scholes.hpp"

namespace strikeproof::bates {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kNoWeight = 1e-18;
constexpr int kMostJumps = 2000;  // of Bates's model

heston::Result failure(Status status) noexcept { return {{kNaN, kNaN, kNaN}, status}; }

double growth(const Jumps& j) noexcept { return j.mean + 0.5 * j.volatility * j.volatility; }

/// Poisson's probability of n.
double poisson(int n, double mean) noexcept {
  if (mean == 0.0) return n == 0 ? 1.0 : 0.0;
  return std::exp(n * std::log(mean) - mean - std::lgamma(n + 1.0));
}

struct Range {
  int first;
  int last;
};

/// Numbers that have weight; `last` stays below first where there would be more than `most`.
Range likely(double mean, int most) noexcept {
  if (!(mean < most)) return {0, -1};
  const int mode = static_cast<int>(mean);
  Range found{mode, mode};
  while (found.first > 0 && poisson(found.first - 1, mean) > kNoWeight) --found.first;
  while (poisson(found.last + 1, mean) > kNoWeight) ++found.last;
  return found;
}

bool finite(const VanillaOption& o, double spot, double rate, double yield,
            const Jumps& j) noexcept {
  const std::array<double, 8> all{o.strike, o.time_to_expiry, spot,   rate,
                                  yield,    j.intensity,      j.mean, j.volatility};
  return std::all_of(all.begin(), all.end(), [](double x) { return std::isfinite(x); });
}

bool finite(const heston::Model& v) noexcept {
  const std::array<double, 5> all{v.initial_variance, v.long_run_variance, v.mean_reversion,
                                  v.volatility_of_variance, v.correlation};
  return std::all_of(all.begin(), all.end(), [](double x) { return std::isfinite(x); });
}

bool in_domain(const VanillaOption& o, double spot, const Jumps& j) noexcept {
  return o.strike >= 0.0 && o.time_to_expiry >= 0.0 && spot >= 0.0 && j.intensity >= 0.0 &&
         j.volatility >= 0.0;
}

bool in_domain(const heston::Model& v) noexcept {
  return v.initial_variance >= 0.0 && v.long_run_variance >= 0.0 && v.mean_reversion >= 0.0 &&
         v.volatility_of_variance >= 0.0 && std::abs(v.correlation) <= 1.0;
}

bool never_varies(const heston::Model& v) noexcept {
  return v.initial_variance == 0.0 && (v.mean_reversion == 0.0 || v.long_run_variance == 0.0);
}

/// Value where only the forward matters.
heston::Result intrinsic(const VanillaOption& o, double spot_now, double strike_now,
                         double spot_discount) noexcept {
  const auto sign = static_cast<double>(o.type);
  const double amount = sign * (spot_now - strike_now);
  return {{std::max(amount, 0.0), amount > 0.0 ? sign * spot_discount : 0.0, 0.0}, Status::kOk};
}

}  // namespace

Expiry::Expiry(const Model& model, double time_to_expiry) : model_(model), time_(time_to_expiry) {
  const Jumps& j = model.jumps;
  const double mean = j.intensity * std::exp(growth(j)) * time_to_expiry;
  const Range range = likely(mean, kMostJumps);
  least_ = range.first;
  for (int n = range.first; n <= range.last; ++n) weights_.push_back(poisson(n, mean));
  expiries_.resize(weights_.size());
}

heston::Expiry& Expiry::after(int jumps) {
  std::optional<heston::Expiry>& found = expiries_[static_cast<std::size_t>(jumps - least_)];
  if (!found) {
    const double width = model_.jumps.volatility;
    found.emplace(model_.variance, time_, jumps * width * width);
  }
  return *found;
}

heston::Result Expiry::covered_call(double log_strike) {
  if (weights_.empty()) return failure(Status::kNotConverged);
  const Jumps& j = model_.jumps;
  const double start = log_strike + j.intensity * std::expm1(growth(j)) * time_;
  heston::Values sum{0.0, 0.0, 0.0};
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const int n = least_ + static_cast<int>(i);
    const double k = start - n * growth(j);
    heston::Result term{{std::min(1.0, std::exp(k)), k > 0.0 ? 1.0 : 0.0, 0.0}, Status::kOk};
    const bool certain = never_varies(model_.variance) && n * j.volatility == 0.0;
    if (!certain) term = after(n).covered_call(k);
    if (term.status != Status::kOk) return term;
    sum.price += weights_[i] * term.value.price;
    sum.delta += weights_[i] * term.value.delta;
    sum.gamma += weights_[i] * term.value.gamma;
  }
  return {sum, Status::kOk};
}

heston::Result Expiry::covered_call(double log_strike, Slopes& slopes) {
  slopes.fill(kNaN);
  if (weights_.empty()) return failure(Status::kNotConverged);
  const Jumps& j = model_.jumps;
  const double gross = std::exp(growth(j));
  const double jumps = j.intensity * gross * time_;  // a
  const double start = log_strike + j.intensity * std::expm1(growth(j)) * time_;
  heston::Values sum{0.0, 0.0, 0.0};
  Slopes total{};
  double by_jumps = 0.0;  // derivative by a
  double strike_and_count = 0.0;
  double by_strike = 0.0;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const int n = least_ + static_cast<int>(i);
    heston::Slopes own{};
    const heston::Result term = after(n).covered_call(start - n * growth(j), own);
    if (term.status != Status::kOk) return term;
    const double weight = weights_[i];
    sum.price += weight * term.value.price;
    sum.delta += weight * term.value.delta;
    sum.gamma += weight * term.value.gamma;
    for (std::size_t p = 0; p < 5; ++p) total[p] += weight * own[p];
    by_jumps += weight * term.value.price * (n / jumps - 1.0);
    const double slope = weight * (term.value.price - term.value.delta);
    by_strike += slope;
    strike_and_count += slope * n;
    total[kJumpVolatility] += weight * own[heston::kExtraVariance] * 2.0 * n * j.volatility;
  }
  const double by_growth = jumps * (by_jumps + by_strike) - strike_and_count;
  total[kIntensity] = time_ * (gross * by_jumps + std::expm1(growth(j)) * by_strike);
  total[kJumpMean] = by_growth;
  total[kJumpVolatility] += j.volatility * by_growth;
  slopes = total;
  return {sum, Status::kOk};
}

heston::Result value(const VanillaOption& option, const Market& market,
                     std::optional<Expiry>& expiry) {
  const Jumps& j = market.model.jumps;
  if (!finite(option, market.spot, market.rate, market.dividend_yield, j) ||
      !finite(market.model.variance)) {
    return failure(Status::kNonFinite);
  }
  if (!in_domain(option, market.spot, j) || !in_domain(market.model.variance)) {
    return failure(Status::kOutOfDomain);
  }
  const double time = option.time_to_expiry;
  const double spot_discount = std::exp(-market.dividend_yield * time);
  const double spot_now = market.spot * spot_discount;
  const double strike_now = option.strike * std::exp(-market.rate * time);
  if (!std::isfinite(spot_now) || !std::isfinite(strike_now)) return failure(Status::kOverflow);
  if (time == 0.0 || option.strike == 0.0 || market.spot == 0.0) {
    return intrinsic(option, spot_now, strike_now, spot_discount);
  }
  if (!expiry || !expiry->serves(market.model, time)) expiry.emplace(market.model, time);
  const double carry = (market.rate - market.dividend_yield) * time;
  const heston::Result covered =
      expiry->covered_call(std::log(option.strike / market.spot) - carry);
  if (covered.status != Status::kOk) return covered;
  const bool call = option.type == OptionType::kCall;
  const double most = call ? spot_now : strike_now;
  const double least = intrinsic(option, spot_now, strike_now, spot_discount).value.price;
  const double raw = most - spot_now * covered.value.price;
  return {{std::clamp(raw, least, std::max(least, most)),
           spot_discount * ((call ? 1.0 : 0.0) - std::clamp(covered.value.delta, 0.0, 1.0)),
           spot_discount * std::max(0.0, -covered.value.gamma) / market.spot},
          Status::kOk};
}

heston::Result merton_value(const VanillaOption& option, const MertonMarket& market) noexcept {
  const Jumps& j = market.jumps;
  if (!finite(option, market.spot, market.rate, market.dividend_yield, j) ||
      !std::isfinite(market.volatility)) {
    return failure(Status::kNonFinite);
  }
  if (!in_domain(option, market.spot, j) || !(market.volatility >= 0.0)) {
    return failure(Status::kOutOfDomain);
  }
  constexpr int kMost = 1'000'000;
  const double time = option.time_to_expiry;
  const double spread = j.volatility * j.volatility;
  const double mean = j.intensity * time;
  // numbers of jumps that matter to the probability, and to the spot that they multiply
  const Range plain = likely(mean, kMost);
  const Range weighted = likely(mean * std::exp(growth(j)), kMost);
  if (plain.last < 0 || weighted.last < 0) return failure(Status::kNotConverged);
  heston::Values sum{0.0, 0.0, 0.0};
  const int last = std::max(plain.last, weighted.last);
  for (int n = std::min(plain.first, weighted.first); n <= last; ++n) {
    const double ratio = std::exp(n * growth(j) - mean * std::expm1(growth(j)));
    const double variance =
        market.volatility * market.volatility + (n > 0 ? n * spread / time : 0.0);
    const GreeksResult term = black_scholes::greeks(
        option, {market.spot * ratio, market.rate, market.dividend_yield, std::sqrt(variance)});
    if (term.status != Status::kOk) return failure(term.status);
    const double weight = poisson(n, mean);
    sum.price += weight * term.value.price;
    sum.delta += weight * ratio * term.value.delta;
    sum.gamma += weight * ratio * ratio * term.value.gamma;
  }
  return {sum, Status::kOk};
}

}  // namespace strikeproof::bates
