// Vectors of doubles for the kernels: the compiler's own vector types, and the few operations they
// lack. Internal to the core; included only by the kernels' translation units, one per
// instruction set, hence the unnamed namespace: nothing here may be merged by the linker.
//
// All instruction sets that fuse a * b + c give the same bits (AVX2, AVX-512, NEON); the baseline
// of x86-64 rounds twice and may differ in the last digits. Rounding twice everywhere would make
// them equal, and was measured to cost half as much time again on AVX2 and a third on AVX-512.
// Kernels whose bits must be the same everywhere define STRIKEPROOF_UNFUSED.
//
// [1] Dekker, T. J. (1971), Numer. Math. 18, 224-242.
#pragma once

#if defined(__AVX2__) || defined(__AVX512F__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if !defined(STRIKEPROOF_UNFUSED) && \
    (defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__))
#define STRIKEPROOF_FUSED 1
#else
#define STRIKEPROOF_FUSED 0
#endif
#include <cstddef>

#define STRIKEPROOF_INLINE [[gnu::always_inline]] inline

namespace strikeproof::simd {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t kLanes = 8;
#elif defined(__AVX2__)
constexpr std::size_t kLanes = 4;
#else
constexpr std::size_t kLanes = 2;
#endif

using Real = double __attribute__((vector_size(8 * kLanes)));
using Bits = long long __attribute__((vector_size(8 * kLanes)));  // also a mask: 0 or -1 a lane
using UnsignedBits = unsigned long long __attribute__((vector_size(8 * kLanes)));

STRIKEPROOF_INLINE Real splat(double value) noexcept { return value - Real{}; }

// Columns are aligned to a double only. Copies become unaligned moves everywhere, whereas Clang
// drops the aligned attribute of an alias of a vector type and would move as if aligned.
STRIKEPROOF_INLINE Real load(const double* from) noexcept {
  Real value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

STRIKEPROOF_INLINE void store(double* to, Real value) noexcept {
  __builtin_memcpy(to, &value, sizeof value);
}

// unsigned, because lanes nobody will read may wrap around
STRIKEPROOF_INLINE UnsignedBits bits_of(Real value) noexcept {
  return reinterpret_cast<UnsignedBits>(value);
}
STRIKEPROOF_INLINE Real real_of(UnsignedBits value) noexcept {
  return reinterpret_cast<Real>(value);
}

STRIKEPROOF_INLINE Real select(Bits mask, Real yes, Real no) noexcept { return mask ? yes : no; }

STRIKEPROOF_INLINE Real maximum(Real a, Real b) noexcept { return a > b ? a : b; }
STRIKEPROOF_INLINE Real minimum(Real a, Real b) noexcept { return a < b ? a : b; }

STRIKEPROOF_INLINE Real magnitude(Real a) noexcept {
  return real_of(bits_of(a) & 0x7fffffffffffffffULL);
}

STRIKEPROOF_INLINE bool any(Bits mask) noexcept {
#if defined(__AVX512F__)
  return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(mask), reinterpret_cast<__m512i>(mask)) !=
         0;
#elif defined(__AVX2__)
  return _mm256_movemask_pd(reinterpret_cast<__m256d>(mask)) != 0;
#elif defined(__SSE2__)
  return _mm_movemask_pd(reinterpret_cast<__m128d>(mask)) != 0;
#else
  return (mask[0] | mask[1]) != 0;
#endif
}

STRIKEPROOF_INLINE Real square_root(Real a) noexcept {
#if defined(__AVX512F__)
  return _mm512_maskz_sqrt_pd(0xff, a);  // the plain form warns in GCC 12
#elif defined(__AVX2__)
  return _mm256_sqrt_pd(a);
#elif defined(__SSE2__)
  return _mm_sqrt_pd(a);
#else
  return Real{__builtin_sqrt(a[0]), __builtin_sqrt(a[1])};
#endif
}

#if STRIKEPROOF_FUSED
STRIKEPROOF_INLINE Real fused(Real a, Real b, Real c) noexcept {
#if defined(__AVX512F__)
  return _mm512_fmadd_pd(a, b, c);
#elif defined(__FMA__)
  return _mm256_fmadd_pd(a, b, c);
#else
  return reinterpret_cast<Real>(vfmaq_f64(reinterpret_cast<float64x2_t>(c),
                                          reinterpret_cast<float64x2_t>(a),
                                          reinterpret_cast<float64x2_t>(b)));
#endif
}

/// What the rounding of product = a * b left: a * b - product, exact.
STRIKEPROOF_INLINE Real product_error(Real a, Real b, Real product) noexcept {
  return fused(a, b, -product);
}
#else
/// What the rounding of product = a * b left: a * b - product, exact by Dekker's splitting [1].
STRIKEPROOF_INLINE Real product_error(Real a, Real b, Real product) noexcept {
  const Real scaled_a = a * 134217729.0;
  const Real scaled_b = b * 134217729.0;
  const Real high_a = scaled_a - (scaled_a - a);
  const Real high_b = scaled_b - (scaled_b - b);
  const Real low_a = a - high_a;
  const Real low_b = b - high_b;
  return ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b;
}
#endif

/// c - a * b where a * b is close to c: one rounding.
STRIKEPROOF_INLINE Real residual(Real a, Real b, Real c) noexcept {
#if STRIKEPROOF_FUSED
  return fused(-a, b, c);
#else
  const Real product = a * b;
  return (c - product) - product_error(a, b, product);
#endif
}

STRIKEPROOF_INLINE Real multiply_add(Real a, Real b, Real c) noexcept {
#if STRIKEPROOF_FUSED
  return fused(a, b, c);
#else
  return a * b + c;
#endif
}

STRIKEPROOF_INLINE Real multiply_add(Real a, double b, Real c) noexcept {
  return multiply_add(a, splat(b), c);
}

STRIKEPROOF_INLINE Real multiply_add(Real a, double b, double c) noexcept {
  return multiply_add(a, splat(b), splat(c));
}

/// Polynomial with coefficients from the lowest power up. Even and odd powers apart: two short
/// chains of dependent operations instead of a long one.
template <std::size_t count>
STRIKEPROOF_INLINE Real polynomial(const double (&a)[count], Real x) noexcept {
  static_assert(count >= 4);
  const Real square = x * x;
  Real last = splat(a[count - 1]);
  Real other = splat(a[count - 2]);
  for (std::size_t k = count - 2; k-- > 0;) {
    const Real next = multiply_add(last, square, splat(a[k]));
    last = other;
    other = next;
  }
  return multiply_add(last, x, other);
}

}  // namespace
}  // namespace strikeproof::simd
