// European options on a normally distributed forward.
//
//   D = exp(-r T), x = phi (F - K), s = sigma sqrt(T), h = |x| / s
//   value = D (max(x, 0) + s phi(h) I(h)),   I(h) = 1 - h M(h),  M(h) = N(-h) / phi(h)          [1]
//
// For h >= 1, I comes without cancellation from I_n(h) = int_0^inf t^n exp(-h t - t^2/2) dt / n!,
// I = I_1 and M = I_0: the recurrence I_{n-1} = h I_n + (n + 1) I_{n+1} has them as its minimal
// solution, so that the ratios I_n / I_{n-1} = 1 / (h + (n + 1) I_{n+1} / I_n) run backwards [2].
//
// Ordinary rows are answered by the vector kernel (src/simd/bachelier_kernel.hpp); what follows
// knows every limit and answers the others. Its implied volatility solves ln value(h) = ln target
// for y = ln h by Newton's method in a bracket: the left side falls in y.
//
// [1] Bachelier, L. (1900), Theorie de la speculation, Ann. Sci. Ecole Norm. Sup. 17, 21-86.
// [2] Gautschi, W. (1967), Computational aspects of three-term recurrence relations, SIAM Rev.
// 9(1).
#include "strikeproof/bachelier.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "simd/batch.hpp"
#include "strikeproof/math/double_double.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::bachelier {
namespace {

using Values = std::array<double, 6>;
enum Output : std::size_t { kPrice, kDelta, kGamma, kVega, kTheta, kRho };

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

struct Row {
  double phi;
  double forward;
  double strike;
  double time;
  double rate;
  double last;  // volatility, or the price
};

Row row_of(const double* in) noexcept { return {in[0], in[1], in[2], in[3], in[4], in[6]}; }

// I(h), h >= 0.
double first_integral(double h) noexcept {
  if (h < 1.0) return 1.0 - h * math::mills_ratio(h);
  if (h > 1e8) return 1.0 / (h * h);
  double ratio = 0.0;
  for (auto n = static_cast<int>(16.0 + 250.0 / (h * h)); n >= 1; --n) {
    ratio = 1.0 / (h + (n + 1) * ratio);
  }
  return math::mills_ratio(h) * ratio;
}

// No time or no volatility: the payoff is certain. At the kink derivatives are limits from s > 0.
Values certain(const Row& r, double discount, double x) noexcept {
  const double exercised = x > 0.0 ? 1.0 : x == 0.0 ? 0.5 : 0.0;
  Values v{};
  v[kPrice] = discount * std::max(x, 0.0);
  v[kDelta] = r.phi * discount * exercised;
  v[kGamma] = x == 0.0 ? kInfinity : 0.0;
  v[kVega] = x == 0.0 ? discount * std::sqrt(r.time) * math::kInverseRootTwoPi : 0.0;
  v[kTheta] = x == 0.0 && r.time == 0.0 && r.last > 0.0 ? -kInfinity : r.rate * v[kPrice];
  v[kRho] = -r.time * v[kPrice];
  return v;
}

// The density at |x| / (sigma sqrt(T)), whose exponent magnifies relative errors: in two doubles.
double density_at(const Row& r) noexcept {
  const math::DoubleDouble s = math::square_root({r.time, 0.0}) * r.last;
  const math::DoubleDouble h = math::two_sum(r.forward, -r.strike) / s;
  const math::DoubleDouble square = h * h;
  if (!(square.high < math::kVanishing)) return 0.0;
  return math::kInverseRootTwoPi * math::exp_rounded({-0.5 * square.high, -0.5 * square.low});
}

Values smooth(const Row& r, double discount, double x, double s) noexcept {
  const double h = std::fabs(x) / s;
  const double density = density_at(r);
  const double tail = density * math::mills_ratio(h);
  const double root = std::sqrt(r.time);
  Values v{};
  v[kPrice] = discount * (std::max(x, 0.0) + s * (density * first_integral(h)));
  v[kDelta] = r.phi * discount * (x > 0.0 ? 1.0 - tail : tail);
  v[kGamma] = discount * density / s;
  v[kVega] = discount * density * root;
  v[kTheta] = r.rate * v[kPrice] - discount * density * r.last / (2.0 * root);
  v[kRho] = -r.time * v[kPrice];
  return v;
}

bool in_range(const Values& v, std::size_t count, bool certain) noexcept {
  for (std::size_t k = 0; k < count; ++k) {
    const bool may_be_infinite = certain && (k == kGamma || k == kTheta);
    if (!std::isfinite(v[k]) && !(may_be_infinite && !std::isnan(v[k]))) return false;
  }
  return true;
}

std::uint8_t rare_quantities(const double* in, double* values, std::size_t count) noexcept {
  const Row r = row_of(in);
  Status status = simd::check_inputs<3, 2>({r.forward, r.strike, r.rate}, {r.time, r.last});
  Values v{};
  if (status == Status::kOk) {
    const double discount = std::exp(-r.rate * r.time);
    const double x = r.phi * (r.forward - r.strike);
    const double s = r.last * std::sqrt(r.time);
    v = s > 0.0 ? smooth(r, discount, x, s) : certain(r, discount, x);
    if (!in_range(v, count, s == 0.0)) status = Status::kOverflow;
  }
  if (status != Status::kOk) v.fill(kNaN);
  std::copy_n(v.begin(), count, values);
  return static_cast<std::uint8_t>(status);
}

// s with s phi(h) I(h) = value, h = a / s.
PriceResult deviation(double a, double value) noexcept {
  if (a == 0.0) return {value * math::kRootTwoPi, Status::kOk};
  constexpr int kMaxSteps = 200;
  const double target = std::log(value) - std::log(a) - std::log(math::kInverseRootTwoPi);
  double low = -1500.0;  // of y = ln h
  double high = 5.0;
  double y = std::clamp(-target, low, 2.0);
  for (int step = 0; step < kMaxSteps; ++step) {
    const double h = std::exp(y);
    const double integral = first_integral(h);
    const double distance = std::log(integral) - y - 0.5 * h * h - target;
    (distance > 0.0 ? low : high) = y;
    const double next = y + distance / (1.0 + h * math::mills_ratio(h) / integral);
    if (std::fabs(next - y) <= 4.0 * kEpsilon * std::max(1.0, std::fabs(y))) {
      return {a * std::exp(-next), Status::kOk};
    }
    y = next > low && next < high ? next : 0.5 * (low + high);
  }
  return {kNaN, Status::kNotConverged};
}

PriceResult careful_volatility(const Row& r) noexcept {
  const Status status = simd::check_inputs<3, 2>({r.forward, r.strike, r.rate}, {r.time, r.last});
  if (status != Status::kOk) return {kNaN, status};
  const double undiscounted = r.last * std::exp(r.rate * r.time);
  const double x = r.phi * (r.forward - r.strike);
  if (!std::isfinite(undiscounted) || !std::isfinite(x)) return {kNaN, Status::kOverflow};
  const double intrinsic = std::max(x, 0.0);
  const double rounding = x > 0.0 ? 2.0 * kEpsilon * undiscounted : 0.0;
  if (undiscounted < intrinsic - rounding) return {kNaN, Status::kBelowIntrinsic};
  if (undiscounted <= intrinsic + rounding) return {kNaN, Status::kNoTimeValue};
  if (r.time == 0.0) return {kNaN, Status::kAboveMaximum};
  const PriceResult found = deviation(std::fabs(x), undiscounted - intrinsic);
  if (found.status != Status::kOk) return found;
  const double volatility = found.value / std::sqrt(r.time);
  if (!std::isfinite(volatility)) return {kNaN, Status::kOverflow};
  if (volatility == 0.0) return {kNaN, Status::kNoTimeValue};  // below every positive double
  return {volatility, Status::kOk};
}

std::uint8_t rare_volatility(const double* in, double* values, std::size_t /*count*/) noexcept {
  const PriceResult result = careful_volatility(row_of(in));
  values[0] = result.value;
  return static_cast<std::uint8_t>(result.status);
}

// The column of the dividend yield is not read; the rate's stands in.
simd::Inputs inputs_of(const Columns& in) noexcept {
  return {in.option_sign, in.forward, in.strike,    in.time_to_expiry,
          in.rate,        in.rate,    in.volatility};
}

simd::OneRow one_row(const VanillaOption& o, const Market& m, double last) noexcept {
  return simd::OneRow(
      {static_cast<double>(o.type), m.forward, o.strike, o.time_to_expiry, m.rate, m.rate, last});
}

}  // namespace

