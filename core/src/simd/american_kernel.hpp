// American options on vectors by collocation of the early-exercise boundary; internal to the core.
//
// All quantities are of a put in units of the strike; a call is the put with spot and strike, rate
// and yield exchanged [2]. Early exercise pays when the spot falls to B(tau), tau the time left:
//
//   B(0) = X = min(1, r / q) (1 for q <= 0),  H(x) = ln(B(x^2) / X)^2,  x = sqrt(tau)
//   d+-(t, z) = (ln z + (r - q) t) / (sigma sqrt(t)) +- sigma sqrt(t) / 2
//
//   B(tau) = exp(-(r - q) tau) N / D                                        [1, fixed point A]
//   N = phi(d-(tau, B)) / (sigma sqrt(tau))
//         + r int_0^tau exp(r u) phi(d-(tau-u, B(tau)/B(u))) / (sigma sqrt(tau-u)) du
//   D = phi(d+(tau, B)) / (sigma sqrt(tau)) + N(d+(tau, B))
//         + q int_0^tau exp(q u) (N(d+) + phi(d+) / (sigma sqrt(tau-u))) du
//
//   value = European + int_0^T r exp(-r (T-u)) N(-d-(T-u, S/B(u)))
//                            - q S exp(-q (T-u)) N(-d+(T-u, S/B(u))) du                      [3]
//
// H is a polynomial through the nodes of american_scheme; the integrals are taken over its angle.
// First guess: the boundary of [4]'s approximation; then the solution on fewer nodes. A step is
// Newton's for ln B with a derivative between two extremes: that of a boundary moved as a whole,
// under which the integrals do not change, and that of one node moved alone. The first converges
// fast where |r - q| sqrt(T) / sigma is small and not at all where it is large, the second slowly
// everywhere. Anderson's method on top of it removes the slowest part [5].
//
// [1] Andersen, L., Lake, M. and Offengenden, D. (2016), High-performance American option pricing,
//     J. Computational Finance 20(1), 39-87.
// [2] McDonald, R. and Schroder, M. (1998), A parity result for American options, J. Comp. Fin.
//     1(3), 5-13.
// [3] Kim, I. J. (1990), The analytic valuation of American options, Rev. Fin. Studies 3(4).
// [4] Bjerksund, P. and Stensland, G. (1993), Closed-form approximation of American options,
//     Scand. J. Management 9, S87-S99.
// [5] Anderson, D. G. (1965), Iterative procedures for nonlinear integral equations, J. ACM 12(4).
#pragma once

#include "american_scheme.hpp"
#include "black_scholes_kernel.hpp"
#include "dual.hpp"

