// Greeks by derivatives along the path [1, section 7.2; 2]: with X what the payoff sees,
//
//   d (phi (X - K))+ = 1{phi (X - K) > 0} phi dX,   dX = sum of dX/dx_i(t) dx_i(t)
//
// and the tangents of the log spots, W_i = (x_i(t) - x_i(0) - m_i t)/sigma_i, t_1 the first date:
//
//   S_i       dx_i = 1/S_i
//   sigma_i   dx_i = W_i - sigma_i t
//   r         dx_i = t for all i;                                 the price adds -T
//   calendar  dx_i = -m_i - sigma_i B_i / (2 sqrt(t_1)) for all i;  the price adds r
//
// Gamma is the likelihood ratio of that delta, which has a jump where the payoff has a kink:
// delta (s_i - 1/S_i), s_i the score of the first step [1, section 7.3.4].
//
// [1] Glasserman, P. (2004), Monte Carlo Methods in Financial Engineering, Springer.
// [2] Broadie, M. and Glasserman, P. (1996), Management Science 42(2), 269-285.
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "greeks_scores.hpp"
#include "payoffs/scheduled.hpp"
#include "simd/path_kernels.hpp"

namespace strikeproof::monte_carlo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Pathwise final : public Scheduled {
 public:
  Pathwise(const PathwiseTerms& terms, const Schedule& schedule, const FlatLognormal& model,
           std::vector<GreekOf> greeks)
      : Scheduled(schedule),
        terms_(terms),
        scores_(model),
        greeks_(std::move(greeks)),
        discount_(std::exp(-model.rate * schedule.dates.back())) {
    if (schedule.continuous) {
      throw std::invalid_argument("a payoff that is watched all the time has no path derivative");
    }
  }

  [[nodiscard]] std::size_t assets() const noexcept override { return scores_.assets(); }
  [[nodiscard]] std::size_t outputs() const noexcept override { return 1 + greeks_.size(); }
  // outputs, a row of tangents, the first step of every asset, two blocks of work
  [[nodiscard]] std::size_t states() const noexcept override { return first() + 3 * assets(); }

  void start(const Observation& now, PathRows state) const noexcept override;
  void observe(const Observation& seen, PathRows state) const noexcept override;

 private:
  [[nodiscard]] std::size_t tangent() const noexcept { return outputs(); }
  [[nodiscard]] std::size_t first() const noexcept { return outputs() + 1; }
  [[nodiscard]] bool on_last_date() const noexcept {
    return terms_.functional >= Functional::kWeighted;
  }

  void first_step(const Observation& seen, PathRows state) const noexcept;
  /// Writes dx of an asset at a date into the row of tangents.
  void move(const GreekOf& of, std::size_t asset, const Observation& seen,
            PathRows state) const noexcept;
  void include(std::size_t asset, double weight, const Observation& seen,
               PathRows state) const noexcept;
  void pay(const Observation& seen, PathRows state) const noexcept;
  void finish(const GreekOf& of, std::size_t count, PathRows state, double* out) const noexcept;

  PathwiseTerms terms_;
  LognormalScores scores_;
  std::vector<GreekOf> greeks_;
  double discount_;
};

void Pathwise::start(const Observation& now, PathRows state) const noexcept {
  double begin = 0.0;
  const Functional f = terms_.functional;
  if (f == Functional::kMaximum || f == Functional::kBest) begin = -kInfinity;
  if (f == Functional::kMinimum || f == Functional::kWorst) begin = kInfinity;
  if (!std::isnan(terms_.past)) begin = terms_.past;
  std::fill_n(state[0], now.count, begin);
  for (std::size_t k = 1; k < outputs(); ++k) std::fill_n(state[k], now.count, 0.0);
}

void Pathwise::first_step(const Observation& seen, PathRows state) const noexcept {
  const FlatLognormal& model = scores_.model();
  const double time = schedule().dates[0];
  for (std::size_t i = 0; i < assets(); ++i) {
    const double centre = std::log(model.spot[i]) + scores_.drift(i) * time;
    const double scale = 1.0 / (model.volatility[i] * std::sqrt(time));
    const double* const x = seen.log_spot[i];
    double* const b = state[first() + i];
    for (std::size_t p = 0; p < seen.count; ++p) b[p] = (x[p] - centre) * scale;
  }
}

void Pathwise::move(const GreekOf& of, std::size_t asset, const Observation& seen,
                    PathRows state) const noexcept {
  const FlatLognormal& model = scores_.model();
  double* const dx = state[tangent()];
  const double time = schedule().dates[seen.date];
  const double volatility = model.volatility[asset];
  const double drift = scores_.drift(asset);
  const bool own = of.asset == asset;
  switch (of.greek) {
    case Greek::kDelta:
    case Greek::kGamma:
      std::fill_n(dx, seen.count, own ? 1.0 / model.spot[asset] : 0.0);
      return;
    case Greek::kRho:
      std::fill_n(dx, seen.count, time);
      return;
    case Greek::kVega: {
      if (!own) {
        std::fill_n(dx, seen.count, 0.0);
        return;
      }
      const double* const x = seen.log_spot[asset];
      const double centre = std::log(model.spot[asset]) + drift * time;
      for (std::size_t p = 0; p < seen.count; ++p) {
        dx[p] = (x[p] - centre) / volatility - volatility * time;
      }
      return;
    }
    case Greek::kTheta: {
      const double* const b = state[first() + asset];
      const double scale = 0.5 * volatility / std::sqrt(schedule().dates[0]);
      for (std::size_t p = 0; p < seen.count; ++p) dx[p] = -drift - scale * b[p];
    }
  }
}

