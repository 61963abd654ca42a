// Heston's equation solved for one contract on one grid; method and sources:
// src/heston_finite_difference.cpp.
#include "numeric/heston_solver.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "numeric/heston_grid.hpp"
#include "numeric/heston_operator.hpp"

namespace strikeproof::numeric {
namespace {

using finite_difference::Barriers;
using finite_difference::RebatePayment;
using heston_finite_difference::Scheme;
using heston_finite_difference::Settings;
using heston_finite_difference::Values;

constexpr double kCraigSneyd = 1.0 / 3.0;                            // theta of [2]
constexpr double kHundsdorferVerwer = 0.5 + 0.28867513459481288225;  // 1/2 + 3^(1/2)/6
constexpr int kStarts = 2;  // steps replaced by two of half the length, damped

class HestonSolver {
 public:
  HestonSolver(const HestonProblem& problem, const Settings& settings, Refinement refinement)
      : problem_(problem),
        barriers_(problem.contract.barriers),
        market_(problem.market),
        payoff_(payoff_of(problem.contract)),
        expiry_(problem.contract.option.time_to_expiry),
        scheme_(settings.scheme),
        steps_((settings.time_steps + 1) / 2 * settings.refinement * static_cast<int>(refinement)),
        grid_(heston_grid(problem, settings, refinement)),
        operator_(grid_.spot, grid_.variance, market_) {
    const std::size_t nodes = grid_.spot.size() * grid_.variance.size();
    for (Field* field : {&u_, &y_, &start_, &mixed_, &by_spot_, &by_variance_, &mixed_again_,
                         &by_spot_again_, &by_variance_again_}) {
      field->assign(nodes, 0.0);
    }
    if (american()) {
      excess_.assign(nodes, 0.0);
      for (const double s : grid_.spot) gain_.push_back(gain_at(s));
    }
  }

  HestonSolution run() {
    start();
    double last = expiry_;
    for (int k = 1; k <= steps_; ++k) {
      const double t = time_after(k);
      if (k <= kStarts) {
        start_step(0.5 * (t + last), last);
        start_step(t, 0.5 * (t + last));
      } else {
        step(t, last);
      }
      last = t;
    }
    return read();
  }

 private:
  [[nodiscard]] bool american() const {
    return problem_.contract.option.exercise == Exercise::kAmerican;
  }
  [[nodiscard]] double gain_at(double s) const { return payoff_.slope(s) * s + payoff_.level(s); }

  // Steps grow with the distance from expiry, where the value moves as the square root of time; the
  // excess of an obstacle is carried from step to step, which asks for equal ones.
  [[nodiscard]] double time_after(int steps) const {
    const double part = static_cast<double>(steps) / steps_;
    return steps == steps_ ? 0.0 : expiry_ * (1.0 - (american() ? part : part * part));
  }

  // Douglas' scheme, implicit but for the mixed derivative.
  void start_step(double t, double later) {
    operator_.factor(later - t);
    predict(later - t, 1.0, t);
    finish(later - t);
  }

  void step(double t, double later) {
    const double dt = later - t;
    const bool craig_sneyd = scheme_ == Scheme::kModifiedCraigSneyd;
    const double theta = craig_sneyd ? kCraigSneyd : kHundsdorferVerwer;
    operator_.factor(theta * dt);
    predict(dt, theta, t);
    if (craig_sneyd) {
      correct_craig_sneyd(dt, theta, t);
    } else {
      correct_hundsdorfer_verwer(dt, theta, t);
    }
    finish(dt);
  }

  // The payoff less the shift, averaged over the cell of the strike.
  [[nodiscard]] double averaged_payoff(std::size_t i) const {
    const Grid& s = grid_.spot;
    const double strike = payoff_.strike;
    if (i == 0 || i + 1 == s.size()) return payoff_.at_expiry(s[i]);
    const double low = 0.5 * (s[i - 1] + s[i]), top = 0.5 * (s[i] + s[i + 1]);
    if (!(low < strike && strike < top)) return payoff_.at_expiry(s[i]);
    const auto part = [&](double from, double to) {  // linear on each side: the midpoint is exact
      return payoff_.at_expiry(0.5 * (from + to)) * (to - from);
    };
    return (part(low, strike) + part(strike, top)) / (top - low);
  }

  void start() {
    const std::size_t n = grid_.spot.size();
    for (std::size_t i = 0; i < n; ++i) {
      const double value = averaged_payoff(i) - problem_.shift;
      for (std::size_t j = 0; j < grid_.variance.size(); ++j) u_[j * n + i] = value;
    }
    set_edges(u_, expiry_);
  }

  // The value at the first or last spot: a rebate at a barrier, else A S + B with what A and B are
  // at expiry, or what exercise pays.
  [[nodiscard]] double edge(double s, bool barrier, double t) const {
    const double left = expiry_ - t;
    const double discount = std::exp(-market_.rate * left);
    double value = 0.0;
    if (barrier) {
      const bool at_hit = barriers_.payment == RebatePayment::kAtHit;
      value = barriers_.rebate * (at_hit ? 1.0 : discount);
    } else {
      const bool pays = payoff_.at_expiry(s) > 0.0;
      const double slope = pays ? payoff_.slope(s) : 0.0;
      const double level = (pays ? payoff_.level(s) : 0.0) - problem_.shift;
      value = slope * s * std::exp(-market_.dividend_yield * left) + level * discount;
    }
    return american() ? std::max(value, gain_at(s)) : value;
  }

