// Gauss-Hermite rules and trapezoids for the standard normal density.
#include "numeric/normal_rules.hpp"

#include <cmath>

namespace strikeproof::numeric {

// Gauss-Hermite by Newton's method on the normalised recurrence, roots found from the largest down.
Rule gauss_hermite(std::size_t n) {
  Rule rule{std::vector<double>(n), std::vector<double>(n)};
  const auto size = static_cast<double>(n);
  const double first = 0.75112554446494248;  // pi^(-1/4)
  double z = 0.0;
  for (std::size_t i = 0; i < (n + 1) / 2; ++i) {
    const auto& x = rule.node;
    if (i == 0) z = std::sqrt(2.0 * size + 1.0) - 1.85575 * std::pow(2.0 * size + 1.0, -1.0 / 6.0);
    if (i == 1) z -= 1.14 * std::pow(size, 0.426) / z;
    if (i == 2) z = 1.86 * z - 0.86 * x[0];
    if (i == 3) z = 1.91 * z - 0.91 * x[1];
    if (i > 3) z = 2.0 * z - x[i - 2];
    double slope = 1.0;
    for (int step = 0; step < 20; ++step) {
      double value = first;
      double before = 0.0;
      for (std::size_t j = 1; j <= n; ++j) {
        const auto order = static_cast<double>(j);
        const double next =
            z * std::sqrt(2.0 / order) * value - std::sqrt((order - 1.0) / order) * before;
        before = value;
        value = next;
      }
      slope = std::sqrt(2.0 * size) * before;
      const double change = value / slope;
      z -= change;
      if (std::fabs(change) < 1e-15) break;
    }
    rule.node[i] = z;
    rule.node[n - 1 - i] = -z;
    rule.weight[i] = rule.weight[n - 1 - i] = 2.0 / (slope * slope);
  }
  const double scale = std::sqrt(2.0);
  for (double& x : rule.node) x *= scale;
  for (double& w : rule.weight) w /= 1.7724538509055160;
  return rule;
}

// Trapezoids over the normal density: exponentially exact as well.
Rule trapezoids(double reach, double step) {
  const auto half = static_cast<std::ptrdiff_t>(reach / step);
  Rule rule;
  double mass = 0.0;
  for (std::ptrdiff_t i = -half; i <= half; ++i) {
    const double x = static_cast<double>(i) * step;
    rule.node.push_back(x);
    rule.weight.push_back(std::exp(-0.5 * x * x));
    mass += rule.weight.back();
  }
  for (double& w : rule.weight) w /= mass;
  return rule;
}

}  // namespace strikeproof::numeric
