// European options under Heston's model by one integral along a hyperbola.
//
// With k = ln(K/F) and the characteristic function phi(x) = E[exp(i x ln(S/F))]:          [1, 2]
//
//   E[min(S, K)] / F = 1/(2 pi) int exp(k - i x k) phi(x) / (x (x + i)) dx,   -1 < Im x < 0
//
// phi is that of heston_characteristic.cpp.
//
// The contour is that of heston_contour.cpp, the rule along it that of heston_settle.hpp.
//
// At -i/2 the integrand is of size exp(k/2), so that a strike far above the forward costs the
// digits that the price would need: beyond kFarthestStrike, and for accuracy
// relative to the price, heston_wing.cpp answers.
//
// [1] Heston, S. (1993), Review of Financial Studies 6(2), 327-343.
// [2] Lewis, A. (2001), A simple option formula for general jump-diffusion and other exponential
//     Levy processes.
#include "strikeproof/heston.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "heston_settle.hpp"
#include "heston_wing.hpp"

namespace strikeproof::heston {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// Of the forward: the option out of the money below which relative accuracy asks the wing.
constexpr double kWing = 1e-4;

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

/// What the option out of the money is worth, as a multiple of the discounted forward.
double out_of_the_money(const VanillaOption& o, const Forward& f, double covered) noexcept {
  return std::max(std::min(1.0, o.strike / f.value) - covered, 0.0);
}

/// Price of the option from E[min(S, K)]/F.
double price_of(const VanillaOption& o, const Forward& f, double covered) noexcept {
  const bool call = o.type == OptionType::kCall;
  const double most = f.strike_discount * (call ? f.value : o.strike);
  const double least = intrinsic(o, f).value.price;
  const double beyond = f.strike_discount * f.value * out_of_the_money(o, f, covered);
  return std::min(least + beyond, std::max(most, least));
}

/// Delta and gamma, each within its bounds for any distribution, which rounding may have left.
Values values_of(const VanillaOption& o, const Market& m, const Forward& f,
                 const Values& covered) noexcept {
  const double held = std::clamp(covered.delta, 0.0, 1.0);
  const double own = o.type == OptionType::kCall ? 1.0 : 0.0;
  return {price_of(o, f, covered.price), f.spot_discount * (own - held),
          f.spot_discount * std::max(0.0, -covered.gamma) / m.spot};
}

/// Whether the contour's answer is as accurate as was asked.
bool serves(const VanillaOption& o, const Forward& f, const PriceResult& covered,
            Accuracy accuracy) noexcept {
  if (covered.status != Status::kOk) return false;
  return accuracy == Accuracy::kAbsolute || out_of_the_money(o, f, covered.value) >= kWing;
}

/// By parity from the option out of the money, whose saddle point is on the contour.
Result from_wing(const VanillaOption& o, const Market& m, const Forward& f) {
  const double k = std::log(o.strike / f.value);
  const Result far = wing(m.model, o.time_to_expiry, k);
  if (far.status != Status::kOk) return far;
  const auto sign = static_cast<double>(o.type);
  const bool outside = (k > 0.0) == (o.type == OptionType::kCall);
  const double parity = outside ? 0.0 : sign * (f.value - o.strike);
  const double delta = far.value.delta + (outside ? 0.0 : sign);
  return {{f.strike_discount * (f.value * far.value.price + parity), f.spot_discount * delta,
           f.spot_discount * far.value.gamma / m.spot},
          Status::kOk};
}

Expiry& serving(const Market& market, double time, Expiry& expiry) {
  if (!expiry.serves(market.model, time)) expiry = Expiry(market.model, time);
  return expiry;
}

}  // namespace

template <std::size_t count>
bool Expiry::sum(double log_strike, std::array<double, count>& found) {
  if (!(log_strike <= kFarthestStrike)) return false;
  constexpr bool with_slopes = count > simd::kSumSlopes;
  Contour& contour = contours_.bends_down(log_strike) ? contours_.down : contours_.up;
  const simd::HestonKernels& kernels = contour.kernels();
  const simd::HestonSums kernel = with_slopes               ? kernels.slopes
                                  : count > simd::kSumGamma ? kernels.greeks
                                                            : kernels.price;
  return settle(
      [&](int level, std::array<simd::PartialSum, count>& sums) {
        const Contour::Nodes& at = contour.nodes(level, with_slopes);
        kernel(at.blocks.data(), at.slopes.data(), at.count, log_strike, sums.data());
        return level == 0 ? contour.size(at.blocks.data(), log_strike) : 0.0;
      },
      found);
}

