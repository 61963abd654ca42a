// Heston's kernels a node at a time: for models at a limit, where the vector kernels' formulas
// divide by 0, and for compilers without vectors.
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

#include "heston_characteristic.hpp"
#include "simd/heston_kernels.hpp"

namespace strikeproof::simd {
namespace {

using Complex = std::complex<double>;
constexpr Complex kI{0.0, 1.0};

bool nodes(const HestonContour& c, double first, double stride, double* block,
           double* slopes) noexcept {
  bool matters = true;
  for (std::size_t j = 0; j < kBlockNodes; ++j) {
    const double y = (first + stride * static_cast<double>(j)) * c.step;
    const double across = c.scale * std::sinh(y);
    const double along = c.scale * std::cosh(y);
    const Complex x{across * c.angle_cosine, -0.5 + (along - c.scale) * c.angle_sine};
    const Complex slope{along * c.angle_cosine, across * c.angle_sine};
    const Complex quadratic = x * (x + kI);
    const Complex exponent = heston::log_characteristic(c.model, c.time, x);
    const double share = (y == 0.0 ? 0.5 : 1.0) / std::numbers::pi * c.step;
    const Complex weight = share * std::exp(exponent) * slope / quadratic;
    const std::array parts{x.real(), x.imag(), weight.real(), weight.imag()};
    for (std::size_t k = 0; k < parts.size(); ++k) block[k * kBlockNodes + j] = parts[k];
    matters = std::abs(weight) * (1.0 + std::norm(x)) > kNegligibleWeight ||
              std::abs(x.imag() + 0.5) < 0.5;
    if (slopes == nullptr) continue;
    const auto by = heston::log_characteristic_slopes(c.model, c.time, x).slope;
    for (std::size_t p = 0; p < by.size(); ++p) {
      const Complex product = weight * by[p];
      slopes[2 * p * kBlockNodes + j] = product.real();
      slopes[(2 * p + 1) * kBlockNodes + j] = product.imag();
    }
  }
  return matters;
}

template <std::size_t count>
void sums(const double* blocks, const double* slopes, std::size_t size, double log_strike,
          PartialSum* found) noexcept {
  std::array<std::array<double, 2>, count> total{};  // even and odd places
  for (std::size_t j = 0; j < size * kBlockNodes; ++j) {
    const std::size_t place = j % kBlockNodes;
    const double* const node = blocks + j / kBlockNodes * kBlockSize + place;
    const Complex x{node[0], node[kBlockNodes]};
    const Complex weight{node[2 * kBlockNodes], node[3 * kBlockNodes]};
    const Complex turned =
        std::polar(std::exp(log_strike * (1.0 + x.imag())), -log_strike * x.real());
    const Complex value = weight * turned;
    const Complex once = kI * x * value;
    std::array<double, count> terms{value.real(), once.real()};
    if constexpr (count > kSumGamma) terms[kSumGamma] = ((kI * x - 1.0) * once).real();
    if constexpr (count > kSumSlopes) {
      const double* by = slopes + j / kBlockNodes * 2 * (count - kSumSlopes) * kBlockNodes + place;
      for (std::size_t p = 0; p + kSumSlopes < count; ++p, by += 2 * kBlockNodes) {
        terms[kSumSlopes + p] = by[0] * turned.real() - by[kBlockNodes] * turned.imag();
      }
    }
    for (std::size_t k = 0; k < count; ++k) total[k][j % 2] += terms[k];
  }
  for (std::size_t k = 0; k < count; ++k) {
    found[k] = {total[k][0] + total[k][1], total[k][1] - total[k][0]};
  }
}

Complex complex_at(const double* from) noexcept { return {from[0], from[kBlockNodes]}; }

void put(double* to, Complex value) noexcept {
  to[0] = value.real();
  to[kBlockNodes] = value.imag();
}

void join(const MixMembers& members, const double* block, const double* before,
          double* factors) noexcept {
  for (std::size_t j = 0; j < kBlockNodes; ++j) {
    const Complex x = complex_at(block + j);
    const Complex turned = std::exp(members.shift * (1.0 - kI * x));
    Complex first = before == nullptr ? Complex{} : complex_at(before + j);
    Complex second = before == nullptr ? Complex{} : complex_at(before + 2 * kBlockNodes + j);
    for (std::size_t m = 0; m < members.count; ++m) {
      const MixMember& member = members.member[m];
      const Complex own = member.probability * std::exp(-member.half_variance * (x * (x + kI)));
      first = own + turned * first;
      second = member.count * own + turned * second;
      put(factors + m * members.stride + j, first);
      put(factors + m * members.stride + 2 * kBlockNodes + j, second);
    }
  }
}

void mixed(const double* block, const double* slopes, const double* factors, double* to,
           double* to_slopes) noexcept {
  constexpr std::size_t kOwn = 5;  // the model's parameters
  constexpr std::size_t kTwo = 2 * kBlockNodes;
  for (std::size_t j = 0; j < kBlockNodes; ++j) {
    const Complex x = complex_at(block + j);
    const Complex weight = complex_at(block + kTwo + j);
    const Complex factor = complex_at(factors + j);
    put(to + j, x);
    put(to + kTwo + j, weight * factor);
    if (to_slopes == nullptr) continue;
    for (std::size_t p = 0; p < kOwn; ++p) {
      put(to_slopes + p * kTwo + j, factor * complex_at(slopes + p * kTwo + j));
    }
    const Complex counted = weight * complex_at(factors + kTwo + j);
    put(to_slopes + kOwn * kTwo + j, counted);
    put(to_slopes + (kOwn + 1) * kTwo + j, kI * x * counted);
    put(to_slopes + (kOwn + 2) * kTwo + j, -0.5 * x * (x + kI) * counted);
  }
}

}  // namespace

constinit const HestonKernels kHestonScalar{
    nodes, sums<kSumGamma>, sums<kSumSlopes>, sums<kHestonSums>, sums<kMixedSums>, join, mixed};

}  // namespace strikeproof::simd
