// One time step of a parabolic equation in one dimension, with or without an obstacle; internal.
//
//   dV/dtau = L V,  L tridiagonal inside, values at both ends given
//   TR-BDF2 [1]: V* = V + g dt/2 (L V + L V*),
//                V' = (V* / g - (1 - g)^2 V / g) / (2 - g) + (1 - g)/(2 - g) dt L V',  g = 2 -
//                2^(1/2)
// of the second order and L-stable, so that kinks need no start of their own; both stages have the
// matrix M = 1 - g/2 dt L. The theta scheme is Crank-Nicolson (1/2) or backward Euler (1), whose
// half steps start Crank-Nicolson after what is not smooth [3]. Under an obstacle, V >= G and M V
// >= d with equality in one of them: solved by policy iteration [2], which asks nothing of the
// shape of the exercise region. Central differences, one-sided where they would make M's neighbours
// positive.
//
// [1] Bank, R. et al. (1985), Transient simulation of silicon devices and circuits, IEEE Trans.
//     Electron Devices 32(10); for American options Le Floc'h, F. (2014), TR-BDF2 for fast stable
//     American option pricing, J. Comput. Finance 17(3).
// [2] Reisinger, C. and Witte, J. (2012), On the use of policy iteration as an easy way of pricing
//     American options, SIAM J. Financial Math. 3(1), 459-478.
// [3] Rannacher, R. (1984), Finite element solution of diffusion problems with irregular data,
//     Numer. Math. 43, 309-327; Giles, M. and Carter, R. (2006), Convergence analysis of
//     Crank-Nicolson and Rannacher time-marching, J. Comput. Finance 9(4).
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "numeric/spot_grid.hpp"
#include "strikeproof/math/jet.hpp"

namespace strikeproof::numeric {

/// L V = lower V_{i-1} + middle V_i + upper V_{i+1} at the inner nodes.
template <class T>
struct Operator {
  std::vector<T> lower, middle, upper;

  explicit Operator(std::size_t nodes) : lower(nodes), middle(nodes), upper(nodes) {}

  /// diffusion V'' + drift V' - decay V at node i.
  void set(const Grid& grid, std::size_t i, const T& diffusion, const T& drift, const T& decay) {
    const double left = grid[i] - grid[i - 1], right = grid[i + 1] - grid[i];
    const double both = left + right;
    const T from_left = diffusion * (2.0 / (left * both));
    const T from_right = diffusion * (2.0 / (right * both));
    lower[i] = from_left - drift * (right / (left * both));
    upper[i] = from_right + drift * (left / (right * both));
    if (math::value_of(lower[i]) < 0.0) {
      lower[i] = from_left;
      upper[i] = from_right + drift / right;
    } else if (math::value_of(upper[i]) < 0.0) {
      lower[i] = from_left - drift / left;
      upper[i] = from_right;
    }
    middle[i] = -(lower[i] + upper[i]) - decay;
  }
};

template <class T>
struct Ends {
  T low, top;
};

/// Steps the values at the nodes `first` to `last`, both of which are given.
template <class T>
class TimeStepper {
 public:
  TimeStepper(const Operator<T>& generator, std::size_t first, std::size_t last)
      : generator_(generator),
        first_(first),
        last_(last),
        old_(last + 1),
        right_(last + 1),
        pivot_(last + 1),
        inverse_(last + 1),
        below_(last + 1),
        held_(last + 1, 0) {}

  /// values one step of dt earlier; `middle` and `end` are the values at the ends of the grid after
  /// the first stage and after the step. False if policy iteration did not settle. `stage` sees the
  /// values of the first stage.
  template <class Seen>
  [[nodiscard]] bool tr_bdf2(double dt, const Ends<T>& middle, const Ends<T>& end,
                             const std::vector<T>* obstacle, std::vector<T>& values, Seen stage) {
    scale_ = 0.5 * kFirst * dt;
    explicit_part(scale_, values);
    if (!solve(middle, obstacle, values)) return false;
    stage(values);
    const double last = 1.0 / (kFirst * (2.0 - kFirst));
    const double before = (1.0 - kFirst) * (1.0 - kFirst) * last;
    for (std::size_t i = first_ + 1; i < last_; ++i) {
      right_[i] = last * values[i] - before * old_[i];
    }
    if (obstacle != nullptr) return solve(end, obstacle, values);
    substitute(end, values);
    return true;
  }

