// The kernels of simulated paths without vectors: for compilers that have none, and as a check of
// the others, from which the last bits may differ.
#include <algorithm>
#include <cmath>

#include "path_kernels.hpp"

namespace strikeproof::simd {
namespace {

void exponentials(std::size_t count, const double* x, double* out) noexcept {
  for (std::size_t p = 0; p < count; ++p) out[p] = std::exp(std::clamp(x[p], -700.0, 700.0));
}

void logarithms(std::size_t count, const double* x, double* out) noexcept {
  for (std::size_t p = 0; p < count; ++p) out[p] = std::log(x[p]);
}

void add_scaled(std::size_t count, double scale, const double* x, double shift,
                double* out) noexcept {
  for (std::size_t p = 0; p < count; ++p) out[p] += scale * x[p] + shift;
}

}  // namespace

extern constinit const PathKernels kPathScalar{exponentials, logarithms, add_scaled};

}  // namespace strikeproof::simd
