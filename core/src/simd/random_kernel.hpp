// Philox, Sobol's sequence with Owen's scrambling, and the inverse normal distribution on vectors.
//
// Philox4x32-10 [1]: ten rounds (L, R, L', R') -> (hi(M' L') ^ R ^ k, lo(M' L'), hi(M L) ^ R' ^ k',
// lo(M L)). Words live in the low halves of 64-bit lanes; what the high halves hold is not read.
//
// Scrambling [2, 3]: in reversed order of bits, a permutation in which every bit depends on lower
// bits only is a nested one of the digits, as Owen's [4]. The sequence has 32 digits; those below
// are as random given the ones above, hence 20 bits of another hash of the scrambled word.
//
// [1] Salmon, J. et al. (2011), Parallel random numbers: as easy as 1, 2, 3, SC'11.
// [2] Laine, S. and Karras, T. (2011), Stratified sampling for stochastic transparency, Computer
//     Graphics Forum 30(4).
// [3] Burley, B. (2020), Practical hash-based Owen scrambling, J. Computer Graphics Techniques
// 9(4);
//     the constants are those that N. Vegdahl found in 2021.
// [4] Owen, A. (1995), Randomly permuted (t,m,s)-nets and (t,s)-sequences, Lecture Notes in
//     Statistics 106, 299-317.
#pragma once

#define STRIKEPROOF_UNFUSED  // the same bits on every machine

#include "math/inverse_normal.hpp"
#include "random_kernels.hpp"
#include "vector_math.hpp"

