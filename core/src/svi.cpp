// Gatheral's SVI smile: total variance, its three parametrisations, Durrleman's g and the density.
//
//   raw        w = a + b (rho (k - m) + R),  R = sqrt((k - m)^2 + sigma^2)                 [1, 3.1]
//   natural    a = delta + omega/2 (1 - rho^2),  b = omega zeta/2,
//              m = mu - rho/zeta,  sigma = sqrt(1 - rho^2)/zeta                            [1, 3.2]
//   jump wings v t = w(0),  psi = w'(0)/(2 sqrt(v t)),  p, c = b (1 -+ rho)/sqrt(v t),
//              v~ t = min w                                                                [1, 3.3]
//
// Back from jump wings: with m = s beta and R(0) = s the definition of psi is beta = rho -
// 2 psi sqrt(v t)/b, and (v - v~) t = b s (1 - rho beta - sqrt((1 - rho^2)(1 - beta^2))). The
// bracket is 1 - cos of the angle between (rho, sqrt(1 - rho^2)) and (beta, sqrt(1 - beta^2)), half
// the square of their distance, which loses no digits. It is 0 where the smallest variance is at
// the money: then no s follows.
//
//   g = (1 - k w'/(2w))^2 - w'^2/4 (1/w + 1/4) + w''/2                                     [2]
//   density of k = g exp(-d^2/2)/sqrt(2 pi w),  d = -k/sqrt(w) - sqrt(w)/2                 [1, 2.2]
//
// [1] Gatheral, J. and Jacquier, A. (2014), Arbitrage-free SVI volatility surfaces, Quantitative
//     Finance 14(1), 59-71.
// [2] Durrleman, V. (2010), From implied to spot volatilities, Finance and Stochastics 14, 157-177;
//     Roper, M. (2010), Arbitrage free implied volatility surfaces, University of Sydney.
#include "strikeproof/svi.hpp"

#include <cmath>
#include <limits>

namespace strikeproof::svi {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Status status_of(const Raw& raw) noexcept {
  if (!std::isfinite(raw.a + raw.b + raw.rho + raw.m + raw.sigma)) return Status::kNonFinite;
  const bool inside = raw.b >= 0.0 && std::abs(raw.rho) <= 1.0 && raw.sigma > 0.0;
  return inside ? Status::kOk : Status::kOutOfDomain;
}

/// sqrt(1 - x^2) without loss near 1.
double complement(double x) noexcept { return std::sqrt((1.0 - x) * (1.0 + x)); }

RawResult raw_or(Status status, const Raw& raw) noexcept {
  const Status found = status == Status::kOk && !is_finite(raw) ? Status::kOverflow : status;
  if (found != Status::kOk) return {{kNan, kNan, kNan, kNan, kNan}, found};
  return {raw, found};
}

NaturalResult no_natural(Status status) noexcept {
  return {{kNan, kNan, kNan, kNan, kNan}, status};
}

JumpWingsResult no_jump_wings(Status status) noexcept {
  return {{kNan, kNan, kNan, kNan, kNan}, status};
}

}  // namespace

NaturalResult natural_from_raw(const Raw& raw) noexcept {
  const Status status = status_of(raw);
  if (status != Status::kOk) return no_natural(status);
  const double root = complement(raw.rho);
  if (root == 0.0) return no_natural(Status::kOutOfDomain);
  const double omega = 2.0 * raw.b * raw.sigma / root;
  const Natural found{raw.a - raw.b * raw.sigma * root, raw.m + raw.rho * raw.sigma / root, raw.rho,
                      omega, root / raw.sigma};
  if (!is_finite(found)) return no_natural(Status::kOverflow);
  return {found, Status::kOk};
}

