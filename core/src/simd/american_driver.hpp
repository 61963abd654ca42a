// American rows through vectors; internal to the core, included by the kernels' translation units.
#pragma once

#include "american_kernels.hpp"
#include "american_newton.hpp"
#include "kernel_driver.hpp"

namespace strikeproof::simd {
namespace {

// The mirrored put of each lane, and what becomes of the lane.
struct Exercise {
  Put<Real> put;
  Real scale;  // strike of the mirrored put
  Bits is_put;
  Bits never;  // exercise before expiry never pays
  Bits ordinary;
};

STRIKEPROOF_INLINE Exercise mirrored(const Option& o) noexcept {
  Exercise e;
  e.is_put = o.sign < 0.0;
  const Real rate = select(e.is_put, o.rate, o.yield);
  const Real yield = select(e.is_put, o.yield, o.rate);
  e.never = (rate <= 0.0) & (yield >= rate);
  const Real root = square_root(o.time);
  const Real w = o.volatility * root;
  const Real stiff = magnitude(rate - yield) * root;
  // a small rate makes a boundary that starts next to 0, unless the yield is below the rate
  const Bits started = (rate > 1e-9) | ((rate >= -kNoRate) & (yield < rate));
  const Bits usable = (w > 1e-6) & (w < 10.0) & (magnitude(rate) * o.time < 10.0) &
                      (magnitude(yield) * o.time < 10.0) & (stiff < 40.0 * o.volatility) & started;
  e.ordinary = ordinary(o) & (usable | e.never);
  e.scale = select(e.is_put, o.strike, o.spot);
  const Real ratio = select(e.is_put, o.spot, o.strike) / e.scale;
  // lanes that need no boundary get one that is easily found
  const Bits dull = e.never | ~usable;
  const Real spot = select(dull, splat(1.0), ratio);
  const Real time = select(dull, splat(1.0), o.time);
  e.put = {spot,
           log_near(spot),
           time,
           square_root(time),
           select(dull, splat(0.05), maximum(rate, splat(1e-30))),  // X = r / max(r, q)
           select(dull, splat(0.05), yield),
           select(dull, splat(0.3), o.volatility)};
  return e;
}

STRIKEPROOF_INLINE Real intrinsic_of(const Option& o) noexcept {
  return maximum(o.sign * (o.spot - o.strike), Real{});
}

// A price never falls below what exercise now or never gives.
STRIKEPROOF_INLINE Real bounded_price(const Option& o, const Exercise& e, Real european,
                                      Real premium, Bits due) noexcept {
  const Real intrinsic = intrinsic_of(o);
  const Real held = european + select(e.never, Real{}, maximum(e.scale * premium, Real{}));
  return select(due, intrinsic, maximum(held, intrinsic));
}

STRIKEPROOF_INLINE Bits is_due(const Exercise& e, Real log_boundary) noexcept {
  return (e.put.log_spot <= log_boundary) & ~e.never;
}

template <class T>
STRIKEPROOF_INLINE Bits answered(const Exercise& e, const Found<T>& found) noexcept {
  return e.ordinary & (found.converged | e.never);
}

void american_price(const Job& job, const AmericanScheme& scheme, Rows rows) noexcept {
  for_blocks(job, rows, [&](const Block& block, std::size_t first, std::size_t size) noexcept {
    for (std::size_t at = 0; at < size; at += kLanes) {
      const Option option = option_at(block, at);
      const Exercise e = mirrored(option);
      Real european[1];
      evaluate<Underlying::kSpot>(option, european);
      const Found<Real> found = find_boundary(scheme, e.put);
      const Premium<Real> extra = premium(scheme, e.put, found.boundary);
      const Bits due = is_due(e, last_of(scheme, found.boundary));
      const Real values[1] = {bounded_price(option, e, european[0], extra.value, due)};
      put(job, option, first + at, lanes_left(at, size), e.ordinary & (found.converged | e.never),
          values);
    }
  });
}

// The mirrored put with derivatives by volatility and by the market's rate.
STRIKEPROOF_INLINE Put<Dual> seeded(const Exercise& e) noexcept {
  const auto fixed = [](Real value) { return Dual{value, Real{}, Real{}}; };
  const Real one = splat(1.0);
  return {fixed(e.put.spot),
          fixed(e.put.log_spot),
          fixed(e.put.time),
          fixed(e.put.root),
          {e.put.rate, Real{}, select(e.is_put, one, Real{})},
          {e.put.yield, Real{}, select(e.is_put, Real{}, one)},
          {e.put.volatility, one, Real{}}};
}

STRIKEPROOF_INLINE void put_derivatives(const Option& o, const Exercise& e,
                                        const Premium<Dual>& extra, Bits due,
                                        Real (&v)[6]) noexcept {
  using namespace black_scholes;
  // V = scale f(spot / scale): the mirrored put's scale is the strike, the call's is the spot
  const Real f = extra.value.value;
  const Real slope = extra.delta.value;
  const Real curvature = extra.gamma.value;
  const Real s = e.put.spot;
  const Real delta = select(e.is_put, slope, f - s * slope);
  const Real gamma = select(e.is_put, curvature, s * s * curvature) / e.scale;
  const auto with = [&](Real european, Real more) {
    return european + select(e.never, Real{}, more);
  };
  v[kDelta] = select(due, o.sign, with(v[kDelta], delta));
  v[kGamma] = select(due, Real{}, with(v[kGamma], gamma));
  v[kVega] = select(due, Real{}, with(v[kVega], e.scale * extra.value.first));
  v[kRho] = select(due, Real{}, with(v[kRho], e.scale * extra.value.second));
  // the differential equation holds wherever the option is held
  const Real variance = (o.volatility * o.spot) * (o.volatility * o.spot);
  const Real held =
      o.rate * v[kPrice] - ((o.rate - o.yield) * o.spot) * v[kDelta] - 0.5 * variance * v[kGamma];
  v[kTheta] = select(e.never, v[kTheta], select(due, Real{}, held));
}

void american_greeks(const Job& job, const AmericanScheme& scheme, Rows rows) noexcept {
  for_blocks(job, rows, [&](const Block& block, std::size_t first, std::size_t size) noexcept {
    for (std::size_t at = 0; at < size; at += kLanes) {
      const Option option = option_at(block, at);
      const Exercise e = mirrored(option);
      Real european[kFirstOrder];
      evaluate<Underlying::kSpot>(option, european);
      const Put<Dual> mirror = seeded(e);
      const Found<Dual> found = find_boundary(scheme, mirror, e.put);
      const Premium<Dual> extra = premium(scheme, mirror, found.boundary);
      const Bits due = is_due(e, last_of(scheme, found.boundary).value);
      Real values[6];
      for (std::size_t k = 0; k < 6; ++k) values[k] = european[k];
      values[0] = bounded_price(option, e, european[0], extra.value.value, due);
      put_derivatives(option, e, extra, due, values);
      put(job, option, first + at, lanes_left(at, size), e.ordinary & (found.converged | e.never),
          values);
    }
  });
}

void american_boundary(const Job& job, const AmericanScheme& scheme, Rows rows) noexcept {
  for_blocks(job, rows, [&](const Block& block, std::size_t first, std::size_t size) noexcept {
    for (std::size_t at = 0; at < size; at += kLanes) {
      Option option = option_at(block, at);
      option.spot = option.strike;
      const Exercise e = mirrored(option);
      const Found<Real> found = find_boundary(scheme, e.put);
      const Real ratio = exponential(last_of(scheme, found.boundary));
      const Real infinity = 1.0 / Real{};
      const Real values[1] = {select(e.is_put, option.strike * select(e.never, Real{}, ratio),
                                     select(e.never, infinity, option.strike / ratio))};
      put(job, option, first + at, lanes_left(at, size), e.ordinary & (found.converged | e.never),
          values);
    }
  });
}

constexpr AmericanKernels american_table() {
  return {american_price, american_greeks, american_boundary};
}

}  // namespace
}  // namespace strikeproof::simd
