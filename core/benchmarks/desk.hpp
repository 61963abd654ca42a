// Options such as a desk holds, for benchmarks and instruction counts.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "strikeproof/column.hpp"

namespace strikeproof::benchmarks {

/// Options such as a desk holds: strikes within so many deviations of the spot, a day to five
/// years, volatilities of 5 to 80 %.
struct RandomOptions {
  explicit RandomOptions(std::size_t size, double widest = 3.0) {
    std::mt19937_64 random(20260101);
    std::uniform_real_distribution<double> unit(0.0, 1.0);
    for (std::size_t i = 0; i < size; ++i) {
      sign.push_back(unit(random) < 0.5 ? 1.0 : -1.0);
      spot.push_back(20.0 + 180.0 * unit(random));
      time.push_back(1.0 / 365.0 + 5.0 * unit(random));
      rate.push_back(0.06 * unit(random));
      yield.push_back(0.04 * unit(random));
      volatility.push_back(0.05 + 0.75 * unit(random));
      const double deviations = widest * (2.0 * unit(random) - 1.0);
      const double distance = deviations * volatility[i] * std::sqrt(time[i]);
      strike.push_back(spot[i] * std::exp(distance));
      normal_volatility.push_back(spot[i] * volatility[i]);
      normal_strike.push_back(spot[i] * (1.0 + distance));
    }
  }

  std::vector<double> sign, spot, strike, time, rate, yield, volatility;
  std::vector<double> normal_volatility, normal_strike;  // for models of differences
};

/// The options of a size, made once: a benchmark's function runs many times.
[[nodiscard]] inline const RandomOptions& random_options(std::size_t size) {
  static std::map<std::size_t, RandomOptions> made;
  return made.try_emplace(size, size).first->second;
}

[[nodiscard]] inline Column column(const std::vector<double>& values) { return {values.data(), 1}; }

/// Output columns of a run.
class Results {
 public:
  Results(std::size_t size, std::size_t columns)
      : size_(size), values_(size * columns), status_(size) {}

  [[nodiscard]] double* column(std::size_t k) { return values_.data() + k * size_; }
  [[nodiscard]] std::uint8_t* status() { return status_.data(); }
  [[nodiscard]] std::size_t bytes() const {
    return values_.size() * sizeof(double) + status_.size();
  }

 private:
  std::size_t size_;
  std::vector<double> values_;
  std::vector<std::uint8_t> status_;
};

}  // namespace strikeproof::benchmarks
