// Term structures: integrals of functions of time that are piecewise linear.
//
// With f the instantaneous forward rate, I(t) its integral from 0 and z(t) = I(t)/t the zero rate,
//   discount(t) = exp(-I(t)),   f = dI/dt = z + t dz/dt.
// In a piece that starts at s, with h = t - s:
//   f = level + 2 slope h,   I(t) = I(s) + h (level + slope h)
// * forward rates piecewise constant: slope 0. Log-linear discount factors are the same thing,
// level
//   the drop of their logarithm per year [1].
// * zero rates linear: slope = dz/dt, level = z(s) + s dz/dt; f jumps at the nodes [1,
// section 2.4].
// * volatility piecewise constant: f is its square, I the total variance. It exists only if the
//   total variance of the quotes does not descend: no calendar arbitrage [2, lemma 2.1].
//
// Means over an interval within one piece are level + slope (h1 + h2): nothing cancels however
// short it is.
//
// [1] Hagan, P. and West, G. (2006), Interpolation methods for curve construction, Applied
//     Mathematical Finance 13(2), 89-129.
// [2] Gatheral, J. and Jacquier, A. (2014), Arbitrage-free SVI volatility surfaces, Quantitative
//     Finance 14(1), 59-71.
#include "strikeproof/term_structure.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace strikeproof::term_structure {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using Values = std::span<const double>;

// Shortest digits that give the number back, whatever the locale.
std::string text(double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

[[noreturn]] void refuse(std::string_view name, Values values, std::size_t index,
                         const std::string& rule) {
  throw std::invalid_argument(std::string(name) + " is " + text(values[index]) + " at index " +
                              std::to_string(index) + ": " + rule);
}

void check_times(Values times, std::string_view name, Values values) {
  if (times.empty()) throw std::invalid_argument("times is empty: must hold at least one time");
  if (times.size() != values.size()) {
    throw std::invalid_argument("times holds " + std::to_string(times.size()) + " entries and " +
                                std::string(name) + " " + std::to_string(values.size()) +
                                ": must be as many");
  }
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!std::isfinite(times[i])) refuse("times", times, i, "must be finite");
    if (!(times[i] > 0.0)) refuse("times", times, i, "must be > 0");
    if (i > 0 && !(times[i] > times[i - 1])) {
      refuse("times", times, i, "must be > " + text(times[i - 1]) + ", the time before it");
    }
  }
}

void check_finite(std::string_view name, Values values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) refuse(name, values, i, "must be finite");
  }
}

void check_not_negative(std::string_view name, Values values) {
  check_finite(name, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] >= 0.0)) refuse(name, values, i, "must be >= 0");
  }
}

// Integral whose pieces all lie within the range of a double.
Integral checked(std::string_view name, std::vector<Piece> pieces) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (!std::isfinite(piece.integral) || !std::isfinite(piece.level) ||
        !std::isfinite(piece.slope)) {
      throw std::invalid_argument(std::string(name) + " and times about index " +
                                  std::to_string(i) + ": their integral or slope is beyond the " +
                                  "range of float64");
    }
  }
  return Integral(std::move(pieces));
}

// f = levels[i] up to times[i].
Integral steps(std::string_view name, Values times, Values levels) {
  std::vector<Piece> pieces{{0.0, 0.0, levels[0], 0.0}};
  for (std::size_t i = 1; i < times.size(); ++i) {
    const Piece& last = pieces.back();
    const double reached = last.integral + (times[i - 1] - last.start) * last.level;
    pieces.push_back({times[i - 1], reached, levels[i], 0.0});
  }
  return checked(name, std::move(pieces));
}

// Constant f between the times, reaching integrals[i] at times[i].
Integral through(std::string_view name, Values times, Values integrals) {
  std::vector<Piece> pieces{{0.0, 0.0, integrals[0] / times[0], 0.0}};
  for (std::size_t i = 1; i < times.size(); ++i) {
    const double level = (integrals[i] - integrals[i - 1]) / (times[i] - times[i - 1]);
    pieces.push_back({times[i - 1], integrals[i - 1], level, 0.0});
  }
  return checked(name, std::move(pieces));
}

Integral linear_zero(Values times, Values rates) {
  std::vector<Piece> pieces{{0.0, 0.0, rates[0], 0.0}};
  for (std::size_t i = 0; i < times.size(); ++i) {
    const bool last = i + 1 == times.size();
    const double slope = last ? 0.0 : (rates[i + 1] - rates[i]) / (times[i + 1] - times[i]);
    pieces.push_back({times[i], rates[i] * times[i], rates[i] + slope * times[i], slope});
  }
  return checked("rates", std::move(pieces));
}

}  // namespace

std::size_t Integral::piece_of(double time) const noexcept {
  const auto later = std::upper_bound(pieces_.begin(), pieces_.end(), time,
                                      [](double t, const Piece& p) { return t < p.start; });
  return static_cast<std::size_t>(later - pieces_.begin()) - 1;
}

