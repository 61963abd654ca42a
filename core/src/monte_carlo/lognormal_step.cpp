// Log returns of lognormal assets from one time to another.
//
//   ln S_i(t) - ln S_i(s) = int (r - q_i - sigma_i^2/2) + int sigma_i dW_i
//   covariance_ij = rho_ij int sigma_i sigma_j,   = L L' by Cholesky
//
// A row whose pivot is rounding alone follows from those before it: its own factor is 0 [1].
//
// [1] Higham, N. (2002), Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM, section
//     10.3.
#include "lognormal_step.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <string>

namespace strikeproof::monte_carlo {
namespace {

using term_structure::Piece;
using term_structure::VolatilityCurve;

constexpr double kRounding = 1e-12;

/// Integral of the product of two volatilities.
double common(const VolatilityCurve& a, const VolatilityCurve& b, double start, double end) {
  std::set<double> times{start, end};
  for (const VolatilityCurve* curve : {&a, &b}) {
    for (const Piece& piece : curve->square().pieces()) {
      if (piece.start > start && piece.start < end) times.insert(piece.start);
    }
  }
  double sum = 0.0;
  for (auto at = times.begin(); std::next(at) != times.end(); ++at) {
    sum += std::sqrt(a.square().at(*at) * b.square().at(*at)) * (*std::next(at) - *at);
  }
  return sum;
}

/// Lower Cholesky factor of a positive semidefinite matrix, in place.
void factorise(std::vector<double>& c, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const double whole = c[i * n + i];
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = c[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= c[i * n + k] * c[j * n + k];
      if (j < i) {
        const double pivot = c[j * n + j];
        const double reach = 1e-6 * std::sqrt(whole);  // what rounding may leave of a root
        if (pivot == 0.0 && std::abs(sum) > reach * std::sqrt(whole)) {
          throw std::invalid_argument("correlation is not positive semidefinite");
        }
        c[i * n + j] = pivot > 0.0 ? sum / pivot : 0.0;
      } else if (sum < -kRounding * whole) {
        throw std::invalid_argument("correlation is not positive semidefinite");
      } else {
        c[i * n + i] = sum > kRounding * whole ? std::sqrt(sum) : 0.0;
      }
    }
    for (std::size_t j = i + 1; j < n; ++j) c[i * n + j] = 0.0;
  }
}

}  // namespace

std::vector<LognormalStep> lognormal_steps(const BlackScholesModel& model,
                                           std::vector<Step>& steps) {
  const std::size_t n = model.spot.size();
  std::vector<LognormalStep> found;
  std::vector<double> clock;
  double last = 0.0;
  double total = 0.0;
  for (const Step& step : steps) {
    LognormalStep made{std::vector<double>(n), std::vector<double>(n), std::vector<double>(n * n)};
    const double rate = model.rate.rate().between(last, step.time);
    for (std::size_t i = 0; i < n; ++i) {
      made.variance[i] = model.volatility[i].variance(last, step.time);
      made.drift[i] =
          rate - model.dividend_yield[i].rate().between(last, step.time) - 0.5 * made.variance[i];
      made.factor[i * n + i] = made.variance[i];
      total += made.variance[i];
      for (std::size_t j = 0; j < i; ++j) {
        const double covariance = model.correlation[i * n + j] *
                                  common(model.volatility[i], model.volatility[j], last, step.time);
        made.factor[i * n + j] = covariance;
        made.factor[j * n + i] = covariance;
      }
    }
    factorise(made.factor, n);
    found.push_back(std::move(made));
    clock.push_back(total);
    last = step.time;
  }
  for (std::size_t k = 0; k < clock.size(); ++k) {
    if (!(clock[k] > (k == 0 ? 0.0 : clock[k - 1]))) return found;
  }
  for (std::size_t k = 0; k < clock.size(); ++k) steps[k].clock = clock[k];
  return found;
}

std::vector<double> nodes_of(const BlackScholesModel& model) {
  std::vector<double> found;
  const auto add = [&](const term_structure::Integral& curve) {
    for (const Piece& piece : curve.pieces()) found.push_back(piece.start);
  };
  add(model.rate.rate());
  for (const auto& curve : model.dividend_yield) add(curve.rate());
  for (const auto& curve : model.volatility) add(curve.square());
  return found;
}

void start_at(const std::vector<double>& spot, const Paths& paths) noexcept {
  for (std::size_t i = 0; i < spot.size(); ++i) {
    std::fill_n(paths.log_spot[i], paths.count, std::log(spot[i]));
  }
}

}  // namespace strikeproof::monte_carlo