PriceResult Expiry::covered_price(double log_strike) {
  std::array<double, simd::kSumGamma> found{};
  if (!sum(log_strike, found)) return {kNaN, Status::kNotConverged};
  return {found[simd::kSumPrice], Status::kOk};
}

Result Expiry::covered_call(double log_strike) {
  std::array<double, simd::kSumSlopes> found{};
  if (!sum(log_strike, found)) return failure(Status::kNotConverged);
  return {{found[0], found[1], found[2]}, Status::kOk};
}

Result Expiry::covered_call(double log_strike, Slopes& slopes) {
  std::array<double, simd::kHestonSums> found{};
  slopes.fill(kNaN);
  if (!sum(log_strike, found)) return failure(Status::kNotConverged);
  std::copy(found.begin() + simd::kSumSlopes, found.end(), slopes.begin());
  return {{found[0], found[1], found[2]}, Status::kOk};
}

namespace {

PriceResult price_of_any(const VanillaOption& option, const Market& market, Expiry& expiry,
                         Accuracy accuracy) {
  const Forward forward = forward_of(option, market);
  const Status status = checked(option, market, forward);
  if (status != Status::kOk) return {kNaN, status};
  if (certain(option, market)) return {intrinsic(option, forward).value.price, Status::kOk};
  const PriceResult covered = serving(market, option.time_to_expiry, expiry)
                                  .covered_price(std::log(option.strike / forward.value));
  if (!serves(option, forward, covered, accuracy)) {
    const Result far = from_wing(option, market, forward);
    return {far.value.price, far.status};
  }
  return {price_of(option, forward, covered.value), Status::kOk};
}

Result value_of_any(const VanillaOption& option, const Market& market, Expiry& expiry,
                    Accuracy accuracy) {
  const Forward forward = forward_of(option, market);
  const Status status = checked(option, market, forward);
  if (status != Status::kOk) return failure(status);
  if (certain(option, market)) return intrinsic(option, forward);
  const Result covered = serving(market, option.time_to_expiry, expiry)
                             .covered_call(std::log(option.strike / forward.value));
  if (!serves(option, forward, {covered.value.price, covered.status}, accuracy)) {
    return from_wing(option, market, forward);
  }
  return {values_of(option, market, forward, covered.value), Status::kOk};
}

SensitivitiesResult no_sensitivities(Status status) noexcept {
  SensitivitiesResult found{{failure(status).value, kNaN, kNaN, {}}, status};
  found.value.by_parameter.fill(kNaN);
  return found;
}

}  // namespace

PriceResult price(const VanillaOption& option, const Market& market, Expiry& expiry,
                  Accuracy accuracy) {
  const PriceResult found = price_of_any(option, market, expiry, accuracy);
  const bool lost = found.status == Status::kOk && !std::isfinite(found.value);
  return lost ? PriceResult{kNaN, Status::kOverflow} : found;
}

Result value(const VanillaOption& option, const Market& market, Expiry& expiry, Accuracy accuracy) {
  const Result found = value_of_any(option, market, expiry, accuracy);
  const bool lost = found.status == Status::kOk && !is_finite(found.value);
  return lost ? failure(Status::kOverflow) : found;
}

SensitivitiesResult sensitivities(const VanillaOption& option, const Market& market,
                                  Expiry& expiry) {
  const Forward forward = forward_of(option, market);
  const Status status = checked(option, market, forward);
  if (status != Status::kOk) return no_sensitivities(status);
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
    if (at.status != Status::kOk) return no_sensitivities(at.status);
    plain = values_of(option, market, forward, at.value);
    covered = at.value.price;
    by_strike = at.value.price - at.value.delta;
  }
  const double yield = market.dividend_yield;
  SensitivitiesResult found{{plain, 0.0, 0.0, {}}, Status::kOk};
  found.value.theta = spot_now * (slopes[kTimeToExpiry] - carry * by_strike - yield * covered) +
                      (call ? yield * spot_now : market.rate * strike_now);
  found.value.rho = time * (spot_now * by_strike - (call ? 0.0 : strike_now));
  for (std::size_t p = 0; p < found.value.by_parameter.size(); ++p) {
    found.value.by_parameter[p] = -spot_now * slopes[p];
  }
  return is_finite(found.value) ? found : no_sensitivities(Status::kOverflow);
}

Result value(const VanillaOption& option, const Market& market) noexcept {
  Expiry expiry(market.model, option.time_to_expiry);
  return value(option, market, expiry);
}

}  // namespace strikeproof::heston
