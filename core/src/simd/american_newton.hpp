// Newton's method for the exercise boundary at its nodes; internal to the core.
//
// The terms of N and D outside the integrals that have sigma sqrt(tau) below them cancel: phi(d-)
// is B(tau) exp((r - q) tau) phi(d+). So, with g = ln B - ln X at the nodes, the equations are
//
//   R_i(g) = ln int_0^tau r / B(u) f(u) du - ln (N(d+) + int_0^tau q (exp(q u) N(d+) + f(u)) du) =
//   0 f(u) = exp(q u) phi(d+(tau-u, B(tau)/B(u))) / (sigma sqrt(tau-u))
//
// with the second integral on the left where q < 0, so that both sides are positive. Logarithms
// make Newton's method fast where N(d+) is small. The boundary enters at the points u_k, where H =
// sum_j c_kj g_j^2 and ln B = ln X - sqrt(H), so every derivative is a sum over points that are at
// hand already:
//
//   dR_i / dg_j = s_i [i = j] + sum_k p_ik c_kj g_j / (ln B(u_k) - ln X)
//
// p_ik is the derivative of R_i by ln B(u_k), s_i that by ln B(tau). The matrix is close to
// triangular, since a boundary depends on what lies nearer to expiry: elimination in the order of
// time needs no exchange of rows. Derivatives of the boundary by an input z are -(dR/dg)^-1 dR/dz.
#pragma once

#include "american_kernel.hpp"

namespace strikeproof::simd {
namespace {

// What stays the same through the iteration: weight exp(q u) at each node's points, without tau.
template <class T>
struct Growth {
  T at[kMostNodes * kMostPoints];

