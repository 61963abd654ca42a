// Heston's operator and the solutions along its lines; formulas in the header, sources in
// src/heston_finite_difference.cpp.
//
// Central differences on three nodes. In the direction of the variance they are one-sided where
// they would make a neighbour's weight negative. At variance 0 the equation itself holds, without
// diffusion: its derivative by the variance looks up, on three nodes. At the largest variance the
// value is linear in the variance. Solutions along the spot run through four lines at a time, whose
// chains of dependent operations then overlap; those along the variance run through all spots at
// once.
#include "numeric/heston_operator.hpp"

#include <cmath>

namespace strikeproof::numeric {
namespace {

constexpr std::size_t kLines = 4;

struct Weights {
  double lower, middle, upper;
};

Weights first_derivative(double left, double right) noexcept {
  const double both = left + right;
  return {-right / (left * both), (right - left) / (left * right), left / (right * both)};
}

Weights second_derivative(double left, double right) noexcept {
  const double both = left + right;
  return {2.0 / (left * both), -2.0 / (left * right), 2.0 / (right * both)};
}

}  // namespace

HestonOperator::HestonOperator(const Grid& spot, const Grid& variance, const heston::Market& market)
    : spots_(spot.size()),
      variances_(variance.size()),
      drift_(market.rate - market.dividend_yield),
      half_rate_(0.5 * market.rate),
      variance_(variance),
      along_(variance.size()),
      across_(variance.size()),
      tilted_(spot.size() * variance.size()),
      spot_low_(tilted_.size()),
      spot_inverse_(tilted_.size()),
      spot_up_(tilted_.size()),
      variance_factor_(variance.size()) {
  set_spot(spot);
  set_variance(variance, market);
}

void HestonOperator::set_spot(const Grid& spot) {
  for (Field* field :
       {&bend_lower_, &bend_middle_, &bend_upper_, &tilt_lower_, &tilt_middle_, &tilt_upper_}) {
    field->assign(spots_, 0.0);
  }
  for (std::size_t i = 1; i + 1 < spots_; ++i) {
    const double s = spot[i], left = s - spot[i - 1], right = spot[i + 1] - s;
    const Weights bend = second_derivative(left, right), tilt = first_derivative(left, right);
    bend_lower_[i] = 0.5 * s * s * bend.lower;
    bend_middle_[i] = 0.5 * s * s * bend.middle;
    bend_upper_[i] = 0.5 * s * s * bend.upper;
    tilt_lower_[i] = s * tilt.lower;
    tilt_middle_[i] = s * tilt.middle;
    tilt_upper_[i] = s * tilt.upper;
  }
}

void HestonOperator::set_variance(const Grid& variance, const heston::Market& market) {
  const heston::Model& m = market.model;
  const double half_square = 0.5 * m.volatility_of_variance * m.volatility_of_variance;
  const double cross = m.correlation * m.volatility_of_variance;
  const std::size_t last = variances_ - 1;
  for (std::size_t j = 1; j < last; ++j) {
    const double v = variance[j], left = v - variance[j - 1], right = variance[j + 1] - v;
    const Weights bend = second_derivative(left, right), tilt = first_derivative(left, right);
    const double diffusion = half_square * v;
    const double drift = m.mean_reversion * (m.long_run_variance - v);
    double lower = diffusion * bend.lower + drift * tilt.lower;
    double upper = diffusion * bend.upper + drift * tilt.upper;
    if (lower < 0.0) {
      lower = diffusion * bend.lower;
      upper = diffusion * bend.upper + drift / right;
    } else if (upper < 0.0) {
      lower = diffusion * bend.lower - drift / left;
      upper = diffusion * bend.upper;
    }
    along_[j] = {lower, -(lower + upper) - half_rate_, upper};
    across_[j] = {cross * v * tilt.lower, cross * v * tilt.middle, cross * v * tilt.upper};
  }
  // at 0: u_v from the values at 0, h and h + k
  const double pull = m.mean_reversion * m.long_run_variance;
  const double h = variance[1] - variance[0], k = variance[2] - variance[1];
  double near = pull * (h + k) / (h * k);
  beyond_ = -pull * h / (k * (h + k));
  // the second row eliminates the third node, which it must not do at the cost of the first
  if (!(along_[1].upper > 0.0) || along_[1].lower > 2.0 * along_[1].upper) {
    near = pull / h;
    beyond_ = 0.0;
  }
  along_[0] = {0.0, -(near + beyond_) - half_rate_, near};
  const double top = variance[last], step = top - variance[last - 1];
  const double back = m.mean_reversion * std::fmax(top - m.long_run_variance, 0.0) / step;
  along_[last] = {back, -back - half_rate_, 0.0};
}

void HestonOperator::apply(const Field& u, Field& mixed, Field& by_spot,
                           Field& by_variance) noexcept {
  const std::size_t n = spots_, inner = n - 1;
  for (std::size_t j = 0; j < variances_; ++j) {
    const double* const here = u.data() + j * n;
    double* const tilted = tilted_.data() + j * n;
    double* const out = by_spot.data() + j * n;
    const double v = variance_[j], drift = drift_, half_rate = half_rate_;
    for (std::size_t i = 1; i < inner; ++i) {
      const double low = here[i - 1], mid = here[i], top = here[i + 1];
      const double tilt = tilt_lower_[i] * low + tilt_middle_[i] * mid + tilt_upper_[i] * top;
      const double bend = bend_lower_[i] * low + bend_middle_[i] * mid + bend_upper_[i] * top;
      tilted[i] = tilt;
      out[i] = v * bend + drift * tilt - half_rate * mid;
    }
  }
  for (std::size_t j = 0; j < variances_; ++j) {
    const std::size_t before = (j == 0 ? 0 : j - 1) * n,
                      after = (j + 1 < variances_ ? j + 1 : j) * n;
    const Three a = along_[j], c = across_[j];
    const double* const u0 = u.data() + before;
    const double* const u1 = u.data() + j * n;
    const double* const u2 = u.data() + after;
    const double* const t0 = tilted_.data() + before;
    const double* const t1 = tilted_.data() + j * n;
    const double* const t2 = tilted_.data() + after;
    double* const along = by_variance.data() + j * n;
    double* const cross = mixed.data() + j * n;
    for (std::size_t i = 1; i < inner; ++i) {
      along[i] = a.lower * u0[i] + a.middle * u1[i] + a.upper * u2[i];
      cross[i] = c.lower * t0[i] + c.middle * t1[i] + c.upper * t2[i];
    }
  }
  const double* const third = u.data() + 2 * n;
  for (std::size_t i = 1; i < inner; ++i) by_variance[i] += beyond_ * third[i];
}

template <std::size_t lines>
void HestonOperator::factor_lines(double scale, std::size_t first) noexcept {
  const std::size_t n = spots_, start = first * n;
  double* const low = spot_low_.data() + start;
  double* const inverses = spot_inverse_.data() + start;
  double* const up = spot_up_.data() + start;
  double last[lines]{};
  for (std::size_t i = 1; i + 1 < n; ++i) {
    const double bend_lower = scale * bend_lower_[i], tilt_lower = scale * drift_ * tilt_lower_[i];
    const double bend_upper = scale * bend_upper_[i], tilt_upper = scale * drift_ * tilt_upper_[i];
    const double bend_middle = scale * bend_middle_[i];
    const double rest = 1.0 - scale * (drift_ * tilt_middle_[i] - half_rate_);
    for (std::size_t k = 0; k < lines; ++k) {
      const double v = variance_[first + k];
      const double lower = v * bend_lower + tilt_lower;
      const double inverse = 1.0 / (rest - v * bend_middle - lower * last[k]);
      last[k] = (v * bend_upper + tilt_upper) * inverse;
      const std::size_t at = k * n + i;
      inverses[at] = inverse;
      low[at] = lower * inverse;
      up[at] = last[k];
    }
  }
}

void HestonOperator::factor(double scale) noexcept {
  if (scale == scale_) return;
  scale_ = scale;
  std::size_t line = 0;
  for (; line + kLines <= variances_; line += kLines) factor_lines<kLines>(scale, line);
  for (; line < variances_; ++line) factor_lines<1>(scale, line);
  // row 0 less `eliminated` times row 1 has no third node
  eliminated_ = beyond_ == 0.0 ? 0.0 : beyond_ / along_[1].upper;
  const double middle = 1.0 - scale * along_[0].middle + eliminated_ * scale * along_[1].lower;
  const double upper = scale * along_[0].upper + eliminated_ * (1.0 - scale * along_[1].middle);
  variance_factor_[0] = {0.0, 1.0 / middle, upper / middle};
  for (std::size_t j = 1; j < variances_; ++j) {
    const double lower = scale * along_[j].lower;
    const double inverse =
        1.0 / (1.0 - scale * along_[j].middle - lower * variance_factor_[j - 1].upper);
    variance_factor_[j] = {lower * inverse, inverse, scale * along_[j].upper * inverse};
  }
}

template <std::size_t lines>
void HestonOperator::solve_lines(double* x, std::size_t first) const noexcept {
  const std::size_t n = spots_, start = first * n;
  double* const from = x + start;
  const double* const low = spot_low_.data() + start;
  const double* const inverse = spot_inverse_.data() + start;
  const double* const up = spot_up_.data() + start;
  double last[lines];
  for (std::size_t k = 0; k < lines; ++k) last[k] = from[k * n];
  for (std::size_t i = 1; i + 1 < n; ++i) {
    for (std::size_t k = 0; k < lines; ++k) {
      const std::size_t at = k * n + i;
      last[k] = inverse[at] * from[at] + low[at] * last[k];
      from[at] = last[k];
    }
  }
  for (std::size_t k = 0; k < lines; ++k) last[k] = from[k * n + n - 1];
  for (std::size_t i = n - 1; i-- > 1;) {
    for (std::size_t k = 0; k < lines; ++k) {
      const std::size_t at = k * n + i;
      last[k] = from[at] + up[at] * last[k];
      from[at] = last[k];
    }
  }
}

void HestonOperator::solve_spot(Field& x) const noexcept {
  std::size_t j = 0;
  for (; j + kLines <= variances_; j += kLines) solve_lines<kLines>(x.data(), j);
  for (; j < variances_; ++j) solve_lines<1>(x.data(), j);
}

void HestonOperator::solve_variance(Field& x) const noexcept {
  const std::size_t n = spots_, inner = n - 1;
  double* const first = x.data();
  {
    const double* const second = first + n;
    const double inverse = variance_factor_[0].middle, taken = eliminated_;
    for (std::size_t i = 1; i < inner; ++i) first[i] = inverse * (first[i] - taken * second[i]);
  }
  for (std::size_t j = 1; j < variances_; ++j) {
    const double* const before = first + (j - 1) * n;
    double* const here = first + j * n;
    const double low = variance_factor_[j].lower, inverse = variance_factor_[j].middle;
    for (std::size_t i = 1; i < inner; ++i) here[i] = inverse * here[i] + low * before[i];
  }
  for (std::size_t j = variances_ - 1; j-- > 0;) {
    const double* const after = first + (j + 1) * n;
    double* const here = first + j * n;
    const double up = variance_factor_[j].upper;
    for (std::size_t i = 1; i < inner; ++i) here[i] += up * after[i];
  }
}

}  // namespace strikeproof::numeric
