// Models of smiles: prices of surfaces, and fits. A fit is one unit, counted between one and two.
#include "../smiles.hpp"

#include <optional>
#include <vector>

#include "../contracts.hpp"
#include "kernels.hpp"
#include "strikeproof/bates.hpp"

namespace strikeproof::counts {
namespace {

constexpr std::size_t kStrikes = 20;
constexpr std::size_t kSmall = 40;
constexpr std::size_t kLarge = 200;

const std::vector<VanillaOption>& options() {
  static const std::vector<VanillaOption> made = benchmarks::surface(kLarge, kStrikes);
  return made;
}

template <class One>
double by_expiry(std::size_t count, const One& one) {
  double total = 0.0;
  for (std::size_t first = 0; first < count; first += kStrikes) {
    heston::Expiry expiry(benchmarks::kHestonMarket.model, options()[first].time_to_expiry);
    for (std::size_t i = first; i < first + kStrikes; ++i) total += one(options()[i], expiry);
  }
  return total;
}

double heston_price(std::size_t count) {
  return by_expiry(count, [](const VanillaOption& option, heston::Expiry& expiry) {
    return heston::price(option, benchmarks::kHestonMarket, expiry).value;
  });
}

double heston_sensitivities(std::size_t count) {
  return by_expiry(count, [](const VanillaOption& option, heston::Expiry& expiry) {
    return heston::sensitivities(option, benchmarks::kHestonMarket, expiry).value.theta;
  });
}

double bates_price(std::size_t count) {
  const heston::Market& of = benchmarks::kHestonMarket;
  const bates::Market market{of.spot, of.rate, of.dividend_yield, {of.model, benchmarks::kJumps}};
  std::optional<bates::Expiry> expiry;
  double total = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    total += bates::price(options()[i], market, expiry).value;
  }
  return total;
}

template <class Fit>
double fits(std::size_t count, const Fit& fit) {
  double total = 0.0;
  for (std::size_t i = 0; i < count; ++i) total += fit();
  return total;
}

double heston_calibration(std::size_t count) {
  static const std::vector<calibration::Quote> quotes = benchmarks::heston_quotes(20);
  return fits(count, [] {
    return calibration::calibrate(calibration::Family::kHeston, quotes, benchmarks::heston_bounds(),
                                  {})
        .sum_of_squares;
  });
}

double svi_calibration(std::size_t count) {
  static const std::vector<svi::Quote> quotes = benchmarks::svi_quotes(15);
  return fits(count, [] { return svi::calibrate(quotes, 1.0, {}).sum_of_squares; });
}

double ssvi_calibration(std::size_t count) {
  static const std::vector<ssvi::Quote> quotes = benchmarks::ssvi_quotes(20);
  return fits(count,
              [] { return ssvi::calibrate(benchmarks::ssvi_times(), quotes, {}).sum_of_squares; });
}

double log_moneyness(std::size_t i) {
  return -1.0 + 2.0 * static_cast<double>(i) / static_cast<double>(kLarge);
}

double svi_variance(std::size_t count) {
  double total = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double k = log_moneyness(i);
    total += svi::durrleman(k, svi::total_variance(benchmarks::kSmile, k));
  }
  return total;
}

double ssvi_local_volatility(std::size_t count) {
  static const ssvi::Surface surface = benchmarks::ssvi_surface();
  double total = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double time = 0.1 + 0.009 * static_cast<double>(i);
    total += ssvi::local_volatility(surface.smile(time), 0.2 * log_moneyness(i)).value;
  }
  return total;
}

}  // namespace

void add_smiles(Kernels& kernels) {
  kernels.push_back({"heston/price", "", "option", kSmall, kLarge, heston_price});
  kernels.push_back({"heston/sensitivities", "", "option", kSmall, kLarge, heston_sensitivities});
  kernels.push_back({"bates/price", "", "option", kSmall, kLarge, bates_price});
  kernels.push_back({"heston/calibrate_20", "", "fit", 1, 2, heston_calibration});
  kernels.push_back({"svi/density", kScalar, "point", kSmall, kLarge, svi_variance});
  kernels.push_back({"svi/calibrate_15", kScalar, "fit", 1, 2, svi_calibration});
  kernels.push_back(
      {"ssvi/local_volatility", kScalar, "point", kSmall, kLarge, ssvi_local_volatility});
  kernels.push_back({"ssvi/calibrate_20", kScalar, "fit", 1, 2, ssvi_calibration});
}

}  // namespace strikeproof::counts