  void set_edges(Field& u, double t) const {
    const Grid& s = grid_.spot;
    const double low = edge(s.front(), barriers_.lower > 0.0, t);
    const double top = edge(s.back(), s.back() == barriers_.upper, t);
    for (std::size_t j = 0; j < grid_.variance.size(); ++j) {
      u[j * s.size()] = low;
      u[(j + 1) * s.size() - 1] = top;
    }
  }

  // y = (1 - theta dt A2)^-1 ((1 - theta dt A1)^-1 (from - theta dt A1 w) - theta dt A2 w) with
  // the parts of w given.
  void sweep(const Field& from, const Field& by_spot, const Field& by_variance, double scale,
             double t) {
    for (std::size_t k = 0; k < y_.size(); ++k) y_[k] = from[k] - scale * by_spot[k];
    set_edges(y_, t);
    operator_.solve_spot(y_);
    for (std::size_t k = 0; k < y_.size(); ++k) y_[k] -= scale * by_variance[k];
    operator_.solve_variance(y_);
  }

  // Douglas' scheme, the first half of the others.
  void predict(double dt, double theta, double t) {
    operator_.apply(u_, mixed_, by_spot_, by_variance_);
    for (std::size_t k = 0; k < u_.size(); ++k) {
      start_[k] = u_[k] + dt * (mixed_[k] + by_spot_[k] + by_variance_[k]);
    }
    if (american()) {
      for (std::size_t k = 0; k < u_.size(); ++k) start_[k] += dt * excess_[k];
    }
    sweep(start_, by_spot_, by_variance_, theta * dt, t);
  }

  void correct_craig_sneyd(double dt, double theta, double t) {
    operator_.apply(y_, mixed_again_, by_spot_again_, by_variance_again_);
    const double mixed = 0.5 * dt, rest = (0.5 - theta) * dt;  // theta + (1/2 - theta) of A0
    for (std::size_t k = 0; k < u_.size(); ++k) {
      start_[k] +=
          mixed * (mixed_again_[k] - mixed_[k]) +
          rest * (by_spot_again_[k] - by_spot_[k] + by_variance_again_[k] - by_variance_[k]);
    }
    sweep(start_, by_spot_, by_variance_, theta * dt, t);
  }

  void correct_hundsdorfer_verwer(double dt, double theta, double t) {
    operator_.apply(y_, mixed_again_, by_spot_again_, by_variance_again_);
    for (std::size_t k = 0; k < u_.size(); ++k) {
      start_[k] += 0.5 * dt *
                   (mixed_again_[k] - mixed_[k] + by_spot_again_[k] - by_spot_[k] +
                    by_variance_again_[k] - by_variance_[k]);
    }
    sweep(start_, by_spot_again_, by_variance_again_, theta * dt, t);
  }

  // y is the step's result, the obstacle apart: what it lacks is met node by node [5].
  void finish(double dt) {
    if (american()) {
      const std::size_t n = grid_.spot.size();
      for (std::size_t j = 0; j < grid_.variance.size(); ++j) {
        for (std::size_t i = 1; i + 1 < n; ++i) {
          const std::size_t k = j * n + i;
          const double free = y_[k] - dt * excess_[k];
          y_[k] = std::max(free, gain_[i]);
          excess_[k] = std::max(0.0, (gain_[i] - free) / dt);
        }
      }
    }
    u_.swap(y_);
  }

  // Cubic in spot and variance around today's.
  [[nodiscard]] HestonSolution read() const {
    const double spot = market_.spot, v = market_.model.initial_variance;
    const Stencil s = stencil_at(grid_.spot, spot), w = stencil_at(grid_.variance, v);
    const auto at = [&](const std::array<double, 4>& by_spot,
                        const std::array<double, 4>& by_variance) {
      double sum = 0.0;
      for (std::size_t j = 0; j < 4; ++j) {
        const std::size_t row = (w.first + j) * grid_.spot.size() + s.first;
        for (std::size_t i = 0; i < 4; ++i) sum += by_variance[j] * by_spot[i] * u_[row + i];
      }
      return sum;
    };
    const heston::Model& m = market_.model;
    Values found{at(s.value, w.value), at(s.slope, w.value), at(s.curvature, w.value), 0.0,
                 at(s.value, w.slope)};
    const double sigma = m.volatility_of_variance;
    found.theta = market_.rate * found.price -
                  (market_.rate - market_.dividend_yield) * spot * found.delta -
                  0.5 * spot * spot * v * found.gamma -
                  m.correlation * sigma * spot * v * at(s.slope, w.slope) -
                  0.5 * sigma * sigma * v * at(s.value, w.curvature) -
                  m.mean_reversion * (m.long_run_variance - v) * found.initial_variance;
    const double gain = gain_at(spot);
    if (!american() || !(gain > 0.0) || found.price > gain * (1.0 + 1e-12)) return {found, false};
    return {{gain, payoff_.slope(spot), 0.0, 0.0, 0.0}, true};
  }

  const HestonProblem& problem_;
  const Barriers& barriers_;
  const heston::Market& market_;
  PayoffTerms payoff_;
  double expiry_;
  Scheme scheme_;
  int steps_;
  HestonGrid grid_;
  HestonOperator operator_;
  Field u_, y_, start_;
  Field mixed_, by_spot_, by_variance_;
  Field mixed_again_, by_spot_again_, by_variance_again_;
  Field gain_, excess_;  // of exercise by spot; of the obstacle, per time
};

}  // namespace

HestonSolution solve_heston(const HestonProblem& problem, const Settings& settings,
                            Refinement refinement) {
  return HestonSolver(problem, settings, refinement).run();
}

}  // namespace strikeproof::numeric
