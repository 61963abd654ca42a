// What the bindings of engines on two assets share.
#pragma once

#include "engine.hpp"
#include "strikeproof/two_assets.hpp"

namespace strikeproof::bindings {

inline constexpr std::size_t kTwoAssetOutputs = 11;

/// Market from eight inputs, the first at `from`, in the order of the struct.
template <std::size_t count>
[[nodiscard]] TwoAssetMarket two_asset_market(const std::array<double, count>& in,
                                              std::size_t from) noexcept {
  return {in[from],     in[from + 1], in[from + 2], in[from + 3],
          in[from + 4], in[from + 5], in[from + 6], in[from + 7]};
}

[[nodiscard]] inline Status give(const TwoAssetGreeksResult& result,
                                 std::array<double, kTwoAssetOutputs>& out) noexcept {
  const TwoAssetGreeks& g = result.value;
  out = {g.price,  g.delta1, g.delta2,
         g.gamma1, g.gamma2, g.cross_gamma,
         g.vega1,  g.vega2,  g.correlation_sensitivity,
         g.theta,  g.rho};
  return result.status;
}

}  // namespace strikeproof::bindings
