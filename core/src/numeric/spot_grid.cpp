// Nodes of the grids; formulas and sources in the header.
#include "numeric/spot_grid.hpp"

#include <cmath>
#include <utility>

namespace strikeproof::numeric {
namespace {

using Foci = std::vector<Focus>;

double stretched(const Foci& foci, double x) noexcept {
  if (foci.empty()) return x;
  double sum = 0.0;
  for (const Focus& f : foci) sum += std::asinh((x - f.point) / f.width);
  return sum;
}

double density(const Foci& foci, double x) noexcept {
  double sum = 0.0;
  for (const Focus& f : foci) sum += 1.0 / std::hypot(f.width, x - f.point);
  return sum;
}

// x within [low, high] of a stretched value: Newton's method, bisection where it would leave.
double unstretched(const Foci& foci, double target, double low, double high) noexcept {
  if (foci.empty()) return target;
  if (foci.size() == 1) return foci[0].point + foci[0].width * std::sinh(target);
  double x = low + (target - stretched(foci, low)) / density(foci, low);
  if (!(x > low && x < high)) x = 0.5 * (low + high);
  for (int k = 0; k < 200; ++k) {
    const double miss = stretched(foci, x) - target;
    (miss > 0.0 ? high : low) = x;
    double next = x - miss / density(foci, x);
    // the error falls to its square: after so short a step nothing of it is left
    if (std::abs(next - x) <= 1e-9 * std::abs(x)) return next;
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    x = next;
  }
  return x;
}

/// Monotone cubic through ascending knots.
class Monotone {
 public:
  Monotone(std::vector<double> x, std::vector<double> y) : x_(std::move(x)), y_(std::move(y)) {
    const std::size_t n = x_.size();
    slope_.resize(n);
    const auto secant = [this](std::size_t i) { return (y_[i + 1] - y_[i]) / (x_[i + 1] - x_[i]); };
    for (std::size_t i = 1; i + 1 < n; ++i) {
      const double left = x_[i] - x_[i - 1], right = x_[i + 1] - x_[i];
      const double before = 2.0 * right + left, after = right + 2.0 * left;
      slope_[i] = (before + after) / (before / secant(i - 1) + after / secant(i));
    }
    slope_.front() = secant(0);
    slope_.back() = secant(n - 2);
  }

  [[nodiscard]] double operator()(double x) const noexcept {
    std::size_t i = 0;
    while (i + 2 < x_.size() && x >= x_[i + 1]) ++i;
    const double h = x_[i + 1] - x_[i], t = (x - x_[i]) / h, u = 1.0 - t;
    return y_[i] * u * u * (1.0 + 2.0 * t) + y_[i + 1] * t * t * (1.0 + 2.0 * u) +
           h * t * u * (slope_[i] * u - slope_[i + 1] * t);
  }

 private:
  std::vector<double> x_, y_, slope_;
};

// Which node of the coarsest grid each point becomes; a point too near to another stays off.
std::vector<std::pair<int, double>> pinned(const AxisPlan& plan) {
  const double from = stretched(plan.foci, plan.low);
  const double range = stretched(plan.foci, plan.top) - from;
  std::vector<std::pair<int, double>> pins;
  for (const double point : plan.on_nodes) {
    if (!(point > plan.low && point < plan.top)) continue;
    const double part = (stretched(plan.foci, point) - from) / range;
    const int node = static_cast<int>(std::lround(part * plan.cells));
    const bool free = std::ranges::none_of(pins, [&](const auto& pin) {
      return std::abs(pin.first - node) < 2 || (pin.first < node) != (pin.second < point);
    });
    if (free && node > 1 && node < plan.cells - 1) pins.emplace_back(node, point);
  }
  std::ranges::sort(pins);
  return pins;
}

}  // namespace

Grid stretched_grid(const AxisPlan& plan) {
  const int cells = plan.cells * plan.refinement;
  const double from = stretched(plan.foci, plan.low), to = stretched(plan.foci, plan.top);
  const auto pins = pinned(plan);
  std::vector<double> uniform{0.0}, part{0.0};
  for (const auto& [node, point] : pins) {
    uniform.push_back(static_cast<double>(node) / plan.cells);
    part.push_back((stretched(plan.foci, point) - from) / (to - from));
  }
  uniform.push_back(1.0);
  part.push_back(1.0);
  const Monotone map(std::move(uniform), std::move(part));
  Grid grid(static_cast<std::size_t>(cells) + 1);
  grid.front() = plan.low;
  grid.back() = plan.top;
  for (std::size_t i = 1; i + 1 < grid.size(); ++i) {
    const double eta = static_cast<double>(i) / cells;
    grid[i] = unstretched(plan.foci, from + map(eta) * (to - from), grid[i - 1], plan.top);
  }
  for (const auto& [node, point] : pins) {
    grid[static_cast<std::size_t>(node * plan.refinement)] = point;
  }
  return grid;
}

Axis make_axis(const AxisPlan& plan) {
  if (!plan.logarithmic) {
    Grid spot = stretched_grid(plan);
    return {spot, spot, false};
  }
  AxisPlan logs = plan;
  logs.foci.clear();
  logs.low = std::log(plan.low);
  logs.top = std::log(plan.top);
  for (double& point : logs.on_nodes) point = std::log(point);
  Axis axis{stretched_grid(logs), {}, true};
  axis.spot.resize(axis.size());
  std::ranges::transform(axis.x, axis.spot.begin(), [](double x) { return std::exp(x); });
  axis.spot.front() = plan.low;
  axis.spot.back() = plan.top;
  for (const double point : plan.on_nodes) {  // exp(log) may miss by rounding
    const auto at = std::ranges::find(axis.x, std::log(point));
    if (at != axis.x.end()) axis.spot[static_cast<std::size_t>(at - axis.x.begin())] = point;
  }
  return axis;
}

}  // namespace strikeproof::numeric
