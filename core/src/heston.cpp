// European options under Heston's model by one integral along a hyperbola.
//
// With k = ln(K/F) and the characteristic function phi(x) = E[exp(i x ln(S/F))]:          [1, 2]
//
//   E[min(S, K)] / F = 1/(2 pi) int exp(k - i x k) phi(x) / (x (x + i)) dx,   -1 < Im x < 0
//
// phi is that of heston_characteristic.cpp. An independent normal variable in the logarithm, of
// variance u and mean -u/2, multiplies it by exp(-u (x^2 + i x)/2).
//
// The contour x(y) = -i/2 + b (sinh(y + i w) - i sin w) bends from -i/2 to the side where exp(-i x
// k) decays [3]: nothing oscillates without decay, whatever expiry and strike are. The angle w is
// half of what the characteristic function allows: far out |phi| ~ exp(-c Re(x e^{i asin rho})),
// while near the origin it is Gaussian and allows pi/4. In y the integrand is analytic in a strip
// of that half width; the trapezoidal rule converges like exp(-2 pi width/step). The first step is
// the one that this law asks for. The nodes of even and of odd places are two rules of twice the
// step: what they differ by, squared, is the error to expect. While it is too large the step is
// halved.
//
// At -i/2 the integrand is of size exp(k/2), so that a strike far above the forward costs the
// digits that the price would need: beyond kFarthestStrike the answer is kNotConverged.
//
// [1] Heston, S. (1993), Review of Financial Studies 6(2), 327-343.
// [2] Lewis, A. (2001), A simple option formula for general jump-diffusion and other exponential
//     Levy processes.
// [3] Boyarchenko, S. and Levendorskii, S. (2019), Sinh-acceleration: efficient evaluation of
//     probability distributions, option pricing, and Monte Carlo simulations, Int. J. Theoretical
//     and Applied Finance 22(3).
#include "strikeproof/heston.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "simd/heston_kernels.hpp"

