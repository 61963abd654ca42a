// Rate and volatility curves, smiles and surfaces: what they accept they answer for.
#include <optional>
#include <stdexcept>
#include <vector>

#include "check.hpp"
#include "engines.hpp"
#include "strikeproof/ssvi.hpp"
#include "strikeproof/svi.hpp"
#include "strikeproof/term_structure.hpp"

namespace strikeproof::fuzz {
namespace {

struct Nodes {
  std::vector<double> times;
  std::vector<double> values;
};

Nodes nodes(Draw& draw, double lower, double upper) {
  Nodes found;
  for (int left = draw.choice(5); left > 0; --left) {
    const double before = found.times.empty() ? 0.0 : found.times.back();
    found.times.push_back(before + draw.number(0.0, 1.0));
    found.values.push_back(draw.number(lower, upper));
  }
  return found;
}

// The curve, or nothing where the factory refuses in words.
template <class Make>
auto made(const char* engine, const Make& make) -> std::optional<decltype(make())> {
  try {
    return make();
  } catch (const std::invalid_argument& refusal) {
    if (refusal.what()[0] == '\0') fail(engine, "a refusal without words", 0.0, 0.0);
    return std::nullopt;
  }
}

svi::Raw raw_smile(Draw& draw) {
  return {draw.number(-0.1, 0.2), draw.number(0.0, 1.0), draw.number(-1.0, 1.0),
          draw.number(-1.0, 1.0), draw.number(0.0, 1.0)};
}

bool is_smile(const svi::Raw& raw) {
  return std::isfinite(raw.a + raw.m) && raw.b >= 0.0 && std::isfinite(raw.b) &&
         std::abs(raw.rho) <= 1.0 && raw.sigma > 0.0 && std::isfinite(raw.sigma);
}

template <class Violations>
void check_places(const char* engine, const Violations& found) {
  for (const svi::Violation& violation : found) {
    if (!(violation.from <= violation.to)) fail(engine, "interval", violation.from, violation.to);
  }
}

}  // namespace

void rate_curve_engine(Draw& draw) {
  using term_structure::Interpolation;
  using term_structure::RateCurve;
  const Nodes drawn = nodes(draw, -0.05, 0.2);
  const int kind = draw.choice(4);
  const auto curve = made("rate curve", [&] {
    if (kind == 0) return RateCurve::piecewise_constant(drawn.times, drawn.values);
    if (kind == 1) return RateCurve::from_discounts(drawn.times, drawn.values);
    return RateCurve::from_zero_rates(
        drawn.times, drawn.values,
        kind == 2 ? Interpolation::kLinearZero : Interpolation::kLogLinearDiscount);
  });
  if (!curve) return;
  const double time = draw.number(0.0, 5.0);
  const double discount = curve->discount(time);
  if (discount < 0.0) fail("rate curve", "negative discount", discount, 0.0);
  if (time == 0.0 && discount != 1.0) fail("rate curve", "discount of now", discount, 1.0);
  if ((time < 0.0 || !std::isfinite(time)) != std::isnan(discount) && !(time > 1e100)) {
    fail("rate curve", "discount of a time", discount, time);
  }
}

void volatility_curve_engine(Draw& draw) {
  using term_structure::VolatilityCurve;
  const Nodes drawn = nodes(draw, 0.0, 1.0);
  const int kind = draw.choice(3);
  const auto curve = made("volatility curve", [&] {
    if (kind == 0) return VolatilityCurve::piecewise_constant(drawn.times, drawn.values);
    if (kind == 1) return VolatilityCurve::from_total_variances(drawn.times, drawn.values);
    return VolatilityCurve::from_volatilities(drawn.times, drawn.values);
  });
  if (!curve) return;
  const double start = draw.number(0.0, 5.0);
  const double end = start + std::fabs(draw.number(0.0, 5.0));
  const double variance = curve->variance(start, end);
  if (end < 1e6 && std::isnan(variance) && start >= 0.0) {
    fail("volatility curve", "no variance", variance, end);
  }
  if (variance < 0.0) fail("volatility curve", "negative variance", variance, 0.0);
  const double volatility = curve->volatility(start, end);
  if (volatility < 0.0) fail("volatility curve", "negative volatility", volatility, 0.0);
}

void svi_engine(Draw& draw) {
  const svi::Raw raw = raw_smile(draw);
  const auto natural = svi::natural_from_raw(raw);
  check_all("svi natural", natural.status, natural.value);
  const double time = draw.number(0.0, 3.0);
  const auto wings = svi::jump_wings_from_raw(raw, time);
  check_all("svi jump wings", wings.status, wings.value);
  const auto back = svi::raw_from_jump_wings(
      {draw.number(0.0, 0.2), draw.number(-0.5, 0.5), draw.number(0.0, 1.0), draw.number(0.0, 1.0),
       draw.number(0.0, 0.2)},
      time);
  check_all("svi raw", back.status, back.value);
  if (!is_smile(raw)) return;
  check_places("svi butterfly", svi::butterfly(raw));
  const svi::Raw later = raw_smile(draw);
  if (is_smile(later) && svi::least_variance(raw) > 0.0) {
    check_places("svi calendar", svi::calendar(raw, later));
  }
}

void ssvi_engine(Draw& draw) {
  const ssvi::Smile smile{draw.number(0.0, 1.0),  draw.number(0.0, 1.0),  draw.number(-1.0, 1.0),
                          draw.number(-1.0, 1.0), draw.number(-1.0, 1.0), draw.number(-1.0, 1.0)};
  const double log_moneyness = draw.number(-2.0, 2.0);
  const auto found = ssvi::local_volatility(smile, log_moneyness);
  check("local volatility", found.status, found.value, kNoBound);
}

}  // namespace strikeproof::fuzz
