// Times that a model steps to.
#include <algorithm>
#include <cmath>

#include "strikeproof/monte_carlo_models.hpp"

namespace strikeproof::monte_carlo {

std::vector<Step> steps_of(const Schedule& schedule, std::span<const double> further,
                           double longest) {
  std::vector<double> times(schedule.dates);
  for (const double time : further) {
    if (time > 0.0 && time < schedule.dates.back()) times.push_back(time);
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());

  std::vector<Step> found;
  std::size_t date = 0;
  double last = 0.0;
  for (const double time : times) {
    const double parts = std::max(1.0, std::ceil((time - last) / longest * (1.0 - 1e-12)));
    const auto inner = static_cast<std::size_t>(parts);
    for (std::size_t k = 1; k < inner; ++k) {
      const double between = last + (time - last) * (static_cast<double>(k) / parts);
      found.push_back({between, kNoDate, between});
    }
    const bool dated = time == schedule.dates[date];
    found.push_back({time, dated ? date : kNoDate, time});
    if (dated && date + 1 < schedule.dates.size()) ++date;
    last = time;
  }
  return found;
}

}  // namespace strikeproof::monte_carlo
