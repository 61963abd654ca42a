// Chebyshev nodes in x = sqrt(tau / T) and Gauss-Legendre points in the angle theta of
//
//   u = t cos^2 theta,  sqrt(t - u) = sqrt(t) sin theta,  du = 2 t sin theta cos theta dtheta
//
// in which both square-root singularities of the integrals are gone: [1] uses the sine alone. The
// points x_i cos theta_k at which H is needed do not depend on the option, so interpolation [2] is
// a matrix.
//
// [1] Andersen, L., Lake, M. and Offengenden, D. (2016), High-performance American option pricing,
//     J. Computational Finance 20(1), 39-87.
// [2] Berrut, J.-P. and Trefethen, L. N. (2004), Barycentric Lagrange interpolation, SIAM Rev.
//     46(3), 501-517.
#include "simd/american_scheme.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace strikeproof::simd {
namespace {

using std::numbers::pi;

// Nodes are Chebyshev's in x^(1/crowding). The boundary has a logarithm at the start of its time
// where the rate is above the yield, which crowded nodes resolve better; at 2 the iteration fails.
// Where the yield is above the rate it bends later on, and crowded nodes see less of that.
constexpr double kCrowding = 1.5;

struct Rule {
  std::vector<double> point, weight;  // on (0, 1)
};

// Gauss-Legendre by Newton's method on the recurrence of the polynomials.
Rule gauss_legendre(std::size_t count) {
  Rule rule{std::vector<double>(count), std::vector<double>(count)};
  const auto n = static_cast<double>(count);
  for (std::size_t k = 0; k < count; ++k) {
    double z = std::cos(pi * (static_cast<double>(k) + 0.75) / (n + 0.5));
    double slope = 1.0;
    for (int step = 0; step < 8; ++step) {
      double value = 1.0;
      double before = 0.0;
      for (std::size_t j = 1; j <= count; ++j) {
        const auto m = static_cast<double>(j);
        const double next = ((2.0 * m - 1.0) * z * value - (m - 1.0) * before) / m;
        before = value;
        value = next;
      }
      slope = n * (z * value - before) / (z * z - 1.0);
      z -= value / slope;
    }
    rule.point[k] = 0.5 * (1.0 + z);
    rule.weight[k] = 1.0 / ((1.0 - z * z) * slope * slope);
  }
  return rule;
}

// Weights of H at the nodes (x = 0 left out, there H = 0) for its value at x. Before the first node
// H is taken as proportional to x^2: a polynomial that ends in 0 would turn negative there, and
// Newton's method would not converge.
std::vector<double> interpolation(const std::vector<double>& at, double x) {
  if (x < at[0]) {
    std::vector<double> first(at.size(), 0.0);
    first[0] = (x / at[0]) * (x / at[0]);
    return first;
  }
  std::vector<double> node = at;
  for (double& value : node) value = std::pow(value, 1.0 / kCrowding);
  x = std::pow(x, 1.0 / kCrowding);
  const std::size_t count = node.size();
  std::vector<double> weights(count, 0.0);
  double sum = 0.0;
  for (std::size_t j = 0; j <= count; ++j) {  // j = count stands for the node at 0
    const double own = j < count ? node[j] : 0.0;
    if (x == own) {
      std::vector<double> exact(count, 0.0);
      if (j < count) exact[j] = 1.0;
      return exact;
    }
    // Chebyshev points of the second kind, ends halved; node j is cos(pi j / count) from the top
    const bool end = j == count || j + 1 == count;
    const std::size_t place = j == count ? count : count - 1 - j;
    const double sign = place % 2 == 0 ? 1.0 : -1.0;
    const double term = sign * (end ? 0.5 : 1.0) / (x - own);
    sum += term;
    if (j < count) weights[j] = term;
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// theta = pi/2 y^power: a power above 1 crowds points where the spot is close to the boundary.
AmericanScheme::Quadrature quadrature(const std::vector<double>& node, std::size_t first,
                                      std::size_t points, double power) {
  const Rule rule = gauss_legendre(points);
  AmericanScheme::Quadrature q;
  for (std::size_t k = 0; k < points; ++k) {
    const double y = rule.point[k];
    const double theta = 0.5 * pi * std::pow(y, power);
    const double sine = std::sin(theta);
    const double cosine = std::cos(theta);
    q.sine.push_back(sine);
    q.inverse_sine.push_back(1.0 / sine);
    q.cosine.push_back(cosine);
    q.weight.push_back(0.5 * pi * power * std::pow(y, power - 1.0) * rule.weight[k] * 2.0 * sine *
                       cosine);
  }
  for (std::size_t i = first; i < node.size(); ++i) {
    for (const double cosine : q.cosine) {
      const std::vector<double> row = interpolation(node, node[i] * cosine);
      q.interpolation.insert(q.interpolation.end(), row.begin(), row.end());
    }
  }
  return q;
}

}  // namespace

AmericanScheme make_american_scheme(const AmericanSizes& sizes, const AmericanScheme* coarse) {
  AmericanScheme scheme{};
  scheme.sizes = sizes;
  for (std::size_t i = 1; i <= sizes.nodes; ++i) {
    const double angle =
        pi * static_cast<double>(sizes.nodes - i) / static_cast<double>(sizes.nodes);
    scheme.x.push_back(i == sizes.nodes ? 1.0 : std::pow(0.5 * (1.0 + std::cos(angle)), kCrowding));
  }
  scheme.boundary = quadrature(scheme.x, 0, sizes.points, 1.0);
  scheme.price = quadrature(scheme.x, sizes.nodes - 1, sizes.price_points, 2.0);
  scheme.coarse = coarse;
  if (coarse != nullptr) {
    for (const double x : scheme.x) {
      const std::vector<double> row = interpolation(coarse->x, x);
      scheme.from_coarse.insert(scheme.from_coarse.end(), row.begin(), row.end());
    }
  }
  return scheme;
}

}  // namespace strikeproof::simd