namespace strikeproof::heston {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Differences between steps that let the error of the smaller one be below 2e-11: it squares.
constexpr double kLastChange = 4e-6;
constexpr double kGammaShare = 0.1;  // of that: gamma converges later than the price
// ln(K/F) beyond which rounding exceeds 1e-11 of the forward: exp(k/2) times 1e-16.
constexpr double kFarthestStrike = 23.0;
constexpr double kFarthest = 60.0;  // of y: exp(60) is beyond every scale in use
// Widest use of the angles allowed, and the narrowest strip that is tried (correlations of -1, 1).
constexpr double kWidestAngle = 0.25 * std::numbers::pi;
constexpr double kNarrowestAngle = 0.05;
constexpr double kFirstAccuracy = 28.0;  // exp(-28) = 7e-13

/// Where the vector kernels' formulas neither divide by 0 nor leave the exponents.
bool ordinary(const Model& v, double time) noexcept {
  return v.volatility_of_variance > 1e-6 && v.volatility_of_variance < 1e3 &&
         v.mean_reversion < 1e4 && v.initial_variance < 1e4 && v.long_run_variance < 1e4 &&
         time > 1e-8 && time < 1e4;
}

bool finite(const VanillaOption& o, const Market& m) noexcept {
  const Model& v = m.model;
  const std::array<double, 10> all{o.strike,
                                   o.time_to_expiry,
                                   m.spot,
                                   m.rate,
                                   m.dividend_yield,
                                   v.initial_variance,
                                   v.long_run_variance,
                                   v.mean_reversion,
                                   v.volatility_of_variance,
                                   v.correlation};
  return std::all_of(all.begin(), all.end(), [](double x) { return std::isfinite(x); });
}

bool in_domain(const VanillaOption& o, const Market& m) noexcept {
  const Model& v = m.model;
  return o.strike >= 0.0 && o.time_to_expiry >= 0.0 && m.spot >= 0.0 && v.initial_variance >= 0.0 &&
         v.long_run_variance >= 0.0 && v.mean_reversion >= 0.0 && v.volatility_of_variance >= 0.0 &&
         std::abs(v.correlation) <= 1.0;
}

Result failure(Status status) noexcept { return {{kNaN, kNaN, kNaN}, status}; }

bool certain(const VanillaOption& o, const Market& m) noexcept {
  const Model& v = m.model;
  const bool never_varies =
      v.initial_variance == 0.0 && (v.mean_reversion == 0.0 || v.long_run_variance == 0.0);
  return o.time_to_expiry == 0.0 || o.strike == 0.0 || m.spot == 0.0 || never_varies;
}

struct Forward {
  double value;
  double spot_discount;    // exp(-q T)
  double strike_discount;  // exp(-r T)
};

Forward forward_of(const VanillaOption& o, const Market& m) noexcept {
  const double spot_discount = std::exp(-m.dividend_yield * o.time_to_expiry);
  const double strike_discount = std::exp(-m.rate * o.time_to_expiry);
  return {m.spot * spot_discount / strike_discount, spot_discount, strike_discount};
}

/// Value where only the forward matters.
Result intrinsic(const VanillaOption& o, const Forward& f) noexcept {
  const auto sign = static_cast<double>(o.type);
  const bool exercised = sign * (f.value - o.strike) > 0.0;
  const double amount = f.strike_discount * std::max(sign * (f.value - o.strike), 0.0);
  return {{amount, exercised ? sign * f.spot_discount : 0.0, 0.0}, Status::kOk};
}

Status checked(const VanillaOption& o, const Market& m, const Forward& f) noexcept {
  if (!finite(o, m)) return Status::kNonFinite;
  if (!in_domain(o, m)) return Status::kOutOfDomain;
  return std::isfinite(f.value * f.strike_discount) ? Status::kOk : Status::kOverflow;
}

/// Price of the option from E[min(S, K)]/F. What it is worth above its intrinsic value is the price
/// of the out-of-the-money option: relative accuracy far in the wings would have to enter here.
double price_of(const VanillaOption& o, const Forward& f, double covered) noexcept {
  const double moneyness = o.strike / f.value;
  const double out_of_the_money = std::max(std::min(1.0, moneyness) - covered, 0.0);
  const bool call = o.type == OptionType::kCall;
  const double most = f.strike_discount * (call ? f.value : o.strike);
  const double least = intrinsic(o, f).value.price;
  return std::min(least + f.strike_discount * f.value * out_of_the_money, std::max(most, least));
}

/// Delta and gamma, each within its bounds for any distribution, which rounding may have left.
Values values_of(const VanillaOption& o, const Market& m, const Forward& f,
                 const Values& covered) noexcept {
  const double held = std::clamp(covered.delta, 0.0, 1.0);
  const double own = o.type == OptionType::kCall ? 1.0 : 0.0;
  return {price_of(o, f, covered.price), f.spot_discount * (own - held),
          f.spot_discount * std::max(0.0, -covered.gamma) / m.spot};
}

Expiry& serving(const Market& market, double time, Expiry& expiry) {
  if (!expiry.serves(market.model, time)) expiry = Expiry(market.model, time);
  return expiry;
}

}  // namespace

Expiry::Expiry(const Model& model, double time_to_expiry, double extra_variance)
    : model_(model),
      time_(time_to_expiry),
      extra_variance_(extra_variance),
      kernels_(ordinary(model, time_to_expiry) ? &simd::heston_kernels() : &simd::kHestonScalar) {
  const double tilt = std::asin(model.correlation);
  up_ = contour(std::min(kWidestAngle, 0.5 * std::numbers::pi - tilt));
  down_ = contour(-std::min(kWidestAngle, 0.5 * std::numbers::pi + tilt));
}

Expiry::Contour Expiry::contour(double limit) {
  Contour found;
  const double widest = std::copysign(std::max(std::abs(limit), kNarrowestAngle), limit);
  found.angle = 0.5 * widest;
  // every hyperbola of the strip crosses between the poles at 0 and -i
  const double middle = std::sin(std::abs(found.angle));
  found.scale = 0.45 / std::max(middle, std::sin(std::abs(widest)) - middle);
  found.step = 2.0 * std::numbers::pi * std::abs(found.angle) / kFirstAccuracy;
  return found;
}

