// The variance after a step is C times a noncentral chi-square number with d = 4 kappa theta/eps^2
// degrees of freedom and noncentrality v exp(-kappa dt)/C, C = eps^2 (1 - exp(-kappa dt))/(4 kappa)
// [1]: a gamma number of shape d/2 + n times 2 C, n of Poisson's distribution. The integral I of
// the variance over the step has, given both ends, its two first moments exactly
// (heston_bridge.cpp) and the shape of an inverse Gaussian number [2], drawn by [3]. Then [1, (11)]
//
//   ln S' = ln S + drift + (rho/eps)(v' - v - kappa theta dt + kappa I) - I/2 + sqrt((1 - rho^2) I)
//   Z
//
// Only the shape of I is not exact. Elementary functions are the library's: the last bits may
// differ from machine to machine, but not with the number of threads.
//
// [1] Broadie, M. and Kaya, O. (2006), Operations Research 54(2), 217-231.
// [2] Tse, S. and Wan, J. (2013), Low-bias simulation scheme for the Heston model by inverse
// Gaussian
//     approximation, Quantitative Finance 13(6), 919-937.
// [3] Michael, J., Schucany, W. and Haas, R. (1976), American Statistician 30(2), 88-90.
#include "heston_almost_exact.hpp"

#include <cmath>

#include "math/gamma_distribution.hpp"

namespace strikeproof::monte_carlo {
namespace {

/// An inverse Gaussian number; the two roots of its equation multiply to mean^2.
double inverse_gaussian(const MeanAndVariance& law, double z, double u) noexcept {
  if (!(law.mean > 0.0)) return 0.0;
  const double t = law.variance / (law.mean * law.mean) * z * z;
  const double root = 1.0 / (1.0 + 0.5 * (t + std::sqrt(t * (4.0 + t))));
  return u <= 1.0 / (1.0 + root) ? law.mean * root : law.mean / root;
}

}  // namespace

AlmostExactStep::AlmostExactStep(const heston::Model& model, double length, double drift) noexcept
    : decay_(std::exp(-model.mean_reversion * length)), integral_(model, length) {
  const double eps = model.volatility_of_variance;
  const double kappa = model.mean_reversion;
  const double years = kappa > 0.0 ? -std::expm1(-kappa * length) / kappa : length;
  unit_ = 0.25 * eps * eps * years;
  half_ = 2.0 * kappa * model.long_run_variance / (eps * eps);
  leverage_ = model.correlation / eps;
  reversion_ = kappa;
  complement_ = (1.0 - model.correlation) * (1.0 + model.correlation);
  drift_ = drift - leverage_ * kappa * model.long_run_variance * length;
}

void AlmostExactStep::advance(const Numbers& numbers, const Paths& paths,
                              bool continuous) const noexcept {
  double* const x = paths.log_spot[0];
  double* const variance = paths.state[0];
  for (std::size_t p = 0; p < paths.count; ++p) {
    const double v = variance[p];
    const double count = math::poisson_quantile(0.5 * v * decay_ / unit_, numbers.normals[1][p]);
    const double shape = half_ + count;
    const double next =
        shape > 0.0 ? 2.0 * unit_ * math::gamma_quantile(shape, numbers.normals[2][p]) : 0.0;
    const double integral =
        inverse_gaussian(integral_.given(v, next), numbers.normals[3][p], numbers.uniforms[0][p]);
    x[p] += drift_ + leverage_ * (next - v + reversion_ * integral) - 0.5 * integral +
            std::sqrt(complement_ * integral) * numbers.normals[0][p];
    variance[p] = next;
    if (continuous) paths.variance[0][p] = integral;
  }
}

}  // namespace strikeproof::monte_carlo
