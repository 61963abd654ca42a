// What every engine returns for one contract.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "strikeproof/status.hpp"

namespace strikeproof {

/// Price and raw derivatives: vega per 1.00 of volatility, theta per year, rho per 1.00 of rate.
struct Greeks {
  double price;
  double delta;
  double gamma;
  double vega;
  double theta;
  double rho;
};

struct PriceResult {
  double value;  // NaN unless status is kOk
  Status status;
};

struct GreeksResult {
  Greeks value;  // all NaN unless status is kOk
  Status status;
};

/// Whether every number of a result's value, which holds doubles alone, is finite.
template <class Values>
[[nodiscard]] bool is_finite(const Values& values) noexcept {
  const auto all = std::bit_cast<std::array<double, sizeof(Values) / sizeof(double)>>(values);
  return std::ranges::all_of(all, [](double x) { return std::isfinite(x); });
}

/// Price and its derivatives by the spot.
struct SpotGreeks {
  double price;
  double delta;
  double gamma;
};

struct SpotGreeksResult {
  SpotGreeks value;  // all NaN unless status is kOk
  Status status;
};

}  // namespace strikeproof
