// Smallest value of a function of one variable.
#pragma once

#include <algorithm>
#include <cmath>

namespace strikeproof::numeric {

struct Lowest {
  double at;
  double value;
};

/// Smallest value of f on [from, to]: the best of equal steps, then golden sections around it.
template <class Function>
[[nodiscard]] Lowest lowest(const Function& f, double from, double to, int steps) {
  constexpr int kSections = 40;  // leave 4e-9 of two steps, where values differ by rounding only
  const double width = (to - from) / steps;
  Lowest best{from, f(from)};
  for (int i = 1; i <= steps; ++i) {
    const double x = i == steps ? to : from + i * width;
    const double y = f(x);
    if (y < best.value) best = {x, y};
  }
  double low = std::max(from, best.at - width);
  double high = std::min(to, best.at + width);
  const double golden = 0.5 * (std::sqrt(5.0) - 1.0);
  Lowest left{high - golden * (high - low), 0.0};
  Lowest right{low + golden * (high - low), 0.0};
  left.value = f(left.at);
  right.value = f(right.at);
  for (int i = 0; i < kSections; ++i) {
    if (left.value < right.value) {
      high = right.at;
      right = left;
      left.at = high - golden * (high - low);
      left.value = f(left.at);
    } else {
      low = left.at;
      left = right;
      right.at = low + golden * (high - low);
      right.value = f(right.at);
    }
  }
  for (const Lowest& found : {left, right}) {
    if (found.value < best.value) best = found;
  }
  return best;
}

}  // namespace strikeproof::numeric
