// The random numbers' kernels without vectors: for compilers that have none, and as a check of the
// others. Methods and sources: random_kernel.hpp. The inverse normal takes the library's logarithm,
// so that its last bits may differ.
#include <cstdint>

#include "random_kernels.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::simd {
namespace {

double unit_of(std::uint64_t bits) noexcept {
  return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
}

std::uint64_t join(std::uint32_t low, std::uint32_t high) noexcept {
  return low | (std::uint64_t{high} << 32);
}

template <bool normal>
void draw(const random::Place& place, std::uint64_t first, std::size_t count,
          double* out) noexcept {
  const std::uint32_t last = (std::uint32_t{place.stream} << 16) | std::uint32_t{place.dimension};
  for (std::size_t k = 0; k < count; ++k) {
    const std::uint64_t path = first + k;
    const std::uint64_t pair = path / kPathGroup * (kPathGroup / 2) + path % (kPathGroup / 2);
    const bool high = path % kPathGroup >= kPathGroup / 2;
    const auto words = random::philox(
        {static_cast<std::uint32_t>(pair), static_cast<std::uint32_t>(pair >> 32), place.step,
         last},
        {static_cast<std::uint32_t>(place.seed), static_cast<std::uint32_t>(place.seed >> 32)});
    const double u = unit_of(high ? join(words[2], words[3]) : join(words[0], words[1]));
    out[k] = normal ? math::inverse_normal_cdf(u) : u;
  }
}

std::uint32_t permute(std::uint32_t x, std::uint32_t seed) noexcept {
  x ^= x * 0x3d20adeaU;
  x += seed;
  x *= (seed >> 16) | 1U;
  x ^= x * 0x05526c56U;
  x ^= x * 0x53a22864U;
  return x;
}

std::uint32_t mix(std::uint32_t x, std::uint32_t seed) noexcept {
  x ^= seed;
  x = (x ^ (x >> 16)) * 0x21f0aaadU;
  x = (x ^ (x >> 15)) * 0x735a2d97U;
  return x ^ (x >> 15);
}

std::uint32_t reversed(std::uint32_t x) noexcept {
  std::uint32_t found = 0;
  for (int bit = 0; bit < 32; ++bit) found = (found << 1) | ((x >> bit) & 1U);
  return found;
}

void sobol(const SobolColumn& column, std::uint64_t first, std::size_t count,
           double* out) noexcept {
  for (std::size_t k = 0; k < count; ++k) {
    const std::uint64_t n = first + k;
    const std::uint64_t gray = n ^ (n >> 1);
    std::uint32_t x = 0;
    for (int bit = 0; bit < 32; ++bit) {
      if (((gray >> bit) & 1U) != 0) x ^= column.directions[bit];
    }
    if (column.scrambled) {
      x = permute(x, static_cast<std::uint32_t>(column.seed));
      out[k] = unit_of(join(mix(x, static_cast<std::uint32_t>(column.seed >> 32)), reversed(x)));
    } else {
      out[k] = static_cast<double>(reversed(x)) * 0x1p-32;
    }
  }
}

void inverse_normal(std::size_t count, double* values) noexcept {
  for (std::size_t k = 0; k < count; ++k) values[k] = math::inverse_normal_cdf(values[k]);
}

}  // namespace

extern constinit const RandomKernels kRandomScalar{draw<false>, draw<true>, sobol, inverse_normal};

}  // namespace strikeproof::simd
