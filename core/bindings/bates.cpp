// Binding of the models with jumps, and of the calibration that Heston's model shares with them.
#include "strikeproof/bates.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "engine.hpp"
#include "strikeproof/heston_calibration.hpp"

namespace {

namespace nb = nanobind;
namespace bates = strikeproof::bates;
namespace calibration = strikeproof::calibration;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 14;
constexpr std::size_t kMertonInputs = 10;
using Shared = std::optional<bates::Expiry>;

template <std::size_t outputs>
Status give(const strikeproof::heston::Result& found, std::array<double, outputs>& out) noexcept {
  const std::array<double, 3> all{found.value.price, found.value.delta, found.value.gamma};
  std::copy_n(all.begin(), outputs, out.begin());
  return found.status;
}

using Values = std::array<double, kInputs>;

// columns: option_type, spot, strike, time_to_expiry, rate, dividend_yield, then the model's
strikeproof::VanillaOption option_of(const Values& in) { return {type_of(in[0]), in[2], in[3]}; }

bates::Market market_of(const Values& in) {
  return {in[1], in[4], in[5], {{in[6], in[7], in[8], in[9], in[10]}, {in[11], in[12], in[13]}}};
}

Status price_row(const Values& in, std::array<double, 1>& out, Shared& shared) {
  return strikeproof::bindings::give(bates::price(option_of(in), market_of(in), shared), out);
}

Status greeks_row(const Values& in, std::array<double, 3>& out, Shared& shared) {
  return give(bates::value(option_of(in), market_of(in), shared), out);
}

template <std::size_t outputs>
Status merton_row(const std::array<double, kMertonInputs>& in,
                  std::array<double, outputs>& out) noexcept {
  const bates::MertonMarket market{in[1], in[4], in[5], in[6], {in[7], in[8], in[9]}};
  return give(bates::merton_value({type_of(in[0]), in[2], in[3]}, market), out);
}

/// (parameters, errors, sum_of_squares, inverse_normal, condition_number, evaluations, starts,
/// stop)
nb::tuple calibrate(bool jumps, const Inputs& columns, const std::vector<double>& lower,
                    const std::vector<double>& upper, const std::vector<double>& start,
                    int most_evaluations) {
  constexpr std::size_t kColumns = 5;
  const std::size_t expected = jumps ? 8 : 5;
  if (columns.size() != kColumns) throw nb::value_error("wrong number of columns of quotes");
  if (lower.size() != expected || upper.size() != expected) {
    throw nb::value_error("want two bounds per parameter");
  }
  const std::size_t count = columns[0].shape(0);
  const auto from = input_columns<kColumns>(columns, count);
  std::vector<calibration::Quote> quotes;
  for (std::size_t k = 0; k < count; ++k) {
    quotes.push_back({from[0][k], from[1][k], from[2][k], from[3][k], from[4][k]});
  }
  std::vector<calibration::Bounds> bounds;
  for (std::size_t i = 0; i < expected; ++i) bounds.push_back({lower[i], upper[i]});
  const auto family = jumps ? calibration::Family::kBates : calibration::Family::kHeston;
  calibration::Result found{};
  {
    const nb::gil_scoped_release released;
    found = calibration::calibrate(family, quotes, bounds, {most_evaluations, start});
  }
  return nb::make_tuple(std::move(found.parameters), std::move(found.errors), found.sum_of_squares,
                        std::move(found.inverse_normal), found.condition_number, found.evaluations,
                        found.starts, static_cast<int>(found.stop));
}

}  // namespace

void bind_bates(nb::module_& module);

void bind_bates(nb::module_& module) {
  using namespace nb::literals;
  define_sharing<kInputs, 1, Shared, &price_row>(module, "bates_price");
  define_sharing<kInputs, 3, Shared, &greeks_row>(module, "bates_greeks");
  define_rows<kMertonInputs, 1, &merton_row<1>>(module, "merton_price");
  define_rows<kMertonInputs, 3, &merton_row<3>>(module, "merton_greeks");
  module.def("calibrate", &calibrate, "jumps"_a, "columns"_a, "lower"_a, "upper"_a, "start"_a,
             "most_evaluations"_a,
             nb::sig("def calibrate(jumps: bool, columns: Sequence[NDArray[numpy.float64]], "
                     "lower: Sequence[float], upper: Sequence[float], start: Sequence[float], "
                     "most_evaluations: int) -> tuple[list[float], list[float], float, "
                     "list[float], float, int, int, int]"));
}
