// The average of a lognormal path with given weights; internal to the core.
#pragma once

#include <vector>

#include "strikeproof/market.hpp"

namespace strikeproof::asian {

/// sum_i weight[i] S(i T / n), i = 0 ... n, where n + 1 is the number of weights.
struct Weighted {
  std::vector<double> weight;
  double time;
};

/// Volatility times the root of time below which a bound is as good as the density.
inline constexpr double kLowDeviation = 2e-3;

/// Price with its derivatives by the spot.
struct Slopes {
  double price;
  double delta;
  double gamma;
};

/// exp(-r T) E[(phi (average - strike))+] by recursive quadrature; spot > 0, volatility > 0. NaN
/// where drift or volatility would need grids of too many points.
[[nodiscard]] Slopes accurate(double phi, double strike, const Weighted& average,
                              const FlatMarket& market);

/// The same by a lognormal distribution with the average's first two moments [Levy 1992].
[[nodiscard]] double lognormal(double phi, double strike, const Weighted& average,
                               const FlatMarket& market);

/// The same for E[average given the geometric average], a lower bound [Curran 1994].
[[nodiscard]] Slopes curran(double phi, double strike, const Weighted& average,
                            const FlatMarket& market);

/// E[average].
[[nodiscard]] double mean(const Weighted& average, const FlatMarket& market);

}  // namespace strikeproof::asian