  STRIKEPROOF_INLINE Growth(const AmericanScheme& scheme, const Put<T>& put) noexcept {
    const AmericanScheme::Quadrature& rule = scheme.boundary;
    for (std::size_t i = 0; i < scheme.sizes.nodes; ++i) {
      const T x = scheme.x[i] * put.root;
      const T grown = put.yield * (x * x);
      for (std::size_t k = 0; k < scheme.sizes.points; ++k) {
        at[i * scheme.sizes.points + k] =
            rule.weight[k] * exponential(grown * (rule.cosine[k] * rule.cosine[k]));
      }
    }
  }
};

// The two sides of one node's equation, and their derivatives by its ln B, the rest held.
template <class T>
struct Equation {
  T left;
  T right;
  T left_slope;
  T right_slope;
};

// What one point adds to the sides, and the derivatives by ln B(tau) and by ln B(u).
template <class T>
struct Integrand {
  T between;  // ln B(u) - ln X
  T left;
  T left_own;
  T left_other;
  T right_own;  // right_other is its opposite
};

// Calls visit(k, point) for the points of node i, and returns what they add up to.
template <class T, class Visit>
STRIKEPROOF_INLINE Equation<T> equation(const AmericanScheme& scheme, const Put<T>& put,
                                        const Growth<T>& growth, const Boundary<T>& boundary,
                                        std::size_t i, Visit visit) noexcept {
  const AmericanScheme::Quadrature& rule = scheme.boundary;
  const std::size_t points = scheme.sizes.points;
  const T x = scheme.x[i] * put.root;
  const T tau = x * x;
  const T own = boundary.log_at[i];
  const T w = put.volatility * x;
  const T inverse_w = 1.0 / w;
  const T drift = (put.rate - put.yield) * tau;
  const T by_rate = put.rate * tau * exponential(-boundary.log_start);
  const T by_yield = put.yield * tau;
  const T kept = higher_of(by_yield, 0.0);
  const T moved = kept - by_yield;
  const double* row = rule.interpolation.data() + i * points * scheme.sizes.nodes;
  const T plus = (own + boundary.log_start + drift) * inverse_w + 0.5 * w;
  const Normal<T> at_plus = normal(plus);
  Equation<T> sum{T{}, at_plus.cdf, T{}, at_plus.density * inverse_w};
  for (std::size_t k = 0; k < points; ++k, row += scheme.sizes.nodes) {
    const double sine = rule.sine[k];
    Integrand<T> at;
    at.between = log_between(row, scheme.sizes.nodes, boundary);
    const T inverse = inverse_w * rule.inverse_sine[k];
    const T d_plus = (own - at.between + drift * (sine * sine)) * inverse + 0.5 * (w * sine);
    const Normal<T> tail = normal(d_plus);
    const T grown = growth.at[i * points + k];
    const T steep = grown * tail.density * inverse;
    const T paid = by_rate * steep * exponential(-at.between);
    const T both = grown * tail.cdf + steep;
    const T bent = d_plus * inverse;
    const T both_own = steep * (1.0 - bent);
    at.left = paid + moved * both;
    at.left_own = moved * both_own - paid * bent;
    at.left_other = -(at.left_own + paid);
    at.right_own = kept * both_own;
    sum.left = sum.left + at.left;
    sum.left_slope = sum.left_slope + at.left_own;
    sum.right = sum.right + kept * both;
    sum.right_slope = sum.right_slope + at.right_own;
    visit(k, at);
  }
  return sum;
}

// dR/dg, row by row, then its triangular factors in place: below the diagonal those of the rows,
// on it the reciprocal pivots.
struct Matrix {
  Real at[kMostNodes * kMostNodes];
};

// R_i, and row i of the matrix.
STRIKEPROOF_INLINE Real linearised(const AmericanScheme& scheme, const Put<Real>& put,
                                   const Growth<Real>& growth, const Boundary<Real>& boundary,
                                   std::size_t i, Matrix& matrix) noexcept {
  const std::size_t nodes = scheme.sizes.nodes;
  const std::size_t points = scheme.sizes.points;
  Integrand<Real> point[kMostPoints];
  const auto keep = [&](std::size_t k, const Integrand<Real>& at) noexcept { point[k] = at; };
  const Equation<Real> sum = equation(scheme, put, growth, boundary, i, keep);
  const Real by_left = 1.0 / sum.left;
  const Real by_right = 1.0 / sum.right;
  Real other[kMostPoints];
  for (std::size_t k = 0; k < points; ++k) {
    const Real slope = point[k].left_other * by_left + point[k].right_own * by_right;
    const Real between = point[k].between;
    // a boundary that interpolation puts at its start has no derivative there
    other[k] = select(between < 0.0, slope / between, Real{});
  }
  Real* const to = matrix.at + i * nodes;
  const double* const row = scheme.boundary.interpolation.data() + i * points * nodes;
  for (std::size_t j = 0; j < nodes; ++j) {
    Real slope{};
    for (std::size_t k = 0; k < points; ++k) {
      slope = multiply_add(other[k], row[k * nodes + j], slope);
    }
    to[j] = slope * boundary.log_at[j];
  }
  to[i] = to[i] + (sum.left_slope * by_left - sum.right_slope * by_right);
  return logarithm(sum.left / sum.right);
}

STRIKEPROOF_INLINE void factorise(std::size_t nodes, Matrix& matrix) noexcept {
  for (std::size_t k = 0; k < nodes; ++k) {
    Real* const pivot = matrix.at + k * nodes;
    pivot[k] = 1.0 / pivot[k];
    for (std::size_t i = k + 1; i < nodes; ++i) {
      Real* const row = matrix.at + i * nodes;
      const Real part = row[k] * pivot[k];
      row[k] = part;
      for (std::size_t j = k + 1; j < nodes; ++j) row[j] = residual(part, pivot[j], row[j]);
    }
  }
}

// Turns a right-hand side into the solution.
template <class T>
STRIKEPROOF_INLINE void solve(std::size_t nodes, const Matrix& matrix,
                              T (&vector)[kMostNodes]) noexcept {
  for (std::size_t i = 1; i < nodes; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      vector[i] = vector[i] - vector[j] * matrix.at[i * nodes + j];
    }
  }
  for (std::size_t i = nodes; i-- > 0;) {
    for (std::size_t j = i + 1; j < nodes; ++j) {
      vector[i] = vector[i] - vector[j] * matrix.at[i * nodes + j];
    }
    vector[i] = vector[i] * matrix.at[i * nodes + i];
  }
}

// One step: moves lanes that still run; returns the largest change, each node's weighted by its x,
// since the price feels nothing of the first ones.
STRIKEPROOF_INLINE Real newton_step(const AmericanScheme& scheme, const Put<Real>& put,
                                    const Growth<Real>& growth, Bits running, Matrix& matrix,
                                    Boundary<Real>& boundary) noexcept {
  constexpr double kFarthest = 1.4;  // factor of ln B - ln X
  const std::size_t nodes = scheme.sizes.nodes;
  Real change[kMostNodes];
  for (std::size_t i = 0; i < nodes; ++i) {
    change[i] = linearised(scheme, put, growth, boundary, i, matrix);
  }
  factorise(nodes, matrix);
  solve(nodes, matrix, change);
  Real largest{};
  for (std::size_t i = 0; i < nodes; ++i) {
    const Real own = boundary.log_at[i];
    const Real next = maximum(minimum(own - change[i], own * (1.0 / kFarthest)), own * kFarthest);
    // written so that NaN stays
    const Real step = scheme.x[i] * magnitude(change[i]);
    largest = select(step <= largest, largest, step);
    boundary.log_at[i] = select(running, next, own);
    boundary.square[i] = boundary.log_at[i] * boundary.log_at[i];
  }
  return largest;
}

// Steps until each lane's is small; a lane ends with the step that is. Returns which lanes may be
// believed.
STRIKEPROOF_INLINE Bits improve(const AmericanScheme& scheme, const Put<Real>& put,
                                Boundary<Real>& boundary) noexcept {
  const Growth<Real> growth(scheme, put);
  Matrix matrix;
  Bits running = ~Bits{};
  Bits believed{};
  for (std::size_t step = 0; step < scheme.sizes.most_steps && any(running); ++step) {
    const Real change = newton_step(scheme, put, growth, running, matrix, boundary);
    const Bits close = change < scheme.sizes.believed_change;
    believed = (running & close) | (~running & believed);
    running = running & ~(change < scheme.sizes.last_change);
  }
  return believed;
}

STRIKEPROOF_INLINE void refine(const AmericanScheme& scheme, const Put<Real>& put,
                               Boundary<Real>& boundary) noexcept {
  const std::size_t coarse = scheme.coarse->sizes.nodes;
  Real log_at[kMostNodes];
  for (std::size_t i = 0; i < scheme.sizes.nodes; ++i) {
    log_at[i] = log_between(scheme.from_coarse.data() + i * coarse, coarse, boundary);
  }
  const Real last = log_at[scheme.sizes.nodes - 1];
  for (std::size_t i = 0; i < scheme.sizes.nodes; ++i) {
    // interpolation may fall short of any boundary next to the start
    const Real least = maximum(-0.4 * put.volatility * put.root, 0.5 * last) * scheme.x[i];
    boundary.log_at[i] = minimum(log_at[i], least);
    boundary.square[i] = boundary.log_at[i] * boundary.log_at[i];
  }
}

template <class T>
struct Found {
  Boundary<T> boundary;
  Bits converged;
};

STRIKEPROOF_INLINE Found<Real> find_boundary(const AmericanScheme& scheme,
                                             const Put<Real>& put) noexcept {
  Found<Real> found;
  Boundary<Real>& boundary = found.boundary;
  boundary.log_start = log_of_start(put);
  const AmericanScheme* level[3] = {&scheme, scheme.coarse, nullptr};
  if (level[1] != nullptr) level[2] = level[1]->coarse;
  std::size_t at = level[2] != nullptr ? 2 : level[1] != nullptr ? 1 : 0;
  first_boundary(*level[at], put, boundary);
  found.converged = improve(*level[at], put, boundary);
  while (at-- > 0) {
    refine(*level[at], put, boundary);
    found.converged = improve(*level[at], put, boundary);
  }
  return found;
}

// The same with derivatives, which the boundary inherits from the equations it solves.
STRIKEPROOF_INLINE Found<Dual> find_boundary(const AmericanScheme& scheme, const Put<Dual>& put,
                                             const Put<Real>& plain) noexcept {
  const Found<Real> known = find_boundary(scheme, plain);
  const std::size_t nodes = scheme.sizes.nodes;
  Found<Dual> found;
  found.converged = known.converged;
  found.boundary.log_start = log_of_start(put);
  for (std::size_t i = 0; i < nodes; ++i) {
    found.boundary.log_at[i] = constant(known.boundary.log_at[i], Dual{});
    found.boundary.square[i] = constant(known.boundary.square[i], Dual{});
  }
  Matrix matrix;
  const Growth<Real> growth(scheme, plain);
  for (std::size_t i = 0; i < nodes; ++i) {
    linearised(scheme, plain, growth, known.boundary, i, matrix);
  }
  factorise(nodes, matrix);
  const Growth<Dual> moving(scheme, put);
  Dual change[kMostNodes];
  const auto ignore = [](std::size_t, const Integrand<Dual>&) noexcept {};
  for (std::size_t i = 0; i < nodes; ++i) {
    const Equation<Dual> sum = equation(scheme, put, moving, found.boundary, i, ignore);
    change[i] = logarithm(sum.left / sum.right);
  }
  solve(nodes, matrix, change);
  for (std::size_t i = 0; i < nodes; ++i) {
    Dual& own = found.boundary.log_at[i];
    own = {own.value, -change[i].first, -change[i].second};
    found.boundary.square[i] = own * own;
  }
  return found;
}

}  // namespace
}  // namespace strikeproof::simd