namespace strikeproof::simd {
namespace {

constexpr std::size_t kMostNodes = 32;
constexpr std::size_t kMostPoints = 48;

// The put that is priced, by lane, in units of the strike.
template <class T>
struct Put {
  T spot;
  T log_spot;
  T time;
  T root;  // sqrt(time)
  T rate;
  T yield;
  T volatility;
};

template <class T>
struct Boundary {
  T log_start;           // ln X
  T log_at[kMostNodes];  // ln B at the nodes, without ln X: -sqrt(H)
  T square[kMostNodes];  // H
};

// ln B of [4] for the call that mirrors the put: from X towards the perpetual boundary.
template <class T>
STRIKEPROOF_INLINE void first_boundary(const AmericanScheme& scheme, const Put<T>& put,
                                       Boundary<T>& boundary) noexcept {
  const T variance = put.volatility * put.volatility;
  const T half = put.rate - put.yield - 0.5 * variance;
  // roots of variance/2 g^2 + half g - r = 0; the negative one, g, gives B = g / (g - 1)
  const T root = square_root(half * half + 2.0 * variance * put.rate);
  const T below = -(half + root) / variance;
  const T perpetual = below / (below - 1.0);
  const T start = exponential(boundary.log_start);
  for (std::size_t i = 0; i < scheme.sizes.nodes; ++i) {
    const T x = scheme.x[i] * put.root;
    const T speed = (put.rate - put.yield) * x * x - 2.0 * put.volatility * x;
    const T reached =
        perpetual + (start - perpetual) *
                        exponential(lower_of(speed * (start / (start - perpetual + 1e-12)), 0.0));
    boundary.log_at[i] = lower_of(logarithm(reached) - boundary.log_start, -1e-12);
    boundary.square[i] = boundary.log_at[i] * boundary.log_at[i];
  }
}

// ln B - ln X at a point of the quadrature, by a row of the interpolation matrix.
template <class T>
STRIKEPROOF_INLINE T log_between(const double* row, std::size_t nodes,
                                 const Boundary<T>& boundary) noexcept {
  T sum = row[0] * boundary.square[0];
  for (std::size_t j = 1; j < nodes; ++j) sum = sum + row[j] * boundary.square[j];
  return -square_root(higher_of(sum, 0.0));
}

template <class T>
struct Fraction {
  T above;        // N
  T below;        // D
  T above_slope;  // derivatives by ln B(tau), the rest of the boundary held
  T below_slope;
};

// How much of the integrals' own slope Newton's step takes in: the boundary moves as a whole where
// the carry is small, node by node where it outruns the volatility.
template <class T>
STRIKEPROOF_INLINE T stiffness(const Put<T>& put) noexcept {
  const Real carry = magnitude(value_of(put.rate) - value_of(put.yield));
  const Real ratio = carry * value_of(put.root) / value_of(put.volatility);
  return constant(minimum(0.25 + 0.25 * ratio, splat(1.0)), put.rate);
}

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

// N exp(-(r - q) tau) and D of one node: exp(r u) phi(d-) is exp((r - q) tau + q u) phi(d+) times
// B(tau) / B(u).
template <class T>
STRIKEPROOF_INLINE Fraction<T> fraction(const AmericanScheme& scheme, const Put<T>& put,
                                        const Growth<T>& growth, const Boundary<T>& boundary,
                                        std::size_t i) noexcept {
  const AmericanScheme::Quadrature& rule = scheme.boundary;
  const std::size_t points = scheme.sizes.points;
  const T x = scheme.x[i] * put.root;
  const T tau = x * x;
  const T own = boundary.log_at[i];
  const T w = put.volatility * x;
  const T inverse_w = 1.0 / w;
  const T drift = (put.rate - put.yield) * tau;
  const T plus = (own + boundary.log_start + drift) * inverse_w + 0.5 * w;
  const T minus = plus - w;
  T above{};
  T above_slope{};
  T below{};
  T below_slope{};
  for (std::size_t k = 0; k < points; ++k) {
    const double sine = rule.sine[k];
    const double* const row = rule.interpolation.data() + (i * points + k) * scheme.sizes.nodes;
    const T gap = own - log_between(row, scheme.sizes.nodes, boundary);  // ln B(tau) / B(u)
    const T inverse = inverse_w * (1.0 / sine);
    const T width = w * sine;
    const T d_plus = (gap + drift * (sine * sine)) * inverse + 0.5 * width;
    const Normal<T> tail = normal(d_plus);
    const T grown = growth.at[i * points + k];
    const T steep = grown * tail.density * inverse;
    const T by_rate = steep * exponential(gap);
    above = above + by_rate;
    above_slope = above_slope - by_rate * (d_plus - width) * inverse;
    below = below + grown * tail.cdf + steep;
    below_slope = below_slope + steep * (1.0 - d_plus * inverse);
  }
  const Normal<T> at_plus = normal(plus);
  const T first = density(minus) * inverse_w * exponential(-drift);
  const T second = at_plus.density * inverse_w;
  const T by_rate = put.rate * tau;
  const T by_yield = put.yield * tau;
  const T taken = stiffness(put);
  return {first + by_rate * above, second + at_plus.cdf + by_yield * below,
          taken * by_rate * above_slope - first * minus * inverse_w,
          taken * by_yield * below_slope + second * (1.0 - plus * inverse_w)};
}

// What one step of Newton's method, with the boundary moved as a whole, adds to ln B at each node.
template <class T>
STRIKEPROOF_INLINE void newton_change(const AmericanScheme& scheme, const Put<T>& put,
                                      const Growth<T>& growth, const Boundary<T>& boundary,
                                      T (&change)[kMostNodes]) noexcept {
  for (std::size_t i = 0; i < scheme.sizes.nodes; ++i) {
    const Fraction<T> f = fraction(scheme, put, growth, boundary, i);
    const T found = logarithm(f.above / f.below);
    const T slope = f.above_slope / f.above - f.below_slope / f.below;
    change[i] = (found - boundary.log_start - boundary.log_at[i]) / higher_of(1.0 - slope, 0.5);
  }
}

// Anderson's method of depth 1: along the last two changes, to where their line is shortest [5].
// Lanes that have stopped keep their boundary, whatever their neighbours still do.
template <class T>
struct Accelerator {
  T before[kMostNodes];  // ln B at the nodes a step ago
  T change[kMostNodes];  // and what the step proposed

  STRIKEPROOF_INLINE T weight(std::size_t nodes, const T (&proposed)[kMostNodes]) const noexcept {
    T above{};
    T below{};
    for (std::size_t i = 0; i < nodes; ++i) {
      const T bend = proposed[i] - change[i];
      above = above + proposed[i] * bend;
      below = below + bend * bend;
    }
    return lower_of(higher_of(above / (below + 1e-280), -1.0), 1.0);
  }