const Expiry::Nodes& Expiry::nodes(Contour& contour, int level, bool with_slopes) const {
  Nodes& found = contour.levels[static_cast<std::size_t>(level)];
  if (found.count > 0 && (!with_slopes || !found.slopes.empty())) return found;
  // level 0 has every multiple of its step, the next ones the odd multiples of theirs
  const double step = std::ldexp(contour.step, -level);
  const simd::HestonContour shape{model_,
                                  time_,
                                  extra_variance_,
                                  contour.scale,
                                  std::cos(contour.angle),
                                  std::sin(contour.angle),
                                  step};
  const double stride = level == 0 ? 1.0 : 2.0;
  double next = level == 0 ? 0.0 : 1.0;
  bool matters = true;
  found.count = 0;
  for (; matters && next * step < kFarthest; next += stride * simd::kBlockNodes) {
    found.blocks.resize((found.count + 1) * simd::kBlockSize);
    if (with_slopes) found.slopes.resize((found.count + 1) * simd::kSlopesSize);
    matters = kernels_->nodes(
        shape, next, stride, found.blocks.data() + found.count * simd::kBlockSize,
        with_slopes ? found.slopes.data() + found.count * simd::kSlopesSize : nullptr);
    ++found.count;
  }
  return found;
}

Expiry::Contour& Expiry::side(double log_strike) {
  const bool at_the_money_down = std::abs(down_.angle) > std::abs(up_.angle);
  return log_strike > 0.0 || (log_strike == 0.0 && at_the_money_down) ? down_ : up_;
}

template <std::size_t count>
bool Expiry::settle(double log_strike, std::array<double, count>& found) {
  if (!(log_strike <= kFarthestStrike)) return false;
  constexpr bool with_slopes = count > simd::kSumSlopes;
  const auto sum = with_slopes               ? kernels_->slopes
                   : count > simd::kSumGamma ? kernels_->greeks
                                             : kernels_->price;
  Contour& contour = side(log_strike);
  std::array<double, count> total{};
  std::array<bool, count> settled{};
  const auto all_of = [&settled](std::size_t first, std::size_t last) {
    bool all = true;
    for (std::size_t q = first; q < last; ++q) all = all && settled[q];
    return all;
  };
  // Price, Greeks and slopes each end at a level of their own, so that none depends on what else
  // was asked. The price ends with delta as well: a sum may agree by chance, two hardly.
  std::size_t done = 0;
  for (int level = 0; level < kLevels; ++level) {
    const Nodes& at = nodes(contour, level, with_slopes);
    std::array<simd::PartialSum, count> sums;
    sum(at.blocks.data(), at.slopes.data(), at.count, log_strike, sums.data());
    for (std::size_t q = 0; q < count; ++q) {
      const double change = level == 0 ? sums[q].odd_excess : sums[q].all - 0.5 * total[q];
      total[q] = level == 0 ? sums[q].all : 0.5 * total[q] + sums[q].all;
      // gamma is large where the spread is small: measured by its own size, and so are slopes
      const double scale = q < simd::kSumGamma    ? 1.0
                           : q == simd::kSumGamma ? kGammaShare * (1.0 + std::abs(total[q]))
                                                  : 1.0 + std::abs(total[q]);
      settled[q] = std::abs(change) < kLastChange * scale;
    }
    if (!all_of(0, simd::kSumGamma)) continue;
    if (done == 0) {
      found[simd::kSumPrice] = total[simd::kSumPrice];
      done = 1;
      if constexpr (count == simd::kSumGamma) return true;
    }
    if constexpr (count > simd::kSumGamma) {
      if (done == 1 && settled[simd::kSumGamma]) {
        std::copy_n(total.begin() + 1, 2, found.begin() + 1);
        done = simd::kSumSlopes;
        if constexpr (!with_slopes) return true;
      }
      if (with_slopes && done == simd::kSumSlopes && all_of(simd::kSumSlopes, count)) {
        std::copy(total.begin() + simd::kSumSlopes, total.end(), found.begin() + simd::kSumSlopes);
        return true;
      }
    }
  }
  return false;
}

