// Functions over rows of paths; elementary ones by the methods of vector_math.hpp.
//
// A Brownian bridge from a to b with variance v [1, section 6.4]
//
//   stays above 0 with chance 1 - exp(-2 a b / v),  a, b > 0
//   has the maximum (a + b + sqrt((b - a)^2 - 2 v ln U))/2,  U uniform
//
// [1] Glasserman, P. (2004), Monte Carlo Methods in Financial Engineering, Springer.
#pragma once

#define STRIKEPROOF_UNFUSED  // the same bits on every machine

#include "path_kernels.hpp"
#include "vector_math.hpp"

namespace strikeproof::simd {
namespace {

constexpr double kExponentReach = 700.0;

void exponentials(std::size_t count, const double* x, double* out) noexcept {
  for (std::size_t at = 0; at < count; at += kLanes) {
    const Real power = load(x + at);
    const Real bounded = minimum(maximum(power, splat(-kExponentReach)), splat(kExponentReach));
    const Real infinite = splat(__builtin_inf());
    store(out + at, select(power > kExponentReach, infinite, exp_near(bounded, Real{})));
  }
}

void logarithms(std::size_t count, const double* x, double* out) noexcept {
  for (std::size_t at = 0; at < count; at += kLanes) store(out + at, log_near(load(x + at)));
}

void add_scaled(std::size_t count, double scale, const double* x, double shift,
                double* out) noexcept {
  for (std::size_t at = 0; at < count; at += kLanes) {
    store(out + at, load(out + at) + (scale * load(x + at) + shift));
  }
}

void survival(std::size_t count, double side, double level, const double* before,
              const double* after, const double* variance, double* weight) noexcept {
  for (std::size_t at = 0; at < count; at += kLanes) {
    const Real a = side * (load(before + at) - level);
    const Real b = side * (load(after + at) - level);
    const Real power = -2.0 * (a * b) / load(variance + at);
    const Real crossed = exp_near(maximum(power, splat(-kExponentReach)), Real{});
    const Real alive = select((a > 0.0) & (b > 0.0), 1.0 - crossed, Real{});
    store(weight + at, load(weight + at) * alive);
  }
}

void extremum(std::size_t count, double side, const double* before, const double* after,
              const double* variance, const double* uniforms, double* out) noexcept {
  for (std::size_t at = 0; at < count; at += kLanes) {
    const Real a = side * load(before + at);
    const Real b = side * load(after + at);
    const Real spread =
        (b - a) * (b - a) - 2.0 * load(variance + at) * log_near(load(uniforms + at));
    const Real found = 0.5 * ((a + b) + square_root(spread));
    store(out + at, maximum(load(out + at), found));
  }
}

/// The table of this translation unit's instruction set.
constexpr PathKernels path_table() {
  return {exponentials, logarithms, add_scaled, survival, extremum};
}

}  // namespace
}  // namespace strikeproof::simd