  /// theta = 1/2 is Crank-Nicolson, 1 backward Euler.
  [[nodiscard]] bool theta_step(double dt, double theta, const Ends<T>& end,
                                const std::vector<T>* obstacle, std::vector<T>& values) noexcept {
    scale_ = theta * dt;
    explicit_part((1.0 - theta) * dt, values);
    return solve(end, obstacle, values);
  }

  /// What part of a step the first stage covers.
  static constexpr double kFirst = 0.58578643762690495120;

 private:
  static constexpr int kPolicies = 100;

  void explicit_part(double scale, const std::vector<T>& values) noexcept {
    for (std::size_t i = first_; i <= last_; ++i) old_[i] = values[i];
    for (std::size_t i = first_ + 1; i < last_; ++i) {
      right_[i] =
          old_[i] + scale * (generator_.lower[i] * old_[i - 1] + generator_.middle[i] * old_[i] +
                             generator_.upper[i] * old_[i + 1]);
    }
  }

  bool solve(const Ends<T>& ends, const std::vector<T>* obstacle, std::vector<T>& x) noexcept {
    x[first_] = ends.low;
    x[last_] = ends.top;
    if (obstacle == nullptr) {
      eliminate(nullptr, x);
      return true;
    }
    for (int policy = 0; policy < kPolicies; ++policy) {
      eliminate(obstacle, x);
      if (!improve(*obstacle, x)) return true;
    }
    return false;
  }

  // M x = right, or x = obstacle where it is held.
  void eliminate(const std::vector<T>* obstacle, std::vector<T>& x) noexcept {
    pivot_[first_] = T(0.0);  // upper / pivot
    for (std::size_t i = first_ + 1; i < last_; ++i) {
      if (obstacle != nullptr && held_[i] != 0) {
        pivot_[i] = T(0.0);
        x[i] = (*obstacle)[i];
        continue;
      }
      const T below = scale_ * generator_.lower[i];
      const T inverse = 1.0 / (1.0 - scale_ * generator_.middle[i] - below * pivot_[i - 1]);
      pivot_[i] = scale_ * generator_.upper[i] * inverse;
      inverse_[i] = inverse;
      below_[i] = below * inverse;
      x[i] = (right_[i] + below * x[i - 1]) * inverse;
    }
    for (std::size_t i = last_; i-- > first_ + 1;) x[i] += pivot_[i] * x[i + 1];
  }

  // The same with the matrix of the elimination before, no node held.
  void substitute(const Ends<T>& ends, std::vector<T>& x) noexcept {
    x[first_] = ends.low;
    x[last_] = ends.top;
    for (std::size_t i = first_ + 1; i < last_; ++i) {
      x[i] = right_[i] * inverse_[i] + below_[i] * x[i - 1];
    }
    for (std::size_t i = last_; i-- > first_ + 1;) x[i] += pivot_[i] * x[i + 1];
  }

  // Where the other policy is better by more than rounding; true if the policy changed.
  bool improve(const std::vector<T>& obstacle, const std::vector<T>& x) noexcept {
    using math::value_of;
    bool changed = false;
    const double least = std::abs(value_of(obstacle[first_]));
    for (std::size_t i = first_ + 1; i < last_; ++i) {
      const double lower = value_of(generator_.lower[i]) * value_of(x[i - 1]);
      const double upper = value_of(generator_.upper[i]) * value_of(x[i + 1]);
      const double here = value_of(x[i]);
      const double rounding = 1e-14 * (least + std::abs(here));
      const double own = here - scale_ * (lower + value_of(generator_.middle[i]) * here + upper);
      const bool hold = held_[i] != 0 ? own - value_of(right_[i]) >= -rounding
                                      : here < value_of(obstacle[i]) - rounding;
      if (hold != (held_[i] != 0)) {
        held_[i] = hold ? 1 : 0;
        changed = true;
      }
    }
    return changed;
  }

  const Operator<T>& generator_;
  std::size_t first_, last_;
  double scale_ = 0.0;
  std::vector<T> old_, right_, pivot_, inverse_, below_;
  std::vector<char> held_;
};

}  // namespace strikeproof::numeric
