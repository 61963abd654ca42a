// Binding of the portfolio engine: columns and shocks in, totals out.
#include "strikeproof/portfolio.hpp"

#include <array>
#include <vector>

#include "engine.hpp"

namespace {

namespace nb = nanobind;
namespace pf = strikeproof::portfolio;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

using Codes = nb::ndarray<const std::uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Integers = nb::ndarray<std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Matrix = nb::ndarray<double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

// Seven columns of the options, then the quantity.
pf::Positions positions_of(const Inputs& in, std::size_t count) {
  const auto c = input_columns<8>(in, count);
  return {{c[0], c[1], c[2], c[3], c[4], c[5], c[6]}, c[7]};
}

pf::Groups groups_of(const std::optional<Codes>& codes, std::size_t groups, std::size_t count) {
  if (!codes) return {nullptr, 1};
  if (codes->shape(0) != count) throw nb::value_error("codes must have one entry per position");
  for (std::size_t row = 0; row < count; ++row) {
    if (codes->data()[row] >= groups) throw nb::value_error("a code is beyond the groups");
  }
  return {codes->data(), groups};
}

void risk(const Inputs& in, const Outputs& out, const StatusOutput& status,
          const std::optional<Codes>& codes, const Matrix& totals, unsigned threads) {
  const std::size_t count = status.shape(0);
  const pf::Positions positions = positions_of(in, count);
  const pf::Groups groups = groups_of(codes, totals.shape(0), count);
  if (totals.shape(1) != pf::kFigures || totals.shape(0) != groups.count) {
    throw nb::value_error("totals must have one row per group and six columns");
  }
  const auto to = output_columns<pf::kFigures>(out, count);
  for (const double* column : to) {
    if (column == nullptr) throw nb::value_error("every output is needed");
  }
  std::vector<pf::Figures> sums(groups.count);
  run_stoppable(threads, [&](const strikeproof::Parallel& parallel) {
    return pf::risk(positions, count, groups, to, status.data(), sums.data(), parallel);
  });
  for (std::size_t group = 0; group < sums.size(); ++group) {
    std::copy(sums[group].begin(), sums[group].end(), totals.data() + group * pf::kFigures);
  }
}

// The five columns of the shocks have one entry per scenario.
void scenarios(const Inputs& in, const Inputs& shocks, std::size_t count,
               const std::optional<Codes>& codes, const Matrix& totals,
               const std::optional<Matrix>& by_position, const Integers& first_failed,
               const StatusOutput& status, unsigned threads) {
  const std::size_t wanted = status.shape(0);
  const pf::Positions positions = positions_of(in, count);
  const pf::Groups groups = groups_of(codes, totals.shape(1), count);
  const auto shock = input_columns<5>(shocks, wanted);
  if (totals.shape(0) != wanted || totals.shape(1) != groups.count ||
      first_failed.shape(0) != wanted ||
      (by_position && (by_position->shape(0) != wanted || by_position->shape(1) != count))) {
    throw nb::value_error("outputs must have one row per scenario");
  }
  std::vector<pf::Shock> list(wanted);
  for (std::size_t k = 0; k < wanted; ++k) {
    list[k] = {shock[0][k], shock[1][k], shock[2][k], shock[3][k], shock[4][k]};
  }
  const pf::ScenarioOutputs out{totals.data(), by_position ? by_position->data() : nullptr,
                                first_failed.data(), status.data()};
  run_stoppable(threads, [&](const strikeproof::Parallel& parallel) {
    return pf::scenarios(positions, count, groups, list, out, parallel);
  });
}

}  // namespace

void bind_portfolio(nb::module_& module);

void bind_portfolio(nb::module_& module) {
  using namespace nb::literals;
  module.def("portfolio_risk", &risk, "columns"_a, nb::arg("outputs").noconvert(),
             nb::arg("status").noconvert(), "codes"_a.none(), nb::arg("totals").noconvert(),
             "threads"_a);
  module.def("portfolio_scenarios", &scenarios, "columns"_a, "shocks"_a, "positions"_a,
             "codes"_a.none(), nb::arg("totals").noconvert(),
             nb::arg("by_position").none().noconvert(), nb::arg("first_failed").noconvert(),
             nb::arg("status").noconvert(), "threads"_a);
}