RawResult raw_from_natural(const Natural& natural) noexcept {
  const auto& [delta, mu, rho, omega, zeta] = natural;
  if (!std::isfinite(delta + mu + rho + omega + zeta)) return raw_or(Status::kNonFinite, {});
  if (!(std::abs(rho) < 1.0 && omega >= 0.0 && zeta > 0.0)) {
    return raw_or(Status::kOutOfDomain, {});
  }
  return raw_or(Status::kOk, {delta + 0.5 * omega * (1.0 - rho) * (1.0 + rho), 0.5 * omega * zeta,
                              rho, mu - rho / zeta, complement(rho) / zeta});
}

JumpWingsResult jump_wings_from_raw(const Raw& raw, double time_to_expiry) noexcept {
  const Status status = status_of(raw);
  if (status != Status::kOk) return no_jump_wings(status);
  if (!std::isfinite(time_to_expiry)) return no_jump_wings(Status::kNonFinite);
  const Point at = total_variance(raw, 0.0);
  if (!(time_to_expiry > 0.0 && at.value > 0.0)) return no_jump_wings(Status::kOutOfDomain);
  const double root = std::sqrt(at.value);
  const JumpWings found{at.value / time_to_expiry, at.slope / (2.0 * root),
                        raw.b * (1.0 - raw.rho) / root, raw.b * (1.0 + raw.rho) / root,
                        least_variance(raw) / time_to_expiry};
  if (!is_finite(found)) return no_jump_wings(Status::kOverflow);
  return {found, Status::kOk};
}

RawResult raw_from_jump_wings(const JumpWings& wings, double time_to_expiry) noexcept {
  const auto& [v, psi, p, c, v_tilde] = wings;
  if (!std::isfinite(v + psi + p + c + v_tilde + time_to_expiry)) {
    return raw_or(Status::kNonFinite, {});
  }
  const bool inside = v > 0.0 && p >= 0.0 && c >= 0.0 && p + c > 0.0 && time_to_expiry > 0.0 &&
                      -p < 2.0 * psi && 2.0 * psi < c && v > v_tilde;
  if (!inside) return raw_or(Status::kOutOfDomain, {});
  const double b = 0.5 * std::sqrt(v * time_to_expiry) * (c + p);
  const double rho = (c - p) / (c + p);
  const double beta = rho - 4.0 * psi / (c + p);
  const double rho_root = 2.0 * std::sqrt(c * p) / (c + p);
  const double beta_root = complement(beta);
  const double apart = std::hypot(rho - beta, rho_root - beta_root);
  const double s = 2.0 * (v - v_tilde) * time_to_expiry / (b * apart * apart);
  if (!(std::isfinite(s) && s * beta_root > 0.0)) return raw_or(Status::kOutOfDomain, {});
  const double sigma = s * beta_root;
  return raw_or(Status::kOk,
                {v_tilde * time_to_expiry - b * sigma * rho_root, b, rho, s * beta, sigma});
}

Point total_variance(const Raw& raw, double log_moneyness) noexcept {
  const double x = log_moneyness - raw.m;
  const double root = std::hypot(x, raw.sigma);
  const double ratio = raw.sigma / root;
  return {raw.a + raw.b * (raw.rho * x + root), raw.b * (raw.rho + x / root),
          raw.b * ratio * ratio / root};
}

double least_variance(const Raw& raw) noexcept {
  return raw.a + raw.b * raw.sigma * complement(raw.rho);
}

double durrleman(double log_moneyness, const Point& w) noexcept {
  const double left = 1.0 - log_moneyness * w.slope / (2.0 * w.value);
  return left * left - 0.25 * w.slope * w.slope * (1.0 / w.value + 0.25) + 0.5 * w.curvature;
}

double density(double log_moneyness, const Point& w) noexcept {
  constexpr double kInverseRootTwoPi = 0.39894228040143267794;
  const double root = std::sqrt(w.value);
  const double d = -log_moneyness / root - 0.5 * root;
  return durrleman(log_moneyness, w) * kInverseRootTwoPi / root * std::exp(-0.5 * d * d);
}

}  // namespace strikeproof::svi