void price(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept {
  const simd::Inputs inputs = inputs_of(in);
  simd::kernels().normal.price({inputs.data(), &out, status, rare_quantities}, rows);
}

void greeks(const Columns& in, Rows rows, const OutputColumns& out, std::uint8_t* status) noexcept {
  simd::run_quantities<6, 6>(simd::kernels().normal, inputs_of(in), rows, out, status,
                             rare_quantities);
}

void implied_volatility(const Columns& in, Rows rows, double* out, std::uint8_t* status) noexcept {
  const simd::Inputs inputs = inputs_of(in);
  simd::kernels().normal.implied_volatility({inputs.data(), &out, status, rare_volatility}, rows);
}

PriceResult price(const VanillaOption& option, const Market& market) noexcept {
  return one_row(option, market, market.volatility)
      .one(simd::kernels().normal.price, rare_quantities);
}

GreeksResult greeks(const VanillaOption& option, const Market& market) noexcept {
  Values v{};
  const Status status = one_row(option, market, market.volatility)
                            .fill(simd::kernels().normal.first_order, rare_quantities, v);
  return {{v[kPrice], v[kDelta], v[kGamma], v[kVega], v[kTheta], v[kRho]}, status};
}

PriceResult implied_volatility(double price, const VanillaOption& option,
                               const Market& market) noexcept {
  return one_row(option, market, price)
      .one(simd::kernels().normal.implied_volatility, rare_volatility);
}

}  // namespace strikeproof::bachelier
