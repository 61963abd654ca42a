// Binding of SSVI and eSSVI surfaces.
#include "strikeproof/ssvi.hpp"

#include <nanobind/stl/tuple.h>

#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "engine.hpp"
#include "strikeproof/ssvi_calibration.hpp"
#include "surfaces.hpp"
#include "violations.hpp"

namespace {

namespace nb = nanobind;
namespace ssvi = strikeproof::ssvi;
using strikeproof::Status;
using namespace strikeproof::bindings;  // NOLINT: the sibling of this file

constexpr std::size_t kInputs = 2;
constexpr std::size_t kOutputs = 8;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Total variance, its derivatives by k (two) and by time, g, density, implied and local
/// volatility. Where the surface has no local volatility, that output alone is NaN.
Status row(const ssvi::Surface& surface, double k, double time,
           std::array<double, kOutputs>& out) noexcept {
  out.fill(kNan);
  if (!std::isfinite(k + time)) return Status::kNonFinite;
  if (!(time > 0.0)) return Status::kOutOfDomain;
  const ssvi::Smile smile = surface.smile(time);
  const ssvi::Point point = ssvi::at(smile, k);
  const strikeproof::svi::Point& w = point.by_moneyness;
  if (!(w.value > 0.0)) return Status::kOutOfDomain;
  if (!std::isfinite(w.value)) return Status::kOverflow;
  out = {w.value,
         w.slope,
         w.curvature,
         point.by_time,
         strikeproof::svi::durrleman(k, w),
         strikeproof::svi::density(k, w),
         std::sqrt(w.value / time),
         ssvi::local_volatility(smile, k).value};
  return Status::kOk;
}

void evaluate(const Inputs& in, const Outputs& out, const StatusOutput& status, unsigned threads,
              const SurfaceInput& description) {
  const ssvi::Surface surface = surface_of(description);
  const std::size_t count = status.shape(0);
  const auto from = input_columns<kInputs>(in, count);
  const auto to = output_columns<kOutputs>(out, count);
  std::uint8_t* const flags = status.data();
  constexpr std::size_t kBlockRows = 4096;
  run_batch(count, threads, kBlockRows, [&](strikeproof::Rows rows) {
    for (std::size_t k = rows.begin; k < rows.end; ++k) {
      std::array<double, kOutputs> values{};
      flags[k] = static_cast<std::uint8_t>(row(surface, from[0][k], from[1][k], values));
      const bool local_missing = to[kOutputs - 1] != nullptr && std::isnan(values[kOutputs - 1]);
      if (flags[k] == 0 && local_missing) {
        flags[k] = static_cast<std::uint8_t>(Status::kOutOfDomain);
      }
      for (std::size_t i = 0; i < kOutputs; ++i) {
        if (to[i] != nullptr) to[i][k] = values[i];
      }
    }
  });
}

/// Rows of fault, place, size, from, to, time, later time.
std::vector<std::vector<double>> arbitrage(const SurfaceInput& description,
                                           const std::vector<double>& times) {
  std::vector<std::vector<double>> rows;
  for (const ssvi::Violation& violation : ssvi::arbitrage(surface_of(description), times)) {
    rows.push_back(as_row(violation.at));
    rows.back().insert(rows.back().end(), {violation.time, violation.later_time});
  }
  return rows;
}

/// Theta, rho and psi of the smiles at the times.
std::vector<std::array<double, 3>> slices(const SurfaceInput& description,
                                          const std::vector<double>& times) {
  const ssvi::Surface surface = surface_of(description);
  std::vector<std::array<double, 3>> found;
  for (const double time : times) {
    const ssvi::Smile smile = surface.smile(time);
    found.push_back({smile.theta, smile.rho_psi / smile.psi, smile.psi});
  }
  return found;
}

/// (theta, rho, psi, eta, gamma, errors, sum_of_squares, inverse_normal, condition_number,
/// evaluations, starts, stop)
nb::tuple calibrate(const std::vector<double>& times, const Inputs& columns, int family,
                    double robust_scale, int most_evaluations) {
  constexpr std::size_t kColumns = 4;
  if (columns.size() != kColumns) throw nb::value_error("wrong number of columns of quotes");
  const std::size_t count = columns[0].shape(0);
  const auto from = input_columns<kColumns>(columns, count);
  std::vector<ssvi::Quote> quotes;
  for (std::size_t k = 0; k < count; ++k) {
    const auto expiry = static_cast<std::size_t>(from[0][k]);
    if (expiry >= times.size()) throw nb::value_error("quote of no expiry");
    quotes.push_back({expiry, from[1][k], from[2][k], from[3][k]});
  }
  ssvi::Calibration found{};
  {
    const nb::gil_scoped_release released;
    found = ssvi::calibrate(times, quotes,
                            {static_cast<ssvi::Family>(family), robust_scale, most_evaluations});
  }
  std::array<std::vector<double>, 3> parts;
  for (const ssvi::Slice& slice : found.slices) {
    parts[0].push_back(slice.theta);
    parts[1].push_back(slice.rho);
    parts[2].push_back(slice.psi);
  }
  return nb::make_tuple(parts[0], parts[1], parts[2], found.eta, found.gamma,
                        std::move(found.errors), found.sum_of_squares,
                        std::move(found.inverse_normal), found.condition_number, found.evaluations,
                        found.starts, static_cast<int>(found.stop));
}

}  // namespace

void bind_ssvi(nb::module_& module);

void bind_ssvi(nb::module_& module) {
  using namespace nb::literals;
  module.def("ssvi_evaluate", &evaluate, "columns"_a, nb::arg("outputs").noconvert(),
             nb::arg("status").noconvert(), "threads"_a, "surface"_a);
  module.def("ssvi_arbitrage", &arbitrage, "surface"_a, "times"_a);
  module.def("ssvi_slices", &slices, "surface"_a, "times"_a);
  module.def("ssvi_calibrate", &calibrate, "times"_a, "columns"_a, "family"_a, "robust_scale"_a,
             "most_evaluations"_a,
             nb::sig("def ssvi_calibrate(times: Sequence[float], columns: "
                     "Sequence[NDArray[numpy.float64]], family: int, robust_scale: float, "
                     "most_evaluations: int) -> tuple[list[float], list[float], list[float], "
                     "float, float, list[float], float, list[float], float, int, int, int]"));
}