PriceResult Expiry::covered_price(double log_strike) {
  std::array<double, simd::kSumGamma> found{};
  if (!settle(log_strike, found)) return {kNaN, Status::kNotConverged};
  return {found[simd::kSumPrice], Status::kOk};
}

Result Expiry::covered_call(double log_strike) {
  std::array<double, simd::kSumSlopes> found{};
  if (!settle(log_strike, found)) return failure(Status::kNotConverged);
  return {{found[0], found[1], found[2]}, Status::kOk};
}

Result Expiry::covered_call(double log_strike, Slopes& slopes) {
  std::array<double, simd::kHestonSums> found{};
  slopes.fill(kNaN);
  if (!settle(log_strike, found)) return failure(Status::kNotConverged);
  std::copy(found.begin() + simd::kSumSlopes, found.end(), slopes.begin());
  return {{found[0], found[1], found[2]}, Status::kOk};
}

PriceResult price(const VanillaOption& option, const Market& market, Expiry& expiry) {
  const Forward forward = forward_of(option, market);
  const Status status = checked(option, market, forward);
  if (status != Status::kOk) return {kNaN, status};
  if (certain(option, market)) return {intrinsic(option, forward).value.price, Status::kOk};
  const PriceResult covered = serving(market, option.time_to_expiry, expiry)
                                  .covered_price(std::log(option.strike / forward.value));
  if (covered.status != Status::kOk) return covered;
  return {price_of(option, forward, covered.value), Status::kOk};
}

Result value(const VanillaOption& option, const Market& market, Expiry& expiry) {
  const Forward forward = forward_of(option, market);
  const Status status = checked(option, market, forward);
  if (status != Status::kOk) return failure(status);
  if (certain(option, market)) return intrinsic(option, forward);
  const Result covered = serving(market, option.time_to_expiry, expiry)
                             .covered_call(std::log(option.strike / forward.value));
  if (covered.status != Status::kOk) return covered;
  return {values_of(option, market, forward, covered.value), Status::kOk};
}

SensitivitiesResult sensitivities(const VanillaOption& option, const Market& market,
                                  Expiry& expiry) {
  SensitivitiesResult found{{failure(Status::kOk).value, kNaN, kNaN, {}}, Status::kOk};
  found.value.by_parameter.fill(kNaN);
  const Forward forward = forward_of(option, market);
  found.status = checked(option, market, forward);
  if (found.status != Status::kOk) return found;
  const double time = option.time_to_expiry;
  const double carry = market.rate - market.dividend_yield;
  const double spot_now = market.spot * forward.spot_discount;
  const double strike_now = option.strike * forward.strike_discount;
  const bool call = option.type == OptionType::kCall;
  // of E[min(S, K)]/F: value, derivative by ln(K/F), and by the parameters
  double by_strike = strike_now < spot_now ? strike_now / spot_now : 0.0;
  double covered = std::min(spot_now > 0.0 ? strike_now / spot_now : 0.0, 1.0);
  Slopes slopes{};
  Values plain = intrinsic(option, forward).value;
  if (!certain(option, market)) {
    const Result at =
        serving(market, time, expiry).covered_call(std::log(option.strike / forward.value), slopes);
    found.status = at.status;
    if (found.status != Status::kOk) return found;
    plain = values_of(option, market, forward, at.value);
    covered = at.value.price;
    by_strike = at.value.price - at.value.delta;
  }
  const double yield = market.dividend_yield;
  found.value.value = plain;
  found.value.theta = spot_now * (slopes[kTimeToExpiry] - carry * by_strike - yield * covered) +
                      (call ? yield * spot_now : market.rate * strike_now);
  found.value.rho = time * (spot_now * by_strike - (call ? 0.0 : strike_now));
  for (std::size_t p = 0; p < found.value.by_parameter.size(); ++p) {
    found.value.by_parameter[p] = -spot_now * slopes[p];
  }
  return found;
}

Result value(const VanillaOption& option, const Market& market) noexcept {
  Expiry expiry(market.model, option.time_to_expiry);
  return value(option, market, expiry);
}

}  // namespace strikeproof::heston
