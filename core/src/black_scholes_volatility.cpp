// Implied volatility: the w at which the out-of-the-money value equals the price's time value.
//
// The value C(w) is convex below w_c = sqrt(2 |x|) and concave above it. From w_c, Newton's method
// on a transform of C that is nearly linear converges in a few steps [1]:
//
//   target below C(w_c):        ln C as a function of 1 / w^2      (C ~ exp(-x^2 / (2 w^2)))
//   up to the middle:           C itself as a function of w
//   target in the upper half:   ln(C_max - C) as a function of w^2 (C_max - C ~ exp(-w^2 / 8))
//
// A bracket that shrinks with every evaluation catches a step that leaves it, so the iteration
// cannot diverge; it stops when a step is below the last digit of w.
//
// [1] Jaeckel, P. (2015), Let's Be Rational, Wilmott 2015(75), 40-53.
#include <cmath>
#include <limits>

#include "strikeproof/black_scholes.hpp"
#include "strikeproof/black_scholes_terms.hpp"

namespace strikeproof::black_scholes {
namespace {

using math::DoubleDouble;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr int kMaxSteps = 200;
constexpr double kLargestDeviation = 60.0;  // C(w) equals its maximum in double precision

struct Problem {
  DoubleDouble x;
  double strike;
  DoubleDouble log_discount;
  double B;
  double target;   // time value
  double maximum;  // of the out-of-the-money value
};

enum class Form { kLogarithm, kPlain, kComplement };

// Distance to the target in the chosen form, and its derivative in w.
struct Point {
  double distance;
  double slope;
};

// C_max - C without cancellation: A N(-d1) + B N(d2) for the call.
double complement(const Problem& p, const Terms& terms) noexcept {
  const bool put = p.x.high > 0.0;
  const double d1 = put ? -terms.d2.high : terms.d1.high;
  const double d2 = put ? -terms.d1.high : terms.d2.high;
  const double other = put ? p.B * std::exp(p.x.high) : p.B;
  return p.maximum * math::normal_cdf(-d1) + other * math::normal_cdf(d2);
}

Point evaluate(const Problem& p, Form form, double w) noexcept {
  const Terms terms = terms_at(p.x, {w, 0.0}, p.strike, p.log_discount);
  const double G = terms.derivative;
  if (form == Form::kComplement) {
    const double rest = complement(p, terms);
    return {-std::log(rest / (p.maximum - p.target)), G / rest};
  }
  const double C = out_of_the_money(p.B, terms);
  if (form == Form::kPlain) return {C - p.target, G};
  if (C == 0.0) return {-std::numeric_limits<double>::infinity(), 0.0};
  // ln(C / target), by log1p where they are close
  const double relative = (C - p.target) / p.target;
  return {std::fabs(relative) < 0.5 ? std::log1p(relative) : std::log(C / p.target), G / C};
}

// Newton's step in the variable in which the form is nearly linear.
double stepped(Form form, double w, const Point& at) noexcept {
  const double step = at.distance / at.slope;  // in w
  if (form == Form::kLogarithm) return w / std::sqrt(1.0 + 2.0 * step / w);
  if (form == Form::kComplement) return std::sqrt(w * w - 2.0 * w * step);
  return w - step;
}

Form choose_form(const Problem& p, double middle) noexcept {
  if (p.target > 0.5 * p.maximum) return Form::kComplement;
  if (middle > 0.0 && evaluate(p, Form::kPlain, middle).distance > 0.0) return Form::kLogarithm;
  return Form::kPlain;
}

PriceResult solve(const Problem& p) noexcept {
  const double middle = std::sqrt(2.0 * std::fabs(p.x.high));
  const Form form = choose_form(p, middle);
  double low = 0.0;
  double high = kLargestDeviation;
  double w = middle > 0.0 ? middle : math::kRootTwoPi * p.target / p.maximum;
  if (form == Form::kLogarithm) {
    high = middle;
  } else {
    low = form == Form::kPlain ? middle : 0.0;
  }
  if (!(w > low) || !(w < high)) w = form == Form::kLogarithm ? 0.9 * high : low + 0.1;
  for (int step = 0; step < kMaxSteps; ++step) {
    const Point at = evaluate(p, form, w);
    if (at.distance == 0.0) return {w, Status::kOk};
    (at.distance > 0.0 ? high : low) = w;
    double next = stepped(form, w, at);
    const double change = std::fabs(next - w);
    if (change <= kEpsilon * w) return {next, Status::kOk};
    if (!(next > low && next < high))
      next = low > 0.0 ? 0.5 * (low + high) : 0.25 * (3.0 * low + high);
    if (!(next > low && next < high)) return {w, Status::kOk};  // no double lies between
    w = next;
  }
  return {kNaN, Status::kNotConverged};
}

Status checked(double price, const VanillaOption& o, const FlatMarket& m) noexcept {
  if (!(std::isfinite(price) && std::isfinite(o.strike) && std::isfinite(o.time_to_expiry) &&
        std::isfinite(m.spot) && std::isfinite(m.rate) && std::isfinite(m.dividend_yield))) {
    return Status::kNonFinite;
  }
  const bool inside = price >= 0.0 && o.strike >= 0.0 && o.time_to_expiry >= 0.0 && m.spot >= 0.0;
  return inside ? Status::kOk : Status::kOutOfDomain;
}

// Where the price stands between its bounds; kOk when a volatility can be found.
Status located(double price, double intrinsic, double maximum, bool inside_money) noexcept {
  const double rounding = inside_money ? 2.0 * kEpsilon * price : 0.0;
  if (price < intrinsic - rounding) return Status::kBelowIntrinsic;
  if (price <= intrinsic + rounding) return Status::kNoTimeValue;
  return price < maximum ? Status::kOk : Status::kAboveMaximum;
}

}  // namespace

PriceResult careful::implied_volatility(double price, const VanillaOption& option,
                                        const FlatMarket& market) noexcept {
  const Status status = checked(price, option, market);
  if (status != Status::kOk) return {kNaN, status};
  const double phi = static_cast<double>(option.type);
  const double T = option.time_to_expiry;
  const double A = market.spot * std::exp(-market.dividend_yield * T);
  const double B = option.strike * std::exp(-market.rate * T);
  if (!std::isfinite(A) || !std::isfinite(B)) return {kNaN, Status::kOverflow};
  const DoubleDouble gain = certain_gain(option, market, B);
  const bool inside_money = phi * gain.high > 0.0;
  const double intrinsic = inside_money ? phi * gain.high : 0.0;
  const bool certain = A == 0.0 || B == 0.0 || T == 0.0;
  const double maximum = certain ? intrinsic : (phi > 0.0 ? A : B);
  const Status place = located(price, intrinsic, maximum, inside_money);
  if (place != Status::kOk) return {kNaN, place};

  const bool put = gain.high > 0.0;  // the out-of-the-money one of the pair
  const Problem problem{log_moneyness(option, market),
                        option.strike,
                        math::two_product(-market.rate, T),
                        B,
                        price - intrinsic,
                        put ? B : A};
  const PriceResult deviation = solve(problem);
  const double volatility = deviation.value / std::sqrt(T);
  if (deviation.status == Status::kOk && !std::isfinite(volatility)) {
    return {kNaN, Status::kOverflow};
  }
  return {volatility, deviation.status};
}

}  // namespace strikeproof::black_scholes
