// Elementary functions over rows of paths; methods and sources: vector_math.hpp.
#pragma once

#define STRIKEPROOF_UNFUSED  // the same bits on every machine

#include "path_kernels.hpp"
#include "vector_math.hpp"

namespace strikeproof::simd {
namespace {

constexpr double kExponentReach = 700.0;

void exponentials(std::size_t count, const double* x, double* out) noexcept {
  for (std::size_t at = 0; at < count; at += kLanes) {
    const Real bounded =
        minimum(maximum(load(x + at), splat(-kExponentReach)), splat(kExponentReach));
    store(out + at, exp_near(bounded, Real{}));
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

/// The table of this translation unit's instruction set.
constexpr PathKernels path_table() { return {exponentials, logarithms, add_scaled}; }

}  // namespace
}  // namespace strikeproof::simd
