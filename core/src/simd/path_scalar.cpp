// The kernels of simulated paths without vectors: for compilers that have none, and as a check of
// the others, from which the last bits may differ.
#include <algorithm>
#include <cmath>
#include <limits>

#include "path_kernels.hpp"

namespace strikeproof::simd {
namespace {

void exponentials(std::size_t count, const double* x, double* out) noexcept {
  for (std::size_t p = 0; p < count; ++p) {
    out[p] =
        x[p] > 700.0 ? std::numeric_limits<double>::infinity() : std::exp(std::max(x[p], -700.0));
  }
}

void logarithms(std::size_t count, const double* x, double* out) noexcept {
  for (std::size_t p = 0; p < count; ++p) out[p] = std::log(x[p]);
}

void add_scaled(std::size_t count, double scale, const double* x, double shift,
                double* out) noexcept {
  for (std::size_t p = 0; p < count; ++p) out[p] += scale * x[p] + shift;
}

void survival(std::size_t count, double side, double level, const double* before,
              const double* after, const double* variance, double* weight) noexcept {
  for (std::size_t p = 0; p < count; ++p) {
    const double a = side * (before[p] - level);
    const double b = side * (after[p] - level);
    weight[p] *= a > 0.0 && b > 0.0 ? 1.0 - std::exp(-2.0 * (a * b) / variance[p]) : 0.0;
  }
}

void extremum(std::size_t count, double side, const double* before, const double* after,
              const double* variance, const double* uniforms, double* out) noexcept {
  for (std::size_t p = 0; p < count; ++p) {
    const double a = side * before[p];
    const double b = side * after[p];
    const double spread = (b - a) * (b - a) - 2.0 * variance[p] * std::log(uniforms[p]);
    out[p] = std::max(out[p], 0.5 * ((a + b) + std::sqrt(spread)));
  }
}

}  // namespace

extern constinit const PathKernels kPathScalar{exponentials, logarithms, add_scaled, survival,
                                               extremum};

}  // namespace strikeproof::simd
