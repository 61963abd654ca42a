// Monte Carlo: paths of a model, payoffs that watch them, and estimates; see src/monte_carlo.
//
// A model and a payoff meet in rows: everything that a block of paths has in common with others of
// its kind is an array with one number a path, and `stride` numbers lie between two such arrays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "strikeproof/parallel.hpp"

namespace strikeproof::monte_carlo {

inline constexpr std::size_t kNoDate = std::numeric_limits<std::size_t>::max();

/// Arrays with one number a path.
struct PathRows {
  double* data;
  std::size_t stride;

  [[nodiscard]] double* operator[](std::size_t row) const noexcept { return data + row * stride; }
};

struct ConstPathRows {
  const double* data;
  std::size_t stride;

  [[nodiscard]] const double* operator[](std::size_t row) const noexcept {
    return data + row * stride;
  }
};

/// When a payoff looks at the paths.
struct Schedule {
  std::vector<double> dates;  // years, ascending, >= 0; the last one is when everything is known
  bool continuous;            // between them as well, by what is likely between two steps
};

/// One step of a model, from the step before (time 0 at first) to `time`.
struct Step {
  double time;       // years
  std::size_t date;  // of the schedule, kNoDate where the step is the model's own
  double clock;      // what a Brownian bridge over all steps runs in: ascending, > 0
};

/// Random numbers of one step: rows of independent standard normals and of uniforms in (0, 1).
struct Numbers {
  ConstPathRows normals;
  ConstPathRows uniforms;
};

/// A block of paths. `count` is a multiple of 16: the kernels know no remainders.
struct Paths {
  std::size_t count;
  PathRows log_spot;  // a row per asset
  PathRows state;     // the model's own rows
  PathRows variance;  // of each log spot over the last step given both ends of it; only where the
                      // schedule is continuous
};

/// Dynamics of the logarithms of one or more assets on the steps that a schedule wants. Immutable:
/// many threads advance blocks of their own.
class Dynamics {
 public:
  Dynamics() = default;
  Dynamics(const Dynamics&) = delete;
  Dynamics& operator=(const Dynamics&) = delete;
  Dynamics(Dynamics&&) = delete;
  Dynamics& operator=(Dynamics&&) = delete;
  virtual ~Dynamics() = default;

  [[nodiscard]] virtual std::size_t assets() const noexcept { return 1; }
  /// Rows of state that it wants.
  [[nodiscard]] virtual std::size_t states() const noexcept { return 0; }
  /// Random numbers of each kind that a step takes.
  [[nodiscard]] virtual std::size_t normals() const noexcept = 0;
  [[nodiscard]] virtual std::size_t uniforms() const noexcept { return 0; }
  /// Every date of the schedule is among them.
  [[nodiscard]] virtual std::span<const Step> steps() const noexcept = 0;

  /// Writes log spots and state of time 0; an asset has the same log spot on all paths.
  virtual void start(const Paths& paths) const noexcept = 0;
  /// Takes log spots and state over step `step`, and writes the variance if that is wanted.
  virtual void advance(std::size_t step, const Numbers& numbers,
                       const Paths& paths) const noexcept = 0;
};

/// What a payoff sees after a step.
struct Observation {
  std::size_t date;        // of its schedule; kNoDate between dates, where it is continuous
  std::size_t count;       // paths, a multiple of 16
  ConstPathRows log_spot;  // a row per asset
  ConstPathRows spot;      // the same, at dates only, for payoffs that read spots
  ConstPathRows variance;  // see Paths
  ConstPathRows uniforms;  // the payoff's own
};

/// A payoff: rows of state that it updates whenever it sees the paths. Immutable, as Dynamics.
class Payoff {
 public:
  Payoff() = default;
  Payoff(const Payoff&) = delete;
  Payoff& operator=(const Payoff&) = delete;
  Payoff(Payoff&&) = delete;
  Payoff& operator=(Payoff&&) = delete;
  virtual ~Payoff() = default;

  [[nodiscard]] virtual const Schedule& schedule() const noexcept = 0;
  [[nodiscard]] virtual std::size_t assets() const noexcept { return 1; }
  /// Values a path: the price's first, then whatever else it estimates.
  [[nodiscard]] virtual std::size_t outputs() const noexcept { return 1; }
  /// Rows of state, outputs() of them or more.
  [[nodiscard]] virtual std::size_t states() const noexcept { return 1; }
  /// Uniform numbers of its own that a step takes.
  [[nodiscard]] virtual std::size_t uniforms() const noexcept { return 0; }
  [[nodiscard]] virtual bool reads_spot() const noexcept { return true; }

  /// Writes the state of time 0; `now` has log spots and spots.
  virtual void start(const Observation& now, PathRows state) const noexcept = 0;
  /// After the last date, the first outputs() rows of state are the discounted values.
  virtual void observe(const Observation& seen, PathRows state) const noexcept = 0;
};

/// A payoff with the schedule of another one and a known expectation.
struct Control {
  const Payoff* payoff;
  double mean;
};

enum class Method : int {
  kPseudo = 0,  // Philox
  kSobol = 1,   // Sobol's sequence with Owen's scrambling, ordered by a Brownian bridge
};

struct Settings {
  std::uint64_t seed = 1;
  std::uint64_t paths = 100000;  // before the error is first looked at; rounded up to whole blocks
  std::uint64_t most = 100000;   // paths at which a run that misses its target ends
  Method method = Method::kPseudo;
  std::uint32_t replicates = 32;  // independent scramblings, >= 2
  bool antithetic = false;        // every path once more with mirrored numbers
  double absolute_target = 0.0;   // standard errors wanted; without targets `paths` are simulated
  double relative_target = 0.0;
};

enum class Stop : int {
  kPaths = 0,    // all paths that were asked for
  kTarget = 1,   // the standard error reached its target
  kMaximum = 2,  // it did not
};

struct Estimate {
  double value;
  double standard_error;
  double degrees_of_freedom;  // of the standard error: of Student's t
  std::uint64_t paths;        // mirrored ones included
  Stop stop;
};

struct Result {
  std::vector<Estimate> outputs;
  std::vector<double> coefficients;  // of the controls
};

/// Called by the calling thread between rounds of paths; false ends the run without a result.
using Progress = std::function<bool(std::uint64_t paths, const Estimate& first)>;

/// Expectation of the payoff's values. Bits do not depend on threads. Nothing where keep_going or
/// progress ended the run. Throws std::invalid_argument where the parts do not fit together.
[[nodiscard]] std::optional<Result> price(const Dynamics& dynamics, const Payoff& payoff,
                                          std::span<const Control> controls,
                                          const Settings& settings, const Parallel& parallel,
                                          const Progress& progress = {});

}  // namespace strikeproof::monte_carlo
