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
// cannot diverge. Newton's method squares the error in each step, so that a relative step below
// 2^-32 leaves nothing that another one could mend.
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
constexpr double kLastStep = 0x1p-32;        // relative to w
constexpr double kLargestDeviation = 200.0;  // C(w) equals its maximum in double precision
constexpr int kMaxSteps = 200;

struct Problem {
  DoubleDouble x;
  double strike;
  DoubleDouble log_discount;
  Sides sides;
  double target;     // C sought: the time value
  double remaining;  // C_max - C sought, from the price itself
  double maximum;    // C_max
};

enum class Form { kLogarithm, kPlain, kComplement };

// Distance to the target in the chosen form, and its derivative in w.
struct Point {
  double distance;
  double slope;
};

// (C_max - C) / G without cancellation: Y(-d1) + Y(d2), where d1 >= 0 >= d2 above the middle.
double complement_over_slope(const Terms& terms) noexcept {
  return math::mills_ratio(std::fabs(terms.d1.high)) + math::mills_ratio(std::fabs(terms.d2.high));
}

Point evaluate(const Problem& p, Form form, double w) noexcept {
  const Terms terms = terms_at(p.x, {w, 0.0}, p.strike, p.log_discount);
  const double G = terms.derivative;
  if (form == Form::kComplement) {
    const double ratio = complement_over_slope(terms);
    return {-std::log(G * ratio / p.remaining), 1.0 / ratio};
  }
  const double C = out_of_the_money(p.sides, terms);
  if (form == Form::kPlain) return {C - p.target, G};
  // ln(C / target), by log1p where they are close; C itself may have underflowed
  const double slope = 1.0 / value_over_slope(terms);
  const double relative = (C - p.target) / p.target;
  if (std::fabs(relative) < 0.5) return {std::log1p(relative), slope};
  return {log_out_of_the_money(p.strike, terms) - std::log(p.target), slope};
}

// Newton's step in the variable in which the form is nearly linear.
double stepped(Form form, double w, const Point& at) noexcept {
  const double step = at.distance / at.slope;  // in w
  if (form == Form::kLogarithm) return w / std::sqrt(1.0 + 2.0 * step / w);
  if (form == Form::kComplement) return std::sqrt(w * w - 2.0 * w * step);
  return w - step;
}

Form choose_form(const Problem& p, const Point& at_middle) noexcept {
  if (p.target > 0.5 * p.maximum) return Form::kComplement;
  return at_middle.distance > 0.0 ? Form::kLogarithm : Form::kPlain;
}

PriceResult solve(const Problem& p) noexcept {
  const double middle = std::sqrt(2.0 * std::fabs(p.x.high));
  const Point at_middle =
      middle > 0.0 ? evaluate(p, Form::kPlain, middle)
                   : Point{-p.target, p.maximum * math::kInverseRootTwoPi};  // at the money, w = 0
  const Form form = choose_form(p, at_middle);
  double low = form == Form::kLogarithm ? 0.0 : middle;
  double high = form == Form::kLogarithm ? middle : kLargestDeviation;
  // C is concave above the middle, so that Newton's step from there stays below the solution
  double w = form == Form::kLogarithm ? middle : stepped(Form::kPlain, middle, at_middle);
  if (!(w <= high)) w = 0.5 * (low + high);
  if (w == 0.0) return {w, Status::kOk};
  for (int step = 0; step < kMaxSteps; ++step) {
    const Point at = evaluate(p, form, w);
    (at.distance > 0.0 ? high : low) = w;
    double next = stepped(form, w, at);
    if (std::fabs(next - w) <= kLastStep * w) return {next, Status::kOk};
    if (high - low <= kEpsilon * high) return {high, Status::kOk};  // C is a staircase here
    if (!(next > low && next < high)) next = low > 0.0 ? 0.5 * (low + high) : 0.25 * high;
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
  const auto phi = static_cast<double>(option.type);
  const double T = option.time_to_expiry;
  const Sides sides = make_sides(option, market);
  const auto [A, B] = sides;
  if (!std::isfinite(A) || !std::isfinite(B)) return {kNaN, Status::kOverflow};
  const double gain = certain_gain(option, market, sides);
  const bool inside_money = phi * gain > 0.0;
  const double intrinsic = inside_money ? phi * gain : 0.0;
  const bool certain = A == 0.0 || B == 0.0 || T == 0.0;
  const double maximum = certain ? intrinsic : (phi > 0.0 ? A : B);
  const Status place = located(price, intrinsic, maximum, inside_money);
  if (place != Status::kOk) return {kNaN, place};

  const bool put = gain > 0.0;  // the out-of-the-money one of the pair
  const Problem problem{log_moneyness(option, market),
                        option.strike,
                        math::two_product(-market.rate, T),
                        sides,
                        price - intrinsic,
                        maximum - price,
                        put ? B : A};
  const PriceResult deviation = solve(problem);
  const double volatility = deviation.value / std::sqrt(T);
  if (deviation.status != Status::kOk) return deviation;
  if (!std::isfinite(volatility)) return {kNaN, Status::kOverflow};
  if (volatility == 0.0) return {kNaN, Status::kNoTimeValue};  // below every positive double
  return {volatility, Status::kOk};
}

}  // namespace strikeproof::black_scholes