  STRIKEPROOF_INLINE void advance(std::size_t nodes, bool first, Bits running,
                                  const T (&proposed)[kMostNodes], Boundary<T>& boundary) noexcept {
    const T part = first ? T{} : weight(nodes, proposed);
    for (std::size_t i = 0; i < nodes; ++i) {
      const T own = boundary.log_at[i];
      const T next = own + proposed[i];
      const T old = first ? next : before[i] + change[i];
      before[i] = own;
      change[i] = proposed[i];
      boundary.log_at[i] = select(running, lower_of(next - part * (next - old), 0.0), own);
      boundary.square[i] = boundary.log_at[i] * boundary.log_at[i];
    }
  }
};

// Largest step, each weighted by its node's x: what the price feels of the first ones is nothing.
template <class T>
STRIKEPROOF_INLINE Real largest(const AmericanScheme& scheme,
                                const T (&proposed)[kMostNodes]) noexcept {
  Real found{};
  for (std::size_t i = 0; i < scheme.sizes.nodes; ++i) {
    found = maximum(found, scheme.x[i] * magnitude(value_of(proposed[i])));
  }
  return found;
}

// Steps until each lane's is small; a lane ends with the step that is. Returns which lanes may be
// believed.
template <class T>
STRIKEPROOF_INLINE Bits improve(const AmericanScheme& scheme, const Put<T>& put,
                                Boundary<T>& boundary) noexcept {
  const Growth<T> growth(scheme, put);
  Accelerator<T> accelerator;
  Bits running = ~Bits{};
  Bits believed{};
  for (std::size_t step = 0; step < scheme.sizes.most_steps && any(running); ++step) {
    T proposed[kMostNodes];
    newton_change(scheme, put, growth, boundary, proposed);
    accelerator.advance(scheme.sizes.nodes, step == 0, running, proposed, boundary);
    const Real change = largest(scheme, proposed);
    const Bits close = change < scheme.sizes.believed_change;
    believed = (running & close) | (~running & believed);
    running = running & ~(change < scheme.sizes.last_change);
  }
  return believed;
}

template <class T>
STRIKEPROOF_INLINE void refine(const AmericanScheme& scheme, Boundary<T>& boundary) noexcept {
  const std::size_t coarse = scheme.coarse->sizes.nodes;
  T log_at[kMostNodes];
  for (std::size_t i = 0; i < scheme.sizes.nodes; ++i) {
    log_at[i] = log_between(scheme.from_coarse.data() + i * coarse, coarse, boundary);
  }
  for (std::size_t i = 0; i < scheme.sizes.nodes; ++i) {
    boundary.log_at[i] = log_at[i];
    boundary.square[i] = log_at[i] * log_at[i];
  }
}

template <class T>
struct Found {
  Boundary<T> boundary;
  Bits converged;
};

template <class T>
STRIKEPROOF_INLINE Found<T> find_boundary(const AmericanScheme& scheme,
                                          const Put<T>& put) noexcept {
  const AmericanScheme& first = scheme.coarse != nullptr ? *scheme.coarse : scheme;
  Found<T> found;
  Boundary<T>& boundary = found.boundary;
  boundary.log_start = lower_of(logarithm(put.rate / higher_of(put.yield, put.rate)), 0.0);
  first_boundary(first, put, boundary);
  found.converged = improve(first, put, boundary);
  if (scheme.coarse != nullptr) {
    refine(scheme, boundary);
    found.converged = improve(scheme, put, boundary);
  }
  return found;
}

/// ln B(T).
template <class T>
STRIKEPROOF_INLINE T last_of(const AmericanScheme& scheme, const Boundary<T>& boundary) noexcept {
  return boundary.log_start + boundary.log_at[scheme.sizes.nodes - 1];
}

template <class T>
struct Premium {
  T value;
  T delta;
  T gamma;
};

// What early exercise is worth, with its derivatives by the spot.
template <class T>
STRIKEPROOF_INLINE Premium<T> premium(const AmericanScheme& scheme, const Put<T>& put,
                                      const Boundary<T>& boundary) noexcept {
  const AmericanScheme::Quadrature& rule = scheme.price;
  const T w = put.volatility * put.root;
  const T inverse_w = 1.0 / w;
  const T drift = (put.rate - put.yield) * put.time;
  const T start = put.log_spot - boundary.log_start;
  Premium<T> sum{};
  for (std::size_t k = 0; k < scheme.sizes.price_points; ++k) {
    const double sine = rule.sine[k];
    const double* const row = rule.interpolation.data() + k * scheme.sizes.nodes;
    const T inverse = inverse_w * (1.0 / sine);
    const T width = w * sine;
    const T gap = start - log_between(row, scheme.sizes.nodes, boundary);
    const T d_plus = (gap + drift * (sine * sine)) * inverse + 0.5 * width;
    const T d_minus = d_plus - width;
    const T left = put.time * (sine * sine);
    const T factor = put.time * rule.weight[k];
    const T cash = put.rate * exponential(-(put.rate * left)) * factor;
    const T asset = put.yield * exponential(-(put.yield * left)) * factor;
    const Normal<T> plus = normal(-d_plus);
    const Normal<T> minus = normal(-d_minus);
    sum.value = sum.value + cash * minus.cdf - asset * put.spot * plus.cdf;
    const T slope_cash = cash * minus.density * inverse;
    const T slope_asset = asset * plus.density * inverse;
    sum.delta = sum.delta - slope_cash / put.spot - asset * plus.cdf + slope_asset;
    sum.gamma = sum.gamma + slope_cash / (put.spot * put.spot) * (1.0 + d_minus * inverse) +
                slope_asset / put.spot * (1.0 - d_plus * inverse);
  }
  return sum;
}

}  // namespace
}  // namespace strikeproof::simd
