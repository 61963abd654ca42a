// Surfaces and quotes that the models of smiles are priced on and fitted to.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "strikeproof/black_scholes.hpp"
#include "strikeproof/heston.hpp"
#include "strikeproof/heston_calibration.hpp"
#include "strikeproof/ssvi.hpp"
#include "strikeproof/ssvi_calibration.hpp"
#include "strikeproof/svi.hpp"
#include "strikeproof/svi_calibration.hpp"

namespace strikeproof::benchmarks {

inline constexpr heston::Market kHestonMarket{100.0, 0.03, 0.01, {0.04, 0.05, 1.5, 0.5, -0.6}};

/// Out-of-the-money options by expiries of `strikes` each, from a month to two years.
[[nodiscard]] inline std::vector<VanillaOption> surface(std::size_t size, std::size_t strikes) {
  std::vector<VanillaOption> found;
  const std::size_t expiries = size / strikes;
  for (std::size_t i = 0; i < size; ++i) {
    const double place = static_cast<double>(i / strikes) / static_cast<double>(expiries);
    const double time = 0.08 * std::pow(25.0, place);
    const double way =
        2.0 * (static_cast<double>(i % strikes) + 0.5) / static_cast<double>(strikes) - 1.0;
    const double log_strike = 0.5 * way * std::sqrt(time);
    found.push_back({log_strike > 0.0 ? OptionType::kCall : OptionType::kPut,
                     kHestonMarket.spot * std::exp(0.02 * time + log_strike), time});
  }
  return found;
}

/// Quotes by five expiries that Heston's model fits but for an error of a fifth of a volatility
/// point.
[[nodiscard]] inline std::vector<calibration::Quote> heston_quotes(std::size_t size) {
  std::vector<calibration::Quote> quotes;
  for (const VanillaOption& option : surface(size, size / 5)) {
    const double forward = kHestonMarket.spot * std::exp(0.02 * option.time_to_expiry);
    const double price =
        heston::value(option, {forward, 0.0, 0.0, kHestonMarket.model}).value.price;
    const double exact =
        black_scholes::implied_volatility(price, option, {forward, 0.0, 0.0, 0.0}).value;
    const double error = 0.002 * std::sin(11.0 * static_cast<double>(quotes.size()));
    quotes.push_back({option.strike, option.time_to_expiry, forward, exact + error, 1.0});
  }
  return quotes;
}

[[nodiscard]] inline std::vector<calibration::Bounds> heston_bounds() {
  return {{1e-8, 10.0}, {1e-8, 10.0}, {1e-4, 100.0}, {1e-4, 20.0}, {-0.9999, 0.9999}};
}

inline constexpr svi::Raw kSmile{0.01, 0.1, -0.5, 0.02, 0.15};

/// Quotes of one smile of a year, off the hyperbola by a fifth of a volatility point.
[[nodiscard]] inline std::vector<svi::Quote> svi_quotes(std::size_t size) {
  std::vector<svi::Quote> quotes;
  for (std::size_t i = 0; i < size; ++i) {
    const double k = -0.6 + 1.0 * static_cast<double>(i) / static_cast<double>(size - 1);
    const double error = 0.002 * std::sin(11.0 * static_cast<double>(i));
    quotes.push_back({k, std::sqrt(svi::total_variance(kSmile, k).value) + error, 1.0});
  }
  return quotes;
}

inline constexpr std::size_t kSsviExpiries = 5;

[[nodiscard]] inline std::vector<double> ssvi_times() { return {0.1, 0.25, 0.5, 1.0, 2.0}; }

[[nodiscard]] inline ssvi::Surface ssvi_surface() {
  std::vector<ssvi::Slice> slices;
  for (const double time : ssvi_times()) {
    const double theta = 0.04 * time;
    slices.push_back({theta, -0.5, 0.9 * std::sqrt(theta)});
  }
  return {ssvi_times(), slices, ssvi::Family::kSlices, 0.0, 0.0, ssvi::Interpolation::kSmooth};
}

/// Quotes of that surface, an equal number for each expiry, with the same error.
[[nodiscard]] inline std::vector<ssvi::Quote> ssvi_quotes(std::size_t size) {
  const ssvi::Surface of = ssvi_surface();
  const std::size_t strikes = size / kSsviExpiries;
  std::vector<ssvi::Quote> quotes;
  for (std::size_t i = 0; i < strikes * kSsviExpiries; ++i) {
    const std::size_t expiry = i / strikes;
    const double time = ssvi_times()[expiry];
    const double way =
        2.0 * (static_cast<double>(i % strikes) + 0.5) / static_cast<double>(strikes) - 1.0;
    const double k = 0.4 * way * std::sqrt(time);
    const double variance = ssvi::at(of.smile(time), k).by_moneyness.value;
    const double error = 0.002 * std::sin(11.0 * static_cast<double>(i));
    quotes.push_back({expiry, k, std::sqrt(variance / time) + error, 1.0});
  }
  return quotes;
}

}  // namespace strikeproof::benchmarks
