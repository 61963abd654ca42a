// Binding of Heston's model.
#include "strikeproof/heston.hpp"

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::heston;
using strikeproof::Rows;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 11;
constexpr std::size_t kOutputs = 3;
constexpr std::size_t kBlock = 64;  // rows
using Values = std::array<double, kInputs>;

// columns: option_type, spot, strike, time_to_expiry, rate, dividend_yield, then the model's
strikeproof::VanillaOption option_of(const Values& in) { return {type_of(in[0]), in[2], in[3]}; }

model::Market market_of(const Values& in) {
  return {in[1], in[4], in[5], {in[6], in[7], in[8], in[9], in[10]}};
}

Status one_row(const Values& in, std::array<double, kOutputs>& out) noexcept {
  const model::Result result = model::value(option_of(in), market_of(in));
  out = {result.value.price, result.value.delta, result.value.gamma};
  return result.status;
}

/// Rows of one expiry that stand together share its characteristic function.
void run(const Inputs& in, const Outputs& out, const StatusOutput& status, unsigned threads) {
  const std::size_t count = status.shape(0);
  const auto from = input_columns<kInputs>(in, count);
  const auto to = output_columns<kOutputs>(out, count);
  std::uint8_t* const flags = status.data();
  run_batch(count, threads, kBlock, [&](Rows rows) {
    model::Expiry expiry({}, 0.0);
    for (std::size_t k = rows.begin; k < rows.end; ++k) {
      Values values{};
      for (std::size_t i = 0; i < kInputs; ++i) values[i] = from[i][k];
      const model::Result found = model::value(option_of(values), market_of(values), expiry);
      flags[k] = static_cast<std::uint8_t>(found.status);
      if (to[0] != nullptr) to[0][k] = found.value.price;
      if (to[1] != nullptr) to[1][k] = found.value.delta;
      if (to[2] != nullptr) to[2][k] = found.value.gamma;
    }
  });
}

}  // namespace

void bind_heston(nb::module_& module);

void bind_heston(nb::module_& module) {
  define(module, "heston_values", &run);
  define_one<kInputs, kOutputs, &one_row>(module, "heston_values");
}
