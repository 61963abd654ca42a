// Paths of a local volatility model [1] whose volatility is that of an SSVI or eSSVI surface, in
// x = ln(spot/forward): dx = -b^2/2 dt + b dW, b(t, x) Dupire's.
//
// Every time of a step has a table of b: Hermite cubics on equal parts of [-reach, reach], slopes
// by central differences of order 4, refined until the middles of all parts are within kTolerance.
// The reach is where the smile itself puts six of its standard deviations. The derivative of the
// surface by time may jump at an expiry: a step ends with the volatility from the left and the next
// one starts with that from the right. Surfaces whose smile steepens without bound as time goes to
// 0 have a volatility there that varies on the scale of sqrt(t): the first step is split
// geometrically.
//
// [1] Dupire, B. (1994), Pricing with a smile, Risk 7(1), 18-20.
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

#include "simd/dynamics_kernels.hpp"
#include "strikeproof/monte_carlo_dynamics.hpp"
#include "strikeproof/monte_carlo_models.hpp"

namespace strikeproof::monte_carlo {
namespace {

constexpr double kTolerance = 1e-7;  // of the volatility, relative
constexpr std::size_t kLeastParts = 64;
constexpr std::size_t kMostParts = 16384;
constexpr double kDeviations = 6.0;
constexpr int kEarly = 4;            // steps before the end of the first one
constexpr double kPresent = 1e-9;    // of the first step: where time 0 is looked at
constexpr double kLeftSide = 1e-12;  // relative distance to a time from its left

double volatility_at(const ssvi::Smile& smile, double time, double x) {
  const ssvi::LocalVolatility found = ssvi::local_volatility(smile, x);
  if (found.status != Status::kOk) {
    throw std::invalid_argument("surface has no local volatility at time " + std::to_string(time) +
                                ", log-moneyness " + std::to_string(x));
  }
  return found.value;
}

double reach_of(const ssvi::Smile& smile) noexcept {
  constexpr double kGrowth = 1.25;
  double reach = kDeviations * std::sqrt(smile.theta);
  const auto inside = [&](double x) {
    return x * x < kDeviations * kDeviations * ssvi::at(smile, x).by_moneyness.value;
  };
  while (inside(reach) || inside(-reach)) reach *= kGrowth;
  return reach;
}

struct Table {
  std::vector<double> coefficients;
  double reach;

