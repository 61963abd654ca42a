// Results of options on several assets; internal to the core.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "strikeproof/basket.hpp"

namespace strikeproof::basket {

[[nodiscard]] inline DeltasResult failed(Status status) noexcept {
  DeltasResult result{std::numeric_limits<double>::quiet_NaN(), {}, status};
  result.delta.fill(result.price);
  return result;
}

/// The result of an option on `count` assets, or kOverflow where one of its numbers is not finite.
[[nodiscard]] inline DeltasResult in_range(const DeltasResult& found, std::size_t count) noexcept {
  if (found.status != Status::kOk) return failed(found.status);
  const bool finite =
      std::isfinite(found.price) && std::all_of(found.delta.begin(), found.delta.begin() + count,
                                                [](double delta) { return std::isfinite(delta); });
  return finite ? found : failed(Status::kOverflow);
}

}  // namespace strikeproof::basket
