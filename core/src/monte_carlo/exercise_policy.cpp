// When to exercise: where the discounted payoff h is positive and above a fitted value of going on,
//
//   h > sum_j b_j x_j,   x: monomials of (S_i - centre_i) scale_i, and the European value
//
// For the best or worst of several assets the spots are sorted first, as the payoff does not tell
// the assets apart [1].
//
// [1] Longstaff, F. and Schwartz, E. (2001), Review of Financial Studies 14(1), 113-147.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "payoffs/exchange.hpp"
#include "strikeproof/monte_carlo_exercise.hpp"

namespace strikeproof::monte_carlo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

Guide guide_of(const ExerciseTerms& terms, const BlackScholesModel& model, bool regressor) {
  const double end = terms.schedule.dates.back();
  const auto carry = [&](double time) {
    return model.rate.rate().between(time, end) - model.dividend_yield[0].rate().between(time, end);
  };
  Guide made{{}, {}, 0.0, regressor};
  for (const double time : terms.schedule.dates) {
    made.growth.push_back(std::exp(carry(time)));
    made.deviation.push_back(std::sqrt(model.volatility[0].variance(time, end)));
  }
  const double forward = terms.claim.weights[0] * model.spot[0] * std::exp(carry(0.0));
  made.today = terms.discounts.back() * exchange(static_cast<double>(terms.claim.type), forward,
                                                 terms.claim.strike,
                                                 std::sqrt(model.volatility[0].variance(end)));
  return made;
}

Policy::Policy(const ExerciseTerms& terms, Guide guide, std::size_t degree)
    : terms_(terms), guide_(std::move(guide)), count_(1), found_(terms.discounts.size()) {
  // by degree: a monomial times every variable from its own last one on
  std::vector<std::size_t> last{0};
  std::size_t begin = 0;
  for (std::size_t order = 1; order <= degree; ++order) {
    const std::size_t end = last.size();
    for (std::size_t parent = begin; parent < end; ++parent) {
      for (std::size_t variable = last[parent]; variable < assets(); ++variable) {
        monomials_.push_back({parent, variable});
        last.push_back(variable);
      }
    }
    begin = end;
  }
  count_ = last.size() + (guide_.regresses() ? 1 : 0);
  for (Date& date : found_) {
    date.centre.assign(assets(), 0.0);
    date.scale.assign(assets(), 1.0);
  }
}

void Policy::intrinsic(std::size_t date, std::size_t count, ConstPathRows spot,
                       double* value) const noexcept {
  const SeveralTerms& claim = terms_.claim;
  for (std::size_t p = 0; p < count; ++p) value[p] = claim.weights[0] * spot[0][p];
  for (std::size_t asset = 1; asset < claim.weights.size(); ++asset) {
    const double weight = claim.weights[asset];
    const double* const s = spot[asset];
    if (claim.kind == Several::kWeighted) {
      for (std::size_t p = 0; p < count; ++p) value[p] += weight * s[p];
    } else if (claim.kind == Several::kBest) {
      for (std::size_t p = 0; p < count; ++p) value[p] = std::max(value[p], weight * s[p]);
    } else {
      for (std::size_t p = 0; p < count; ++p) value[p] = std::min(value[p], weight * s[p]);
    }
  }
  const auto phi = static_cast<double>(claim.type);
  const double discount = terms_.discounts[date];
  for (std::size_t p = 0; p < count; ++p) {
    value[p] = discount * std::max(phi * (value[p] - claim.strike), 0.0);
  }
}

double Policy::european(std::size_t date, double spot) const noexcept {
  return terms_.discounts.back() * exchange(static_cast<double>(terms_.claim.type),
                                            terms_.claim.weights[0] * spot * guide_.growth[date],
                                            terms_.claim.strike, guide_.deviation[date]);
}

