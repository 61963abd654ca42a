// Random numbers by Philox, Sobol's sequence and the Brownian bridge.
//
// A number is a function of (seed, stream, dimension, step, path) and of nothing else: neither
// threads nor blocks nor the machine change it. Key: the seed; counter: which pair of paths, the
// step, and dimension and stream together. Paths p and p + 8 of a group of 16 are a pair.
//
// Sobol's directions: m_k of a polynomial x^d + c_1 x^(d-1) + ... + 1 over the field of two [1]
//   m_k = 2 c_1 m_{k-1} ^ 4 c_2 m_{k-2} ^ ... ^ 2^d m_{k-d} ^ m_{k-d},   v_k = m_k / 2^k
// with the polynomials and first numbers of [2]; point n is the sum of v_k over the bits of n's
// Gray code [3].
//
// Bridge [4]: the last time first, then the middle one of the widest stretch of indices.
//
// [1] Bratley, P. and Fox, B. (1988), Algorithm 659, ACM Trans. Math. Software 14(1), 88-100.
// [2] Joe, S. and Kuo, F. (2008), Constructing Sobol sequences with better two-dimensional
//     projections, SIAM J. Sci. Comput. 30(5), 2635-2654.
// [3] Antonov, I. and Saleev, V. (1979), USSR Comput. Math. Math. Phys. 19(1), 252-256.
// [4] Glasserman, P. (2004), Monte Carlo Methods in Financial Engineering, Springer, section 3.1.
#include "strikeproof/random.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <deque>
#include <utility>

#include "simd/random_kernels.hpp"
#include "sobol_directions.hpp"

