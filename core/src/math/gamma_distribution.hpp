// Quantiles of the gamma and Poisson distributions; internal to the core.
#pragma once

namespace strikeproof::math {

/// ln Gamma(a), a > 0; absolute error below 1e-14 max(1, |ln Gamma(a)|).
[[nodiscard]] double log_gamma(double a) noexcept;

/// ln P(a, exp(y)) and ln Q(a, exp(y)): the gamma distribution of shape a > 0 below and above
/// exp(y).
[[nodiscard]] double log_gamma_below(double a, double y) noexcept;
[[nodiscard]] double log_gamma_above(double a, double y) noexcept;

/// The gamma number of shape a > 0 that is as likely not exceeded as the standard normal z;
/// relative error below 1e-11 for |z| < 8. 0 where it is below the smallest double.
[[nodiscard]] double gamma_quantile(double a, double z) noexcept;

/// The least n with chance at least N(z) that a Poisson number of this mean >= 0 is at most n.
[[nodiscard]] double poisson_quantile(double mean, double z) noexcept;

}  // namespace strikeproof::math