std::size_t Policy::regressors_of(std::size_t date, std::size_t count, ConstPathRows spot,
                                  PathRows scratch, double* exercise) const noexcept {
  intrinsic(date, count, spot, exercise);
  const std::size_t n = assets();
  const PathRows variable{scratch[count_], scratch.stride};
  double* const european_value = scratch[count_ - 1];
  std::size_t inside = 0;
  for (std::size_t p = 0; p < count; ++p) {
    if (!(exercise[p] > 0.0)) continue;
    for (std::size_t i = 0; i < n; ++i) {
      const double s = terms_.claim.weights[i] * spot[i][p];
      std::size_t place = i;
      if (terms_.claim.kind != Several::kWeighted) {
        for (; place > 0 && variable[place - 1][inside] < s; --place) {
          variable[place][inside] = variable[place - 1][inside];
        }
      }
      variable[place][inside] = s;
    }
    if (guide_.regresses()) european_value[inside] = european(date, spot[0][p]);
    ++inside;
  }
  const Date& known = found_[date];
  for (std::size_t i = 0; i < n; ++i) {
    double* const x = variable[i];
    for (std::size_t p = 0; p < inside; ++p) x[p] = (x[p] - known.centre[i]) * known.scale[i];
  }
  std::fill_n(scratch[0], inside, 1.0);
  for (std::size_t k = 0; k < monomials_.size(); ++k) {
    const double* const parent = scratch[monomials_[k].parent];
    const double* const x = variable[monomials_[k].variable];
    double* const out = scratch[k + 1];
    for (std::size_t p = 0; p < inside; ++p) out[p] = parent[p] * x[p];
  }
  return inside;
}

void Policy::judge(std::size_t date, std::size_t count, ConstPathRows spot, PathRows scratch,
                   double* exercise, double* going_on) const noexcept {
  if (date + 1 == dates()) {
    intrinsic(date, count, spot, exercise);
    std::fill_n(going_on, count, -kInfinity);
    return;
  }
  std::fill_n(going_on, count, kInfinity);
  const std::vector<double>& b = found_[date].coefficients;
  if (b.empty()) {
    intrinsic(date, count, spot, exercise);
    return;
  }
  const std::size_t inside = regressors_of(date, count, spot, scratch, exercise);
  double* const sum = scratch[count_ + assets()];
  std::fill_n(sum, inside, 0.0);
  for (std::size_t k = 0; k < count_; ++k) {
    const double* const x = scratch[k];
    for (std::size_t p = 0; p < inside; ++p) sum[p] += b[k] * x[p];
  }
  std::size_t at = 0;
  for (std::size_t p = 0; p < count; ++p) {
    if (exercise[p] > 0.0) going_on[p] = sum[at++];
  }
}

double exercise_boundary(const Policy& policy, std::size_t date) {
  constexpr int kGrid = 400;
  constexpr double kReach = 4.0;  // deviations of the training paths
  const auto phi = static_cast<double>(policy.terms().claim.type);
  const double strike = policy.terms().claim.strike / policy.terms().claim.weights[0];
  std::vector<double> work(policy.scratch());
  const auto ends = [&](double spot) {
    double exercise = 0.0;
    double going_on = 0.0;
    policy.judge(date, 1, {&spot, 1}, {work.data(), 1}, &exercise, &going_on);
    return exercise > going_on && exercise > 0.0;
  };
  if (date + 1 == policy.dates()) return strike;
  const Policy::Date& known = policy.date(date);
  if (known.coefficients.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double end = std::max(known.centre[0] + phi * kReach / known.scale[0], 0.0) /
                     policy.terms().claim.weights[0];
  double before = strike;
  for (int k = 1; k <= kGrid; ++k) {
    double after = strike + (end - strike) * k / kGrid;
    if (!ends(after)) {
      before = after;
      continue;
    }
    for (int halving = 0; halving < 50; ++halving) {
      const double middle = 0.5 * (before + after);
      (ends(middle) ? after : before) = middle;
    }
    return after;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace strikeproof::monte_carlo
