// The values of a one-factor contract on its nodes, and what changes them at a moment: payoff,
// exercise on a date, a barrier watched on a date; internal to the core.
//
// A kink or jump inside a cell is averaged over the cell, from half way to the node before to half
// way to the node after: the error then stays of the second order wherever it lies. Sources:
// src/finite_difference.cpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "numeric/one_factor_terms.hpp"
#include "numeric/spot_grid.hpp"
#include "numeric/time_stepper.hpp"

namespace strikeproof::numeric {

/// What holds at an end of the nodes of a state.
enum class EdgeKind : int {
  kLine,    // V = slope S + level, or what exercise pays
  kRebate,  // a knock-out has reached its barrier
  kLinked,  // a knock-in has: it is worth what the plain option is there
};

template <class T>
struct Edge {
  EdgeKind kind = EdgeKind::kLine;
  T slope{}, level{};
};

/// Values of a contract at the nodes `first` to `last`.
template <class T>
struct State {
  State(const Operator<T>& generator, std::size_t from, std::size_t to)
      : first(from), last(to), values(to + 1), stepper(generator, from, to) {}

  std::size_t first, last;
  std::vector<T> values;
  TimeStepper<T> stepper;
  Edge<T> low, top;
};

/// Payoff at a node, averaged if its cell holds the strike.
[[nodiscard]] double averaged_payoff(const Axis& axis, const PayoffTerms& payoff, std::size_t node);

/// max(V, G) has a kink where V - G, linear between nodes, is 0: average it over its cell.
template <class T>
void average_kinks(const Axis& axis, const std::vector<T>& before, const std::vector<T>& gain,
                   std::vector<T>& values) {
  using math::value_of;
  for (std::size_t i = 0; i + 1 < axis.size(); ++i) {
    const double here = value_of(before[i]) - value_of(gain[i]);
    const double next = value_of(before[i + 1]) - value_of(gain[i + 1]);
    if (!(here * next < 0.0)) continue;
    const double h = axis.x[i + 1] - axis.x[i];
    const double at = axis.x[i] + h * here / (here - next);
    const std::size_t node = at < axis.x[i] + 0.5 * h ? i : i + 1;
    if (node == 0 || node + 1 == axis.size()) continue;
    const double low = axis.cell_low(node), top = axis.cell_top(node);
    const double beyond = axis.x[node] < at ? top - at : at - low;
    values[node] += T(std::abs(next - here) / h * beyond * beyond / (2.0 * (top - low)));
  }
}

struct Level {
  double spot;
  bool upper;
};

/// values = inside up to the level and outside beyond it, averaged over the cell that holds it.
template <class T>
void replace_beyond(const Axis& axis, Level level, const std::vector<T>& inside,
                    const std::vector<T>& outside, std::vector<T>& values) {
  const double barrier = axis.coordinate(level.spot);
  const auto integral = [&axis](const std::vector<T>& of, double from, double to) {
    const Stencil s = stencil_at(axis.x, 0.5 * (from + to));
    return weighted(of, s.first, s.value) * (to - from);
  };
  for (std::size_t i = 0; i < axis.size(); ++i) {
    const double low = axis.cell_low(i), top = axis.cell_top(i);
    if (level.upper ? top <= barrier : low >= barrier) continue;
    if (level.upper ? low >= barrier : top <= barrier) {
      values[i] = outside[i];
      continue;
    }
    const std::vector<T>& below = level.upper ? inside : outside;
    const std::vector<T>& above = level.upper ? outside : inside;
    values[i] = (integral(below, low, barrier) + integral(above, barrier, top)) / (top - low);
  }
}

}  // namespace strikeproof::numeric