void Pathwise::include(std::size_t asset, double weight, const Observation& seen,
                       PathRows state) const noexcept {
  const double* const s = seen.spot[asset];
  const double* const x = seen.log_spot[asset];
  const double* const dx = state[tangent()];
  double* const value = state[0];
  const Functional f = terms_.functional;
  if (f == Functional::kGeometric) {
    for (std::size_t p = 0; p < seen.count; ++p) value[p] += weight * x[p];
    for (std::size_t k = 0; k < greeks_.size(); ++k) {
      move(greeks_[k], asset, seen, state);
      for (std::size_t p = 0; p < seen.count; ++p) state[1 + k][p] += weight * dx[p];
    }
    return;
  }
  if (f == Functional::kArithmetic || f == Functional::kWeighted) {
    for (std::size_t p = 0; p < seen.count; ++p) value[p] += weight * s[p];
    for (std::size_t k = 0; k < greeks_.size(); ++k) {
      move(greeks_[k], asset, seen, state);
      for (std::size_t p = 0; p < seen.count; ++p) state[1 + k][p] += weight * s[p] * dx[p];
    }
    return;
  }
  const double side = f == Functional::kMaximum || f == Functional::kBest ? 1.0 : -1.0;
  for (std::size_t k = 0; k < greeks_.size(); ++k) {
    move(greeks_[k], asset, seen, state);
    double* const d = state[1 + k];
    for (std::size_t p = 0; p < seen.count; ++p) {
      d[p] = side * (weight * s[p] - value[p]) > 0.0 ? weight * s[p] * dx[p] : d[p];
    }
  }
  for (std::size_t p = 0; p < seen.count; ++p) {
    value[p] = side * std::max(side * value[p], side * weight * s[p]);
  }
}

void Pathwise::observe(const Observation& seen, PathRows state) const noexcept {
  if (seen.date == kNoDate) return;
  if (seen.date == 0) first_step(seen, state);
  if (on_last_date()) {
    if (!is_last(seen)) return;
    for (std::size_t asset = 0; asset < assets(); ++asset) {
      include(asset, terms_.weights[asset], seen, state);
    }
  } else if (terms_.weights[seen.date] != 0.0) {
    include(0, terms_.weights[seen.date], seen, state);
  }
  if (is_last(seen)) pay(seen, state);
}

void Pathwise::pay(const Observation& seen, PathRows state) const noexcept {
  double* const value = state[0];
  if (terms_.functional == Functional::kGeometric) {
    simd::path_kernels().exponentials(seen.count, value, value);
    for (std::size_t k = 1; k < outputs(); ++k) {
      for (std::size_t p = 0; p < seen.count; ++p) state[k][p] *= value[p];
    }
  }
  const auto phi = static_cast<double>(terms_.type);
  const double* const s = seen.spot[0];
  // phi (X - K), and its tangents
  for (std::size_t k = 0; terms_.floating && k < greeks_.size(); ++k) {
    move(greeks_[k], 0, seen, state);
    const double* const dx = state[tangent()];
    double* const d = state[1 + k];
    for (std::size_t p = 0; p < seen.count; ++p) d[p] = s[p] * dx[p] - d[p];
  }
  for (std::size_t p = 0; p < seen.count; ++p) {
    const double inside = phi * (terms_.floating ? s[p] - value[p] : value[p] - terms_.strike);
    value[p] = discount_ * std::max(inside, 0.0);
  }
  for (std::size_t k = 0; k < greeks_.size(); ++k) {
    double* const d = state[1 + k];
    for (std::size_t p = 0; p < seen.count; ++p)
      d[p] = value[p] > 0.0 ? discount_ * phi * d[p] : 0.0;
    finish(greeks_[k], seen.count, state, d);
  }
}

void Pathwise::finish(const GreekOf& of, std::size_t count, PathRows state,
                      double* out) const noexcept {
  const double* const value = state[0];
  const double rate = scores_.model().rate;
  const double end = schedule().dates.back();
  if (of.greek == Greek::kRho) {
    for (std::size_t p = 0; p < count; ++p) out[p] -= end * value[p];
  } else if (of.greek == Greek::kTheta) {
    for (std::size_t p = 0; p < count; ++p) out[p] += rate * value[p];
  } else if (of.greek == Greek::kGamma) {
    const GreekOf delta{Greek::kDelta, of.asset};
    const double by_spot = 1.0 / scores_.model().spot[of.asset];
    // the assets' numbers of one path, one after the other: a row holds at least 16
    double* const b = state[first() + assets()];
    double* const u = state[first() + 2 * assets()];
    for (std::size_t p = 0; p < count; ++p) {
      for (std::size_t i = 0; i < assets(); ++i) b[i] = state[first() + i][p];
      scores_.solve(b, u);
      out[p] *= scores_.score(delta, schedule().dates[0], b, u) - by_spot;
    }
  }
}

}  // namespace

std::unique_ptr<Payoff> pathwise(const PathwiseTerms& terms, const Schedule& schedule,
                                 const FlatLognormal& model, const std::vector<GreekOf>& greeks) {
  return std::make_unique<Pathwise>(terms, schedule, model, greeks);
}

}  // namespace strikeproof::monte_carlo