namespace strikeproof::simd {
namespace {

constexpr unsigned long long kWord = 0xffffffffULL;

STRIKEPROOF_INLINE UnsignedBits splat_bits(unsigned long long value) noexcept {
  return UnsignedBits{} + value;
}

/// Products of the low halves.
STRIKEPROOF_INLINE UnsignedBits multiply_words(UnsignedBits a, UnsignedBits b) noexcept {
#if defined(__AVX512F__)
  return reinterpret_cast<UnsignedBits>(
      _mm512_maskz_mul_epu32(0xff, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<UnsignedBits>(
      _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<UnsignedBits>(
      _mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  return (a & kWord) * (b & kWord);
#endif
}

STRIKEPROOF_INLINE UnsignedBits lane_numbers() noexcept {
  UnsignedBits found{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) found[lane] = lane;
  return found;
}

/// (k + 1/2) / 2^52 from 52 random bits at the top.
STRIKEPROOF_INLINE Real unit_of(UnsignedBits bits) noexcept {
  return real_of((bits >> 12) | 0x3ff0000000000000ULL) - 0x1.fffffffffffffp-1;
}

struct Words {
  UnsignedBits a, b, c, d;
};

STRIKEPROOF_INLINE Words philox(Words x, std::uint64_t seed) noexcept {
  const UnsignedBits first = splat_bits(0xd2511f53ULL);
  const UnsignedBits second = splat_bits(0xcd9e8d57ULL);
  std::uint32_t key = static_cast<std::uint32_t>(seed);
  std::uint32_t other = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const UnsignedBits left = multiply_words(x.a, first);
    const UnsignedBits right = multiply_words(x.c, second);
    x = {(right >> 32) ^ x.b ^ splat_bits(key), right, (left >> 32) ^ x.d ^ splat_bits(other),
         left};
    key += 0x9e3779b9U;
    other += 0xbb67ae85U;
  }
  return x;
}

STRIKEPROOF_INLINE UnsignedBits join(UnsignedBits low, UnsignedBits high) noexcept {
  return (low & kWord) | (high << 32);
}

/// The middle of the distribution, |p - 1/2| <= kMiddleReach; elsewhere any number.
STRIKEPROOF_INLINE Real middle_normal(Real q) noexcept {
  const Real y = math::kMiddleCentre - q * q;
  return q * polynomial(math::kMiddleAbove, y) / polynomial(math::kMiddleBelow, y);
}

/// Its tails.
STRIKEPROOF_INLINE Real tail_normal(Real p) noexcept {
  const Real q = p - 0.5;
  const Real tail = q < 0.0 ? p : 1.0 - p;
  const Real r = square_root(-log_near(tail));
  const Real near = r - math::kNearCentre;
  Real above = polynomial(math::kNearAbove, near);
  Real below = polynomial(math::kNearBelow, near);
  const Bits far = r > math::kNearReach;
  if (any(far)) [[unlikely]] {
    const Real x = r - math::kNearReach;
    above = select(far, polynomial(math::kFarAbove, x), above);
    below = select(far, polynomial(math::kFarBelow, x), below);
  }
  return (q < 0.0 ? -above : above) / below;
}

constexpr std::size_t kChunk = 256;  // numbers whose tails are answered together

/// Numbers of a chunk that lie in the tails, and where.
struct Tails {
  std::size_t count = 0;
  double p[kChunk + kLanes];
  unsigned long long at[kChunk + kLanes];
};

/// Appends the lanes of a mask; what is written beyond the count does not matter.
STRIKEPROOF_INLINE void append(Tails& tails, Bits mask, Real p, std::size_t at) noexcept {
#if defined(__AVX512F__)
  const __mmask8 chosen =
      _mm512_test_epi64_mask(reinterpret_cast<__m512i>(mask), reinterpret_cast<__m512i>(mask));
  const UnsignedBits places = lane_numbers() + at;
  store(tails.p + tails.count, _mm512_maskz_compress_pd(chosen, p));
  const __m512i packed = _mm512_maskz_compress_epi64(chosen, reinterpret_cast<__m512i>(places));
  __builtin_memcpy(tails.at + tails.count, &packed, sizeof packed);
  tails.count += static_cast<std::size_t>(__builtin_popcount(chosen));
#else
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    tails.p[tails.count] = p[lane];
    tails.at[tails.count] = at + lane;
    tails.count += static_cast<std::size_t>(mask[lane] & 1);
  }
#endif
}

/// Normals of uniforms in place. A seventh of them lies in the tails, which cost most: they are
/// collected and answered apart, so that not every vector takes both ways.
void inverse_normal(std::size_t count, double* values) noexcept {
  Tails tails;
  for (std::size_t begin = 0; begin < count; begin += kChunk) {
    const std::size_t end = begin + kChunk < count ? begin + kChunk : count;
    tails.count = 0;
    for (std::size_t at = begin; at < end; at += kLanes) {
      const Real p = load(values + at);
      const Real q = p - 0.5;
      append(tails, magnitude(q) > math::kMiddleReach, p, at);
      store(values + at, middle_normal(q));
    }
    store(tails.p + tails.count, splat(0.25));  // the last vector's lanes without a number
    for (std::size_t k = 0; k < tails.count; k += kLanes) {
      store(tails.p + k, tail_normal(load(tails.p + k)));
    }
    for (std::size_t k = 0; k < tails.count; ++k) values[tails.at[k]] = tails.p[k];
  }
}

template <bool normal>
void draw(const random::Place& place, std::uint64_t first, std::size_t count,
          double* out) noexcept {
  const unsigned long long last = (static_cast<unsigned long long>(place.stream) << 16) |
                                  static_cast<unsigned long long>(place.dimension);
  for (std::size_t begin = 0; begin < count; begin += kChunk) {
    const std::size_t end = begin + kChunk < count ? begin + kChunk : count;
    for (std::size_t at = begin; at < end; at += kPathGroup) {
      const unsigned long long pair = (first + at) / 2;  // counters, half as many as paths
      for (std::size_t lane = 0; lane < kPathGroup / 2; lane += kLanes) {
        const UnsignedBits counter = lane_numbers() + (pair + lane);
        const Words words =
            philox({counter, counter >> 32, splat_bits(place.step), splat_bits(last)}, place.seed);
        store(out + at + lane, unit_of(join(words.a, words.b)));
        store(out + at + lane + kPathGroup / 2, unit_of(join(words.c, words.d)));
      }
    }
    if (normal) inverse_normal(end - begin, out + begin);
  }
}

STRIKEPROOF_INLINE UnsignedBits reverse_word(UnsignedBits x) noexcept {
  const auto swap = [](UnsignedBits v, int by, unsigned long long mask) noexcept {
    return ((v >> by) & mask) | ((v & mask) << by);
  };
  x = swap(x, 1, 0x55555555ULL);
  x = swap(x, 2, 0x33333333ULL);
  x = swap(x, 4, 0x0f0f0f0fULL);
  x = swap(x, 8, 0x00ff00ffULL);
  return swap(x, 16, 0x0000ffffULL);
}

/// Nested permutation of a word whose lowest bit is the first digit [3].
STRIKEPROOF_INLINE UnsignedBits permute(UnsignedBits x, unsigned long long seed) noexcept {
  x ^= multiply_words(x, splat_bits(0x3d20adeaULL));
  x += splat_bits(seed);
  x = multiply_words(x, splat_bits((seed >> 16) | 1ULL));
  x ^= multiply_words(x, splat_bits(0x05526c56ULL));
  x ^= multiply_words(x, splat_bits(0x53a22864ULL));
  return x & kWord;
}

/// Random bits at the top of a word of 32, from all bits of x.
STRIKEPROOF_INLINE UnsignedBits mix(UnsignedBits x, unsigned long long seed) noexcept {
  x = (x ^ splat_bits(seed)) & kWord;
  x = multiply_words(x ^ (x >> 16), splat_bits(0x21f0aaadULL)) & kWord;
  x = multiply_words(x ^ (x >> 15), splat_bits(0x735a2d97ULL)) & kWord;
  return x ^ (x >> 15);
}

void sobol(const SobolColumn& column, std::uint64_t first, std::size_t count,
           double* out) noexcept {
  const std::uint32_t* const v = column.directions;
  // Gray code of n + lane is that of n, a multiple of 8, and that of the lane together
  std::uint32_t pattern[kPathGroup / 2];
  for (std::uint32_t n = 0; n < kPathGroup / 2; ++n) {
    pattern[n] = (((n ^ (n >> 1)) & 1) != 0 ? v[0] : 0) ^ (((n ^ (n >> 1)) & 2) != 0 ? v[1] : 0) ^
                 (((n ^ (n >> 1)) & 4) != 0 ? v[2] : 0);
  }
  std::uint32_t base = 0;
  for (std::uint64_t gray = first ^ (first >> 1), k = 0; gray != 0; gray >>= 1, ++k) {
    if ((gray & 1) != 0) base ^= v[k];
  }
  const unsigned long long low = column.seed & kWord;
  const unsigned long long high = column.seed >> 32;
  for (std::size_t at = 0; at < count; at += kPathGroup / 2) {
    for (std::size_t lane = 0; lane < kPathGroup / 2; lane += kLanes) {
      UnsignedBits x{};
      for (std::size_t k = 0; k < kLanes; ++k) x[k] = pattern[lane + k] ^ base;
      if (column.scrambled) {
        x = permute(x, low);
        store(out + at + lane, unit_of((reverse_word(x) << 32) | mix(x, high)));
      } else {
        const UnsignedBits digits = reverse_word(x) << 20;
        store(out + at + lane, real_of(digits | 0x3ff0000000000000ULL) - 1.0);
      }
    }
    const std::uint64_t eighths = (first + at) / 8 + 1;
    base ^= v[2];
    const int change = 3 + __builtin_ctzll(eighths);
    if (change < 32) base ^= v[change];
  }
}

/// The table of this translation unit's instruction set.
constexpr RandomKernels random_table() { return {draw<false>, draw<true>, sobol, inverse_normal}; }

}  // namespace
}  // namespace strikeproof::simd