namespace strikeproof::random {
namespace {

using simd::kPathGroup;

constexpr std::size_t kWordBits = 32;

/// Calls fill(first, count, to) with whole groups: of `out` itself, and of a spare group at its
/// ends.
template <class Fill>
void by_groups(std::uint64_t first, std::span<double> out, const Fill& fill) noexcept {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t at = first + done;
    const auto skip = static_cast<std::size_t>(at % kPathGroup);
    const std::size_t whole = (out.size() - done) / kPathGroup * kPathGroup;
    if (skip == 0 && whole > 0) {
      fill(at, whole, out.data() + done);
      done += whole;
      continue;
    }
    std::array<double, kPathGroup> spare{};
    fill(at - skip, kPathGroup, spare.data());
    const std::size_t taken = std::min(kPathGroup - skip, out.size() - done);
    std::copy_n(spare.begin() + static_cast<std::ptrdiff_t>(skip), taken,
                out.begin() + static_cast<std::ptrdiff_t>(done));
    done += taken;
  }
}

std::uint32_t reversed(std::uint32_t x) noexcept {
  std::uint32_t found = 0;
  for (std::size_t bit = 0; bit < kWordBits; ++bit) {
    found = (found << 1) | ((x >> bit) & 1U);
  }
  return found;
}

/// v_1 .. v_32 of every dimension, with the first digit in the lowest bit.
std::vector<std::uint32_t> directions_of(std::size_t dimensions) {
  std::vector<std::uint32_t> found;
  found.reserve(dimensions * kWordBits);
  const std::uint16_t* numbers = kNumbers;
  for (std::size_t dimension = 0; dimension < dimensions; ++dimension) {
    const std::uint32_t polynomial = kPolynomials[dimension];
    const auto degree = static_cast<std::size_t>(std::bit_width(polynomial)) - 1;
    std::array<std::uint32_t, kWordBits> m{};
    for (std::size_t k = 0; k < kWordBits; ++k) {
      if (dimension == 0) {
        m[k] = 1;
      } else if (k < degree) {
        m[k] = *numbers++;
      } else {
        m[k] = m[k - degree];
        for (std::size_t j = 1; j <= degree; ++j) {
          if (((polynomial >> (degree - j)) & 1U) != 0) m[k] ^= m[k - j] << j;
        }
      }
      found.push_back(reversed(m[k] << (kWordBits - 1 - k)));
    }
  }
  return found;
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t left = std::uint64_t{0xd2511f53U} * counter[0];
    const std::uint64_t right = std::uint64_t{0xcd9e8d57U} * counter[2];
    counter = {static_cast<std::uint32_t>(right >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(right),
               static_cast<std::uint32_t>(left >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(left)};
    key[0] += 0x9e3779b9U;
    key[1] += 0xbb67ae85U;
  }
  return counter;
}

void uniforms(const Place& place, std::uint64_t first, std::span<double> out) noexcept {
  by_groups(first, out, [&](std::uint64_t at, std::size_t count, double* to) {
    simd::random_kernels().uniforms(place, at, count, to);
  });
}

void normals(const Place& place, std::uint64_t first, std::span<double> out) noexcept {
  by_groups(first, out, [&](std::uint64_t at, std::size_t count, double* to) {
    simd::random_kernels().normals(place, at, count, to);
  });
}

Sobol::Sobol(std::size_t dimensions)
    : dimensions_(dimensions),
      directions_(std::make_shared<const std::vector<std::uint32_t>>(directions_of(dimensions))) {}

Sobol::Sobol(std::size_t dimensions, std::uint64_t seed, std::uint32_t replicate)
    : Sobol(Sobol(dimensions).scrambled(seed, replicate)) {}

Sobol Sobol::scrambled(std::uint64_t seed, std::uint32_t replicate) const {
  Sobol found = *this;
  found.seeds_.clear();
  found.seeds_.reserve(dimensions_);
  const std::array<std::uint32_t, 2> key{static_cast<std::uint32_t>(seed),
                                         static_cast<std::uint32_t>(seed >> 32)};
  for (std::size_t dimension = 0; dimension < dimensions_; ++dimension) {
    // no path has this last word: dimension and stream would both be the largest
    const auto words =
        philox({static_cast<std::uint32_t>(dimension), replicate, 0, 0xffffffffU}, key);
    found.seeds_.push_back(words[0] | (std::uint64_t{words[1]} << 32));
  }
  return found;
}

void Sobol::uniforms(std::size_t dimension, std::uint64_t first,
                     std::span<double> out) const noexcept {
  const simd::SobolColumn column{directions_->data() + dimension * kWordBits, !seeds_.empty(),
                                 seeds_.empty() ? 0 : seeds_[dimension]};
  by_groups(first, out, [&](std::uint64_t at, std::size_t count, double* to) {
    simd::random_kernels().sobol(column, at, count, to);
  });
}

void Sobol::normals(std::size_t dimension, std::uint64_t first,
                    std::span<double> out) const noexcept {
  uniforms(dimension, first, out);
  by_groups(0, out, [&](std::uint64_t at, std::size_t count, double* to) {
    // a group at the end may be spare: its values are those of `out` from `at` on
    if (to != out.data() + at)
      std::copy(out.begin() + static_cast<std::ptrdiff_t>(at), out.end(), to);
    simd::random_kernels().inverse_normal(count, to);
  });
}

BrownianBridge::BrownianBridge(std::span<const double> times) {
  const auto count = static_cast<std::ptrdiff_t>(times.size());
  if (count == 0) return;
  const auto time = [&](std::ptrdiff_t at) {
    return at < 0 ? 0.0 : times[static_cast<std::size_t>(at)];
  };
  steps_.push_back({times.size() - 1, -1, -1, 0.0, 0.0, std::sqrt(times.back())});
  // stretches between known times, breadth first: wider ones before narrower ones
  std::deque<std::pair<std::ptrdiff_t, std::ptrdiff_t>> stretches{{-1, count - 1}};
  while (!stretches.empty()) {
    const auto [left, right] = stretches.front();
    stretches.pop_front();
    if (right - left < 2) continue;
    const std::ptrdiff_t middle = left + (right - left) / 2;
    const double whole = time(right) - time(left);
    const double before = time(middle) - time(left);
    const double after = time(right) - time(middle);
    steps_.push_back({static_cast<std::size_t>(middle), left, right, after / whole, before / whole,
                      std::sqrt(before * after / whole)});
    stretches.emplace_back(left, middle);
    stretches.emplace_back(middle, right);
  }
}

void BrownianBridge::build(const double* normals, std::size_t paths,
                           double* motion) const noexcept {
  for (std::size_t k = 0; k < steps_.size(); ++k) {
    const Step& s = steps_[k];
    const double* const z = normals + k * paths;
    double* const to = motion + s.at * paths;
    const double* const left =
        s.left < 0 ? nullptr : motion + static_cast<std::size_t>(s.left) * paths;
    const double* const right =
        s.right < 0 ? nullptr : motion + static_cast<std::size_t>(s.right) * paths;
    if (right == nullptr) {
      for (std::size_t p = 0; p < paths; ++p) to[p] = s.deviation * z[p];
    } else if (left == nullptr) {
      for (std::size_t p = 0; p < paths; ++p) {
        to[p] = s.right_weight * right[p] + s.deviation * z[p];
      }
    } else {
      for (std::size_t p = 0; p < paths; ++p) {
        to[p] = s.left_weight * left[p] + s.right_weight * right[p] + s.deviation * z[p];
      }
    }
  }
}

}  // namespace strikeproof::random
