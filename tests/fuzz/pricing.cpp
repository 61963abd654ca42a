// Fuzzing of every engine that prices one contract: any bytes in, and out comes a status or a
// number that is possible. libFuzzer itself watches for crashes, sanitizers for undefined
// behaviour, and `-timeout` for hangs.
#include <array>
#include <cstdint>

#include "check.hpp"
#include "engines.hpp"

namespace strikeproof::fuzz {
namespace {

constexpr std::array kEngines{black_scholes_engine,
                              black_engine,
                              bachelier_engine,
                              american_engine,
                              american_approximation_engine,
                              digital_engine,
                              touch_engine,
                              barrier_engine,
                              partial_barrier_engine,
                              discrete_barrier_engine,
                              double_barrier_engine,
                              asian_engine,
                              lookback_engine,
                              exchange_engine,
                              rainbow_engine,
                              spread_engine,
                              basket_engine,
                              best_or_worst_engine,
                              merton_engine,
                              kou_engine,
                              variance_gamma_engine,
                              heston_engine,
                              heston_wing_engine,
                              bates_engine,
                              lattice_engine,
                              finite_difference_engine,
                              grid_contract_engine,
                              dividends_engine,
                              heston_grid_engine,
                              rate_curve_engine,
                              volatility_curve_engine,
                              svi_engine,
                              ssvi_engine};

}  // namespace
}  // namespace strikeproof::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strikeproof::fuzz;
  Draw draw(data, size);
  begin_trial(draw);
  const auto engine = static_cast<std::size_t>(draw.choice(static_cast<int>(kEngines.size())));
  kEngines[engine](draw);
  return 0;
}