double Integral::between(double start, double end) const noexcept {
  if (!(start >= 0.0 && end >= start && std::isfinite(end))) return kNaN;
  const std::size_t first = piece_of(start);
  const std::size_t last = piece_of(end);
  const auto within = [this](std::size_t k, double from, double to) {
    const Piece& p = pieces_[k];
    return (to - from) * (p.level + p.slope * ((from - p.start) + (to - p.start)));
  };
  if (first == last) return within(first, start, end);
  const Piece& next = pieces_[first + 1];
  return within(first, start, next.start) + (pieces_[last].integral - next.integral) +
         within(last, pieces_[last].start, end);
}

double Integral::average(double start, double end) const noexcept {
  if (!(start >= 0.0 && end >= start && std::isfinite(end))) return kNaN;
  const std::size_t first = piece_of(start);
  if (first != piece_of(end)) return between(start, end) / (end - start);
  const Piece& p = pieces_[first];
  return p.level + p.slope * ((start - p.start) + (end - p.start));
}

double Integral::at(double time) const noexcept { return average(time, time); }

RateCurve RateCurve::flat(double rate) {
  if (!std::isfinite(rate)) {
    throw std::invalid_argument("rate is " + text(rate) + ": must be finite");
  }
  return RateCurve(Integral({{0.0, 0.0, rate, 0.0}}));
}

RateCurve RateCurve::piecewise_constant(Values times, Values forward_rates) {
  check_times(times, "forward_rates", forward_rates);
  check_finite("forward_rates", forward_rates);
  return RateCurve(steps("forward_rates", times, forward_rates));
}

RateCurve RateCurve::from_zero_rates(Values times, Values rates, Interpolation interpolation) {
  check_times(times, "rates", rates);
  check_finite("rates", rates);
  if (interpolation == Interpolation::kLinearZero) return RateCurve(linear_zero(times, rates));
  std::vector<double> integrals(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) integrals[i] = rates[i] * times[i];
  return RateCurve(through("rates", times, integrals));
}

RateCurve RateCurve::from_discounts(Values times, Values discounts) {
  check_times(times, "discounts", discounts);
  check_finite("discounts", discounts);
  std::vector<double> integrals(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!(discounts[i] > 0.0)) refuse("discounts", discounts, i, "must be > 0");
    integrals[i] = -std::log(discounts[i]);
  }
  return RateCurve(through("discounts", times, integrals));
}

double RateCurve::discount(double time) const noexcept { return std::exp(-integral(time)); }

double RateCurve::forward_discount(double start, double end) const noexcept {
  return std::exp(-rate_.between(start, end));
}

VolatilityCurve VolatilityCurve::flat(double volatility) {
  if (!(volatility >= 0.0) || !std::isfinite(volatility)) {
    throw std::invalid_argument("volatility is " + text(volatility) + ": must be finite and >= 0");
  }
  return VolatilityCurve(
      checked("volatility", std::vector<Piece>{{0.0, 0.0, volatility * volatility, 0.0}}));
}

VolatilityCurve VolatilityCurve::piecewise_constant(Values times, Values volatilities) {
  check_times(times, "volatilities", volatilities);
  check_not_negative("volatilities", volatilities);
  std::vector<double> squares(volatilities.begin(), volatilities.end());
  for (double& value : squares) value *= value;
  return VolatilityCurve(steps("volatilities", times, squares));
}

VolatilityCurve VolatilityCurve::from_total_variances(Values times, Values total_variances) {
  check_times(times, "total_variances", total_variances);
  check_not_negative("total_variances", total_variances);
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (total_variances[i] < total_variances[i - 1]) {
      refuse("total_variances", total_variances, i,
             "must be >= " + text(total_variances[i - 1]) + ", that of time " + text(times[i - 1]) +
                 "; calendar arbitrage at time " + text(times[i]));
    }
  }
  return VolatilityCurve(through("total_variances", times, total_variances));
}

VolatilityCurve VolatilityCurve::from_volatilities(Values times, Values volatilities) {
  check_times(times, "volatilities", volatilities);
  check_not_negative("volatilities", volatilities);
  std::vector<double> variances(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    variances[i] = volatilities[i] * volatilities[i] * times[i];
    if (i > 0 && variances[i] < variances[i - 1]) {
      refuse("volatilities", volatilities, i,
             "total variance " + text(variances[i]) + " of time " + text(times[i]) +
                 " must be >= " + text(variances[i - 1]) + ", that of time " + text(times[i - 1]) +
                 " (calendar arbitrage)");
    }
  }
  return VolatilityCurve(through("volatilities", times, variances));
}

double VolatilityCurve::volatility(double start, double end) const noexcept {
  return std::sqrt(square_.average(start, end));
}

double VolatilityCurve::instantaneous(double time) const noexcept {
  return std::sqrt(square_.at(time));
}

}  // namespace strikeproof::term_structure
