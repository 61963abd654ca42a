// The contour of Heston's integral (src/heston.cpp) and its nodes.
//
// x(y) = -i/2 + b (sinh(y + i w) - i sin w) bends from -i/2 to the side where exp(-i x k) decays
// [1]: nothing oscillates without decay, whatever expiry and strike are. The angle w is half of
// what the characteristic function allows: far out |phi| ~ exp(-c Re(x e^{i asin rho})), while near
// the origin it is Gaussian and allows pi/4. In y the integrand is analytic in a strip of that half
// width; the trapezoidal rule converges like exp(-2 pi width/step). The first step is the one that
// this law asks for.
//
// [1] Boyarchenko, S. and Levendorskii, S. (2019), Sinh-acceleration: efficient evaluation of
//     probability distributions, option pricing, and Monte Carlo simulations, Int. J. Theoretical
//     and Applied Finance 22(3).
#include <algorithm>
#include <cmath>
#include <numbers>

#include "simd/heston_kernels.hpp"
#include "strikeproof/heston.hpp"

namespace strikeproof::heston {
namespace {

constexpr double kFarthest = 60.0;  // of y: exp(60) is beyond every scale in use
// Widest use of the angles allowed, and the narrowest strip that is tried (correlations of -1, 1).
constexpr double kWidestAngle = 0.25 * std::numbers::pi;
constexpr double kNarrowestAngle = 0.015;
constexpr double kFirstAccuracy = 28.0;  // exp(-28) = 7e-13

/// Where the vector kernels' formulas neither divide by 0 nor leave the exponents.
bool ordinary(const Model& v, double time) noexcept {
  return v.volatility_of_variance > 1e-6 && v.volatility_of_variance < 1e3 &&
         v.mean_reversion < 1e4 && v.initial_variance < 1e4 && v.long_run_variance < 1e4 &&
         time > 1e-8 && time < 1e4;
}

/// The widest angle at which the integrand decays to that side.
double widest(double correlation, Contour::Bend bend) noexcept {
  const double tilt = std::asin(correlation);
  const double open = 0.5 * std::numbers::pi + (bend == Contour::Bend::kUp ? -tilt : tilt);
  return std::max(std::min(kWidestAngle, open), kNarrowestAngle);
}

}  // namespace

Contour::Contour(const Model& model, double time_to_expiry, Bend bend)
    : model_(model),
      time_(time_to_expiry),
      kernels_(ordinary(model, time_to_expiry) ? &simd::heston_kernels() : &simd::kHestonScalar) {
  const double open = widest(model.correlation, bend);
  angle_ = bend == Bend::kUp ? 0.5 * open : -0.5 * open;
  // every hyperbola of the strip crosses between the poles at 0 and -i
  const double middle = std::sin(0.5 * open);
  scale_ = 0.45 / std::max(middle, std::sin(open) - middle);
  step_ = std::numbers::pi * open / kFirstAccuracy;
  // the first weight is phi, a real number, times dx/dy step/(2 pi) over x (x + i) = 1/4
  first_unit_ = 2.0 * step_ / std::numbers::pi * scale_ * std::cos(angle_);
}

double Contour::size(const double* block, double log_strike) const noexcept {
  const double first_weight = block[2 * simd::kBlockNodes];
  return std::abs(first_weight) / first_unit_ * std::exp(0.5 * log_strike);
}

const Contour::Nodes& Contour::nodes(int level, bool with_slopes) {
  Nodes& found = levels_[static_cast<std::size_t>(level)];
  if (found.count > 0 && (!with_slopes || !found.slopes.empty())) return found;
  // level 0 has every multiple of its step, the next ones the odd multiples of theirs
  const double step = std::ldexp(step_, -level);
  const simd::HestonContour shape{model_, time_, scale_, std::cos(angle_), std::sin(angle_), step};
  const double stride = level == 0 ? 1.0 : 2.0;
  double next = level == 0 ? 0.0 : 1.0;
  constexpr std::size_t kUsual = 16;
  found.blocks.reserve(kUsual * simd::kBlockSize);
  if (with_slopes) found.slopes.reserve(kUsual * simd::kSlopesSize);
  bool matters = true;
  found.count = 0;
  for (; matters && next * step < kFarthest; next += stride * simd::kBlockNodes) {
    found.blocks.resize((found.count + 1) * simd::kBlockSize);
    if (with_slopes) found.slopes.resize((found.count + 1) * simd::kSlopesSize);
    matters = kernels_->nodes(
        shape, next, stride, found.blocks.data() + found.count * simd::kBlockSize,
        with_slopes ? found.slopes.data() + found.count * simd::kSlopesSize : nullptr);
    ++found.count;
  }
  return found;
}

}  // namespace strikeproof::heston
