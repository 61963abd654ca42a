// Binding of SVI smiles.
#include "strikeproof/svi.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "engine.hpp"
#include "strikeproof/svi_calibration.hpp"
#include "violations.hpp"

namespace {

namespace nb = nanobind;
namespace svi = strikeproof::svi;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kRaw = 5;
constexpr std::size_t kSmile = 5;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <std::size_t count>
Status status_of(const std::array<double, count>& in, const svi::Raw& raw) noexcept {
  for (const double value : in) {
    if (!std::isfinite(value)) return Status::kNonFinite;
  }
  const bool inside = raw.b >= 0.0 && std::abs(raw.rho) <= 1.0 && raw.sigma > 0.0;
  return inside ? Status::kOk : Status::kOutOfDomain;
}

/// Total variance with slope and curvature, Durrleman's g, density. The last two are those of a
/// positive variance.
Status smile_row(const std::array<double, 1 + kRaw>& in, std::array<double, kSmile>& out) noexcept {
  const svi::Raw raw{in[1], in[2], in[3], in[4], in[5]};
  out.fill(kNan);
  const Status status = status_of(in, raw);
  if (status != Status::kOk) return status;
  const svi::Point w = svi::total_variance(raw, in[0]);
  if (!std::isfinite(w.value)) return Status::kOverflow;
  if (!(w.value > 0.0)) return Status::kOutOfDomain;
  out = {w.value, w.slope, w.curvature, svi::durrleman(in[0], w), svi::density(in[0], w)};
  return Status::kOk;
}

Status volatility_row(const std::array<double, 2 + kRaw>& in, std::array<double, 1>& out) noexcept {
  const svi::Raw raw{in[2], in[3], in[4], in[5], in[6]};
  out[0] = kNan;
  const Status status = status_of(in, raw);
  if (status != Status::kOk) return status;
  const double w = svi::total_variance(raw, in[0]).value;
  if (!(w > 0.0 && in[1] > 0.0)) return Status::kOutOfDomain;
  out[0] = std::sqrt(w / in[1]);
  return Status::kOk;
}

Status to_natural(const std::array<double, kRaw>& in, std::array<double, kRaw>& out) noexcept {
  const auto [n, status] = svi::natural_from_raw({in[0], in[1], in[2], in[3], in[4]});
  out = {n.delta, n.mu, n.rho, n.omega, n.zeta};
  return status;
}

Status give(const svi::RawResult& found, std::array<double, kRaw>& out) noexcept {
  const svi::Raw& raw = found.value;
  out = {raw.a, raw.b, raw.rho, raw.m, raw.sigma};
  return found.status;
}

Status from_natural(const std::array<double, kRaw>& in, std::array<double, kRaw>& out) noexcept {
  return give(svi::raw_from_natural({in[0], in[1], in[2], in[3], in[4]}), out);
}

Status to_wings(const std::array<double, 1 + kRaw>& in, std::array<double, kRaw>& out) noexcept {
  const auto [w, status] = svi::jump_wings_from_raw({in[0], in[1], in[2], in[3], in[4]}, in[5]);
  out = {w.v, w.psi, w.p, w.c, w.v_tilde};
  return status;
}

Status from_wings(const std::array<double, 1 + kRaw>& in, std::array<double, kRaw>& out) noexcept {
  return give(svi::raw_from_jump_wings({in[0], in[1], in[2], in[3], in[4]}, in[5]), out);
}

svi::Raw raw_of(const std::array<double, kRaw>& in) { return {in[0], in[1], in[2], in[3], in[4]}; }

/// (raw, errors, sum_of_squares, inverse_normal, condition_number, evaluations, starts, stop,
/// constrained)
nb::tuple calibrate(const Inputs& columns, double time_to_expiry, bool no_butterfly,
                    double robust_scale, int most_evaluations) {
  constexpr std::size_t kColumns = 3;
  if (columns.size() != kColumns) throw nb::value_error("wrong number of columns of quotes");
  const std::size_t count = columns[0].shape(0);
  const auto from = input_columns<kColumns>(columns, count);
  std::vector<svi::Quote> quotes;
  for (std::size_t k = 0; k < count; ++k) quotes.push_back({from[0][k], from[1][k], from[2][k]});
  svi::Calibration found{};
  {
    const nb::gil_scoped_release released;
    found = svi::calibrate(quotes, time_to_expiry, {no_butterfly, robust_scale, most_evaluations});
  }
  const svi::Raw& raw = found.raw;
  return nb::make_tuple(nb::make_tuple(raw.a, raw.b, raw.rho, raw.m, raw.sigma),
                        std::move(found.errors), found.sum_of_squares,
                        std::move(found.inverse_normal), found.condition_number, found.evaluations,
                        found.starts, static_cast<int>(found.stop), found.constrained);
}

}  // namespace

void bind_svi(nb::module_& module);

void bind_svi(nb::module_& module) {
  using namespace nb::literals;
  define_rows<1 + kRaw, kSmile, &smile_row>(module, "svi_smile");
  define_rows<2 + kRaw, 1, &volatility_row>(module, "svi_implied_volatility");
  define_rows<kRaw, kRaw, &to_natural>(module, "svi_raw_to_natural");
  define_rows<kRaw, kRaw, &from_natural>(module, "svi_natural_to_raw");
  define_rows<1 + kRaw, kRaw, &to_wings>(module, "svi_raw_to_jump_wings");
  define_rows<1 + kRaw, kRaw, &from_wings>(module, "svi_jump_wings_to_raw");
  module.def(
      "svi_butterfly",
      [](const std::array<double, kRaw>& raw) { return as_rows(svi::butterfly(raw_of(raw))); },
      "raw"_a, nb::sig("def svi_butterfly(raw: Sequence[float]) -> list[list[float]]"));
  module.def(
      "svi_calendar",
      [](const std::array<double, kRaw>& earlier, const std::array<double, kRaw>& later) {
        return as_rows(svi::calendar(raw_of(earlier), raw_of(later)));
      },
      "earlier"_a, "later"_a,
      nb::sig("def svi_calendar(earlier: Sequence[float], later: Sequence[float]) -> "
              "list[list[float]]"));
  module.def("svi_calibrate", &calibrate, "columns"_a, "time_to_expiry"_a, "no_butterfly"_a,
             "robust_scale"_a, "most_evaluations"_a,
             nb::sig("def svi_calibrate(columns: Sequence[NDArray[numpy.float64]], "
                     "time_to_expiry: float, no_butterfly: bool, robust_scale: float, "
                     "most_evaluations: int) -> tuple[tuple[float, ...], list[float], float, "
                     "list[float], float, int, int, int, bool]"));
}
