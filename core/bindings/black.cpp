// Binding of the Black (forward) engine: scalars by value, batches by columns.
#include "strikeproof/black.hpp"

#include <array>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::black;
using strikeproof::Rows;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 6;
constexpr std::size_t kOutputs = std::tuple_size_v<model::OutputColumns>;
constexpr std::size_t kBlock = 4096;  // rows
using Values = std::array<double, kInputs>;

strikeproof::VanillaOption option_of(const Values& in) noexcept {
  return {type_of(in[0]), in[2], in[3]};
}

model::ForwardMarket market_of(const Values& in) noexcept { return {in[1], in[4], in[5]}; }

Status price_row(const Values& in, std::array<double, 1>& out) noexcept {
  return give(model::price(option_of(in), market_of(in)), out);
}

Status volatility_row(const Values& in, std::array<double, 1>& out) noexcept {
  return give(model::implied_volatility(in[5], option_of(in), market_of(in)), out);
}

model::Columns columns_of(const Inputs& in, std::size_t count) {
  const auto c = input_columns<kInputs>(in, count);
  return {c[0], c[1], c[2], c[3], c[4], c[5]};
}

using Kernel = void (*)(const model::Columns&, Rows, double*, std::uint8_t*) noexcept;

template <Kernel kernel>
void batch(const Inputs& in, const Outputs& out, const StatusOutput& status, unsigned threads) {
  const std::size_t count = status.shape(0);
  const model::Columns columns = columns_of(in, count);
  const auto to = output_columns<1>(out, count);
  run_batch(count, threads, kBlock,
            [&](Rows rows) { kernel(columns, rows, to[0], status.data()); });
}

void greeks_batch(const Inputs& in, const Outputs& out, const StatusOutput& status,
                  unsigned threads) {
  const std::size_t count = status.shape(0);
  const model::Columns columns = columns_of(in, count);
  const model::OutputColumns to = output_columns<kOutputs>(out, count);
  run_batch(count, threads, kBlock,
            [&](Rows rows) { model::quantities(columns, rows, to, status.data()); });
}

}  // namespace

void bind_black(nb::module_& module);

void bind_black(nb::module_& module) {
  define(module, "black_price", &batch<model::price>);
  define(module, "black_implied_volatility", &batch<model::implied_volatility>);
  define(module, "black_greeks", &greeks_batch);
  define_one<kInputs, 1, price_row>(module, "black_price");
  define_one<kInputs, 1, volatility_row>(module, "black_implied_volatility");
}
