// Binding of options on several assets, by rows of fixed width.
#include "strikeproof/basket.hpp"

#include <array>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace engine = strikeproof::basket;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kAssets = engine::kMostAssets;
constexpr std::size_t kPairs = kAssets * (kAssets - 1) / 2;
// option_type, strike, time_to_expiry, rate, choice (method or best), count; then spots, yields,
// volatilities and weights by asset; then correlations (1,2) (1,3) ... (4,5)
constexpr std::size_t kFirst = 6;
constexpr std::size_t kInputs = kFirst + 4 * kAssets + kPairs;
constexpr std::size_t kOutputs = 1 + kAssets;
constexpr std::size_t kBlock = 1;
using Row = std::array<double, kInputs>;
using Results = std::array<double, kOutputs>;

engine::Market market_of(const Row& in) noexcept {
  engine::Market m{};
  m.count = static_cast<std::size_t>(in[5]);
  m.rate = in[3];
  std::size_t pair = kFirst + 4 * kAssets;
  for (std::size_t i = 0; i < kAssets; ++i) {
    m.spot[i] = in[kFirst + i];
    m.dividend_yield[i] = in[kFirst + kAssets + i];
    m.volatility[i] = in[kFirst + 2 * kAssets + i];
    m.correlation[i][i] = 1.0;
    for (std::size_t j = i + 1; j < kAssets; ++j) {
      m.correlation[i][j] = m.correlation[j][i] = in[pair++];
    }
  }
  return m;
}

Status give_deltas(const engine::DeltasResult& found, Results& out) noexcept {
  out[0] = found.price;
  for (std::size_t k = 0; k < kAssets; ++k) out[1 + k] = found.delta[k];
  return found.status;
}

Status basket_row(const Row& in, Results& out) noexcept {
  engine::BasketOption o{type_of(in[0]), in[1], in[2], {}, static_cast<engine::Method>(in[4])};
  for (std::size_t k = 0; k < kAssets; ++k) o.weight[k] = in[kFirst + 3 * kAssets + k];
  return give_deltas(engine::price(o, market_of(in)), out);
}

Status extreme_row(const Row& in, Results& out) noexcept {
  const engine::ExtremeOption o{type_of(in[0]), in[4] > 0.0, in[1], in[2]};
  return give_deltas(engine::price(o, market_of(in)), out);
}

}  // namespace

void bind_basket(nb::module_& module);

void bind_basket(nb::module_& module) {
  define(module, "basket_price", &run_rows<kInputs, kOutputs, basket_row, kBlock>);
  define(module, "basket_extreme_price", &run_rows<kInputs, kOutputs, extreme_row, kBlock>);
}