  [[nodiscard]] simd::CubicTable view() const noexcept {
    const std::size_t parts = coefficients.size() / 4;
    return {coefficients.data(), parts, reach, static_cast<double>(parts) / (2.0 * reach)};
  }
};

/// Cubics from values at the nodes -1 ... parts + 1 and beyond by one on each side.
std::vector<double> hermite(const std::vector<double>& f, std::size_t parts) {
  const auto slope = [&](std::size_t i) {
    return (f[i - 2] - f[i + 2] + 8.0 * (f[i + 1] - f[i - 1])) / 12.0;
  };
  std::vector<double> found;
  found.reserve(4 * parts);
  for (std::size_t i = 2; i < parts + 2; ++i) {
    const double rise = f[i + 1] - f[i];
    const double left = slope(i);
    const double right = slope(i + 1);
    found.insert(found.end(),
                 {f[i], left, 3.0 * rise - 2.0 * left - right, left + right - 2.0 * rise});
  }
  return found;
}

Table table_of(const ssvi::Surface& surface, double time, double shown) {
  const ssvi::Smile smile = surface.smile(time);
  Table table{{}, reach_of(smile)};
  for (std::size_t parts = kLeastParts; parts <= kMostParts; parts *= 2) {
    const double width = 2.0 * table.reach / static_cast<double>(parts);
    const auto at = [&](double node) {
      return volatility_at(smile, shown, -table.reach + node * width);
    };
    std::vector<double> values;
    for (std::size_t i = 0; i < parts + 5; ++i) values.push_back(at(static_cast<double>(i) - 2.0));
    table.coefficients = hermite(values, parts);
    double worst = 0.0;
    for (std::size_t i = 0; i < parts; ++i) {
      const double* const c = table.coefficients.data() + 4 * i;
      const double exact = at(static_cast<double>(i) + 0.5);
      const double found = c[0] + 0.5 * (c[1] + 0.5 * (c[2] + 0.5 * c[3]));
      worst = std::max(worst, std::abs(found - exact) / std::max(exact, values[i + 2]));
    }
    if (worst <= kTolerance) return table;
  }
  throw std::invalid_argument("surface has a local volatility at time " + std::to_string(shown) +
                              " that varies too fast for a table");
}

std::vector<Step> steps_for(const LocalVolatilityModel& model, double steps_per_year,
                            const Schedule& schedule) {
  const double longest = 1.0 / steps_per_year;
  std::vector<double> further = model.expiries;
  double early = steps_of(schedule, further, longest).front().time;
  for (int k = 0; k < kEarly; ++k) {
    early *= 0.25;
    further.push_back(early);
  }
  return steps_of(schedule, further, longest);
}

class LocalVolatilityPaths final : public Dynamics {
 public:
  LocalVolatilityPaths(const LocalVolatilityModel& model, double steps_per_year,
                       const Schedule& schedule)
      : log_spot_(std::log(model.spot)),
        steps_(steps_for(model, steps_per_year, schedule)),
        continuous_(schedule.continuous) {
    const double first = steps_.front().time;
    if (first == 0.0) return;  // no step has a length
    const auto log_forward = [&](double time) {
      return log_spot_ + model.rate.integral(time) - model.dividend_yield.integral(time);
    };
    const auto jumps_at = [&](double time) {
      return std::binary_search(model.expiries.begin(), model.expiries.end(), time);
    };
    tables_.push_back(table_of(model.surface, kPresent * first, 0.0));
    double last = 0.0;
    for (const Step& step : steps_) {
      const double length = step.time - last;
      moves_.push_back(
          {{}, {}, length, std::sqrt(length), log_forward(last), log_forward(step.time)});
      used_.push_back({tables_.size() - 1, tables_.size()});
      tables_.push_back(table_of(model.surface, step.time * (1.0 - kLeftSide), step.time));
      if (jumps_at(step.time)) tables_.push_back(table_of(model.surface, step.time, step.time));
      last = step.time;
    }
    for (std::size_t k = 0; k < moves_.size(); ++k) {
      moves_[k].start = tables_[used_[k].first].view();
      moves_[k].end = tables_[used_[k].second].view();
    }
  }

  [[nodiscard]] std::size_t normals() const noexcept override { return 1; }
  [[nodiscard]] std::span<const Step> steps() const noexcept override { return steps_; }

  void start(const Paths& paths) const noexcept override {
    std::fill_n(paths.log_spot[0], paths.count, log_spot_);
  }

  void advance(std::size_t step, const Numbers& numbers,
               const Paths& paths) const noexcept override {
    double* const integrated = continuous_ ? paths.variance[0] : nullptr;
    if (moves_.empty()) {
      if (continuous_) std::fill_n(integrated, paths.count, 0.0);
      return;
    }
    simd::dynamics_kernels().local_volatility(paths.count, moves_[step], numbers.normals[0],
                                              paths.log_spot[0], integrated);
  }

 private:
  double log_spot_;
  std::vector<Step> steps_;
  bool continuous_;
  std::vector<Table> tables_;
  std::vector<std::pair<std::size_t, std::size_t>> used_;
  std::vector<simd::LocalVolatilityStep> moves_;
};

}  // namespace

std::unique_ptr<Dynamics> local_volatility(const LocalVolatilityModel& model, double steps_per_year,
                                           const Schedule& schedule) {
  return std::make_unique<LocalVolatilityPaths>(model, steps_per_year, schedule);
}

}  // namespace strikeproof::monte_carlo
