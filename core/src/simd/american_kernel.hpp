// American options on vectors by collocation of the early-exercise boundary; internal to the core.
//
// All quantities are of a put in units of the strike; a call is the put with spot and strike, rate
// and yield exchanged [2]. Early exercise pays when the spot falls to B(tau), tau the time left:
//
//   B(0) = X = min(1, r / q) (1 for q < r),  H(x) = ln(B(x^2) / X)^2,  x = sqrt(tau)
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
// First guess: the boundary of [4]'s approximation; then the solution on fewer nodes. Nodes are
// found by Newton's method with all derivatives, american_newton: [1] moves each node by itself,
// which fails where |r - q| sqrt(T) / sigma is large.
//
// [1] Andersen, L., Lake, M. and Offengenden, D. (2016), High-performance American option pricing,
//     J. Computational Finance 20(1), 39-87.
// [2] McDonald, R. and Schroder, M. (1998), A parity result for American options, J. Comp. Fin.
//     1(3), 5-13.
// [3] Kim, I. J. (1990), The analytic valuation of American options, Rev. Fin. Studies 3(4).
// [4] Bjerksund, P. and Stensland, G. (1993), Closed-form approximation of American options,
//     Scand. J. Management 9, S87-S99.
#pragma once

#include "american_scheme.hpp"
#include "black_scholes_kernel.hpp"
#include "dual.hpp"

namespace strikeproof::simd {
namespace {

constexpr std::size_t kMostNodes = 48;
constexpr std::size_t kMostPoints = 64;

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

template <class T>
STRIKEPROOF_INLINE T log_of_start(const Put<T>& put) noexcept {
  return lower_of(logarithm(put.rate / higher_of(put.yield, put.rate)), 0.0);
}

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
    // a strong carry would turn the sign, and leave the boundary at its start
    const T moved = put.volatility * x;
    const T speed = lower_of((put.rate - put.yield) * x * x - moved, 0.0) - moved;
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
  // two sums, since each waits for its last addition
  T even = row[0] * boundary.square[0];
  T odd{};
  std::size_t j = 1;
  for (; j + 1 < nodes; j += 2) {
    odd = multiply_add(boundary.square[j], row[j], odd);
    even = multiply_add(boundary.square[j + 1], row[j + 1], even);
  }
  if (j < nodes) odd = multiply_add(boundary.square[j], row[j], odd);
  const T sum = even + odd;
  return -square_root(higher_of(sum, 0.0));
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
    const T inverse = inverse_w * rule.inverse_sine[k];
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
