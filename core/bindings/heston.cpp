// Binding of Heston's model.
#include "strikeproof/heston.hpp"

#include <algorithm>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace model = strikeproof::heston;
using strikeproof::Rows;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 11;
constexpr std::size_t kBlock = 64;  // rows
using Values = std::array<double, kInputs>;

// columns: option_type, spot, strike, time_to_expiry, rate, dividend_yield, then the model's
strikeproof::VanillaOption option_of(const Values& in) { return {type_of(in[0]), in[2], in[3]}; }

model::Market market_of(const Values& in) {
  return {in[1], in[4], in[5], {in[6], in[7], in[8], in[9], in[10]}};
}

/// Price, or price, delta and gamma.
template <std::size_t outputs>
Status give(const model::Result& result, std::array<double, outputs>& out) noexcept {
  const std::array<double, 3> all{result.value.price, result.value.delta, result.value.gamma};
  std::copy_n(all.begin(), outputs, out.begin());
  return result.status;
}

template <std::size_t outputs>
Status one_row(const Values& in, std::array<double, outputs>& out) noexcept {
  return give(model::value(option_of(in), market_of(in)), out);
}

/// Rows of one expiry that stand together share its characteristic function.
template <std::size_t outputs>
void run(const Inputs& in, const Outputs& out, const StatusOutput& status, unsigned threads) {
  const std::size_t count = status.shape(0);
  const auto from = input_columns<kInputs>(in, count);
  const auto to = output_columns<outputs>(out, count);
  std::uint8_t* const flags = status.data();
  run_batch(count, threads, kBlock, [&](Rows rows) {
    model::Expiry expiry({}, 0.0);
    for (std::size_t k = rows.begin; k < rows.end; ++k) {
      Values values{};
      for (std::size_t i = 0; i < kInputs; ++i) values[i] = from[i][k];
      std::array<double, outputs> found{};
      flags[k] = static_cast<std::uint8_t>(
          give(model::value(option_of(values), market_of(values), expiry), found));
      for (std::size_t i = 0; i < outputs; ++i) {
        if (to[i] != nullptr) to[i][k] = found[i];
      }
    }
  });
}

}  // namespace

void bind_heston(nb::module_& module);

void bind_heston(nb::module_& module) {
  define(module, "heston_price", &run<1>);
  define_one<kInputs, 1, &one_row<1>>(module, "heston_price");
  define(module, "heston_greeks", &run<3>);
  define_one<kInputs, 3, &one_row<3>>(module, "heston_greeks");
}
