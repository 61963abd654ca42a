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
// of that half width; the trapezoidal rule converges like exp(-2 pi width/step). The step is halved
// until the result stays: the last change, squared, is the error to expect.
//
// At -i/2 the integrand is of size exp(k/2), so that a strike far above the forward costs the
// digits that the price would need: beyond kFarthestStrike the contour's answer is kNotConverged.
// There, and where the option out of the money is worth little, heston_wing.cpp is asked.
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

#include "heston_characteristic.hpp"
#include "heston_wing.hpp"

namespace strikeproof::heston {
namespace {

using Complex = std::complex<double>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Complex kI{0.0, 1.0};

// Changes of the value that let the next, unseen level be below 1e-10: the error squares.
constexpr double kLastChange = 1e-5;
// ln(K/F) beyond which rounding exceeds 1e-11 of the forward: exp(k/2) times 1e-16.
constexpr double kFarthestStrike = 23.0;
constexpr double kWing = 1e-7;         // of the forward: less is worth an integral of its own
constexpr double kNegligible = 1e-14;  // of a term, beyond which the contour is not followed
constexpr double kFarthest = 60.0;     // of y: exp(60) is beyond every scale in use
// Widest use of the angles allowed, and the narrowest strip that is tried (correlations of -1, 1).
constexpr double kWidestAngle = 0.25 * std::numbers::pi;
constexpr double kNarrowestAngle = 0.05;
constexpr double kStepsToAccuracy = 12.0;  // first level: exp(-12) = 6e-6

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

/// Value where only the forward matters.
Result intrinsic(const VanillaOption& o, const Forward& f) noexcept {
  const auto sign = static_cast<double>(o.type);
  const bool exercised = sign * (f.value - o.strike) > 0.0;
  const double amount = f.strike_discount * std::max(sign * (f.value - o.strike), 0.0);
  return {{amount, exercised ? sign * f.spot_discount : 0.0, 0.0}, Status::kOk};
}

/// Any option by parity from the one out of the money.
Result from_wing(const VanillaOption& o, const Market& m, const Forward& f, bool outside,
                 const Values& wing) noexcept {
  const auto sign = static_cast<double>(o.type);
  const double parity = outside ? 0.0 : sign * (f.value - o.strike);
  const double delta = wing.delta + (outside ? 0.0 : sign);
  return {{f.strike_discount * (f.value * wing.price + parity), f.spot_discount * delta,
           f.spot_discount * wing.gamma / m.spot},
          Status::kOk};
}

}  // namespace

Expiry::Expiry(const Model& model, double time_to_expiry, double extra_variance)
    : model_(model), time_(time_to_expiry), extra_variance_(extra_variance) {
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
  found.step = 2.0 * std::numbers::pi * std::abs(found.angle) / kStepsToAccuracy;
  return found;
}

const std::vector<Expiry::Node>& Expiry::nodes(Contour& contour, int level) const {
  std::vector<Node>& found = contour.levels[static_cast<std::size_t>(level)];
  if (!found.empty()) return found;
  // level 0 has every multiple of its step, the next ones the odd multiples of theirs
  const double step = std::ldexp(contour.step, -level);
  const double rotation_cos = std::cos(contour.angle);
  const double rotation_sin = std::sin(contour.angle);
  const double b = contour.scale;
  const int stride = level == 0 ? 1 : 2;
  const int last = static_cast<int>(kFarthest / step);
  for (int k = level == 0 ? 0 : 1; k <= last; k += stride) {
    const double y = k * step;
    const double across = std::sinh(y);
    const double along = std::cosh(y);
    const Complex x{b * across * rotation_cos, -0.5 + b * (along - 1.0) * rotation_sin};
    const Complex slope{b * along * rotation_cos, b * across * rotation_sin};
    const Complex quadratic = x * (x + kI);
    const Complex exponent =
        log_characteristic(model_, time_, x) - 0.5 * extra_variance_ * quadratic;
    const Complex weight = std::exp(exponent) * slope / quadratic;
    // the half y < 0 is the mirror image: twice the real part of the other, the origin but once
    found.push_back({x, weight * (step / std::numbers::pi * (k == 0 ? 0.5 : 1.0))});
    if (!(std::abs(weight) * std::max(1.0, std::norm(x)) > kNegligible)) break;
  }
  return found;
}

const std::vector<Expiry::NodeSlopes>& Expiry::slopes(Contour& contour, int level) const {
  std::vector<NodeSlopes>& found = contour.slopes[static_cast<std::size_t>(level)];
  if (!found.empty()) return found;
  for (const Node& node : nodes(contour, level)) {
    found.push_back(log_characteristic_slopes(model_, time_, node.argument).slope);
    for (Complex& slope : found.back()) slope *= node.weight;
  }
  return found;
}

Expiry::Contour& Expiry::side(double log_strike) {
  const bool at_the_money_down = std::abs(down_.angle) > std::abs(up_.angle);
  return log_strike > 0.0 || (log_strike == 0.0 && at_the_money_down) ? down_ : up_;
}

Result Expiry::covered_call(double log_strike) {
  const double k = log_strike;
  if (!(k <= kFarthestStrike)) return failure(Status::kNotConverged);
  Contour& contour = side(k);
  Values total{0.0, 0.0, 0.0};
  Values before{kNaN, kNaN, kNaN};
  for (int level = 0; level < kLevels; ++level) {
    Values sum{0.0, 0.0, 0.0};
    for (const Node& node : nodes(contour, level)) {
      const Complex x = node.argument;
      // exp(k (1 - i x)), and its products with i x and (i x)^2 - i x, in real numbers: the
      // library's complex ones test for infinities that cannot occur
      const double size = std::exp(k * (1.0 + x.imag()));
      const double turn_cos = std::cos(k * x.real());
      const double turn_sin = -std::sin(k * x.real());
      const double real = node.weight.real() * turn_cos - node.weight.imag() * turn_sin;
      const double imag = node.weight.real() * turn_sin + node.weight.imag() * turn_cos;
      const double once_real = -(x.imag() * real + x.real() * imag);
      const double once_imag = x.real() * real - x.imag() * imag;
      sum.price += size * real;
      sum.delta += size * once_real;
      sum.gamma += size * (-(x.imag() + 1.0) * once_real - x.real() * once_imag);
    }
    const double share = level == 0 ? 0.0 : 0.5;  // the step was halved: so were the old weights
    total.price = share * total.price + sum.price;
    total.delta = share * total.delta + sum.delta;
    total.gamma = share * total.gamma + sum.gamma;
    // gamma is large where the spread is small: measured by its own size
    if (std::abs(total.price - before.price) < kLastChange &&
        std::abs(total.delta - before.delta) < kLastChange &&
        std::abs(total.gamma - before.gamma) < kLastChange * (1.0 + std::abs(total.gamma))) {
      return {total, Status::kOk};
    }
    before = total;
  }
  return failure(Status::kNotConverged);
}

Result Expiry::covered_call(double log_strike, Slopes& slopes) {
  slopes.fill(kNaN);
  const double k = log_strike;
  if (!(k <= kFarthestStrike)) return failure(Status::kNotConverged);
  Contour& contour = side(k);
  Slopes total{};
  Slopes before;
  before.fill(kNaN);
  for (int level = 0; level < kLevels; ++level) {
    Slopes sum{};
    const std::vector<Node>& at = nodes(contour, level);
    const std::vector<NodeSlopes>& by = this->slopes(contour, level);
    for (std::size_t j = 0; j < at.size(); ++j) {
      const Complex x = at[j].argument;
      const double size = std::exp(k * (1.0 + x.imag()));
      const double turn_cos = size * std::cos(k * x.real());
      const double turn_sin = -size * std::sin(k * x.real());
      for (std::size_t p = 0; p < kParameters; ++p) {
        sum[p] += by[j][p].real() * turn_cos - by[j][p].imag() * turn_sin;
      }
    }
    bool settled = true;
    for (std::size_t p = 0; p < kParameters; ++p) {
      total[p] = (level == 0 ? 0.0 : 0.5) * total[p] + sum[p];
      settled =
          settled && std::abs(total[p] - before[p]) < kLastChange * (1.0 + std::abs(total[p]));
      before[p] = total[p];
    }
    if (settled) {
      slopes = total;
      return covered_call(k);
    }
  }
  return failure(Status::kNotConverged);
}

Result value(const VanillaOption& option, const Market& market, Expiry& expiry) {
  if (!finite(option, market)) return failure(Status::kNonFinite);
  if (!in_domain(option, market)) return failure(Status::kOutOfDomain);
  const double time = option.time_to_expiry;
  const Forward forward{market.spot * std::exp((market.rate - market.dividend_yield) * time),
                        std::exp(-market.dividend_yield * time), std::exp(-market.rate * time)};
  if (!std::isfinite(forward.value * forward.strike_discount)) return failure(Status::kOverflow);
  if (certain(option, market)) return intrinsic(option, forward);
  if (!expiry.serves(market.model, time)) expiry = Expiry(market.model, time);
  const double k = std::log(option.strike / forward.value);
  const Result covered = expiry.covered_call(k);
  const bool settled = covered.status == Status::kOk;
  const double time_value = std::min(1.0, std::exp(k)) - covered.value.price;
  if (!settled || time_value < kWing) {
    const Result far = wing(market.model, time, k);
    const bool outside = (k > 0.0) == (option.type == OptionType::kCall);
    if (far.status == Status::kOk) return from_wing(option, market, forward, outside, far.value);
  }
  // within the absolute accuracy promised, though the wing's relative one was not reached
  if (!settled) return covered;
  // call = F - min(S, K), put = K - min(S, K)
  const bool call = option.type == OptionType::kCall;
  const double undiscounted = (call ? 1.0 : std::exp(k)) - covered.value.price;
  const double spot_now = forward.value * forward.strike_discount;
  const double most = call ? spot_now : option.strike * forward.strike_discount;
  const double least = intrinsic(option, forward).value.price;
  // each within its bounds for any distribution, which rounding may have left
  const double held = std::clamp(covered.value.delta, 0.0, 1.0);
  return {{std::min(std::max(spot_now * undiscounted, least), std::max(most, least)),
           forward.spot_discount * ((call ? 1.0 : 0.0) - held),
           forward.spot_discount * std::max(0.0, -covered.value.gamma) / market.spot},
          Status::kOk};
}

SensitivitiesResult sensitivities(const VanillaOption& option, const Market& market,
                                  Expiry& expiry) {
  SensitivitiesResult found{{failure(Status::kOk).value, kNaN, kNaN, {}}, Status::kOk};
  found.value.by_parameter.fill(kNaN);
  const Result plain = value(option, market, expiry);
  found.status = plain.status;
  if (plain.status != Status::kOk) return found;
  const double time = option.time_to_expiry;
  const double carry = market.rate - market.dividend_yield;
  const double spot_now = market.spot * std::exp(-market.dividend_yield * time);
  const double strike_now = option.strike * std::exp(-market.rate * time);
  const bool call = option.type == OptionType::kCall;
  // of E[min(S, K)]/F: value, derivative by ln(K/F), and by the parameters
  double by_strike = strike_now < spot_now ? strike_now / spot_now : 0.0;
  double covered = std::min(spot_now > 0.0 ? strike_now / spot_now : 0.0, 1.0);
  Slopes slopes{};
  if (!certain(option, market)) {
    const Result at =
        expiry.covered_call(std::log(option.strike / market.spot) - carry * time, slopes);
    const bool known = std::all_of(slopes.begin(), slopes.end(),
                                   [](double slope) { return std::isfinite(slope); });
    found.status = known ? at.status : Status::kNotConverged;
    if (found.status != Status::kOk) return found;
    covered = at.value.price;
    by_strike = at.value.price - at.value.delta;
  }
  const double yield = market.dividend_yield;
  found.value.value = plain.value;
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
