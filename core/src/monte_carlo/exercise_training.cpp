// A rule when to exercise from regressions on simulated paths, backwards from the last date [1].
//
// The paths' discounted payoffs so far are regressed, over the paths in the money, on functions of
// the spots; where exercise pays more than the fit, it replaces the path's payoff. The rule is then
// used on other paths: on its own ones it knows some of the future [2]. Only the spots on exercise
// dates are kept.
//
// [1] Longstaff, F. and Schwartz, E. (2001), Review of Financial Studies 14(1), 113-147.
// [2] Glasserman, P. (2004), Monte Carlo Methods in Financial Engineering, Springer, section 8.6.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "least_squares.hpp"
#include "numbers.hpp"
#include "path_sampler.hpp"
#include "payoffs/scheduled.hpp"
#include "streams.hpp"
#include "strikeproof/monte_carlo_exercise.hpp"

namespace strikeproof::monte_carlo {
namespace {

constexpr std::size_t kRows = 2048;  // paths of one block of a regression
constexpr std::size_t kRowsPerUnknown = 3;

/// Spots on all dates, a row per date and asset.
class Record final : public Scheduled {
 public:
  Record(const Schedule& schedule, std::size_t assets) : Scheduled(schedule), assets_(assets) {}

  [[nodiscard]] std::size_t assets() const noexcept override { return assets_; }
  [[nodiscard]] std::size_t outputs() const noexcept override {
    return assets_ * schedule().dates.size();
  }
  [[nodiscard]] std::size_t states() const noexcept override { return outputs(); }

  void start(const Observation& /*now*/, PathRows /*state*/) const noexcept override {}
  void observe(const Observation& seen, PathRows state) const noexcept override {
    if (seen.date == kNoDate) return;
    for (std::size_t asset = 0; asset < assets_; ++asset) {
      std::copy_n(seen.spot[asset], seen.count, state[seen.date * assets_ + asset]);
    }
  }

 private:
  std::size_t assets_;
};

class Trainer {
 public:
  Trainer(Policy& policy, std::size_t paths, const Parallel& parallel)
      : policy_(policy),
        paths_(paths),
        blocks_((paths + kRows - 1) / kRows),
        parallel_{parallel.threads, 1, parallel.keep_going},
        spots_(policy.dates() * policy.assets() * paths),
        value_(paths),
        ends_(paths) {}

  bool simulate(const Dynamics& dynamics, std::uint64_t seed);
  bool fit(std::size_t date, Regression& found);
  /// Exercises by the rule on a date.
  bool exercise(std::size_t date);

  [[nodiscard]] double mean() const noexcept {
    double sum = 0.0;
    for (const double v : value_) sum += v;
    return sum / static_cast<double>(paths_);
  }
  [[nodiscard]] std::vector<double> frequency() const {
    std::vector<double> found(policy_.dates(), 0.0);
    for (std::size_t p = 0; p < paths_; ++p) {
      if (value_[p] > 0.0) found[ends_[p]] += 1.0 / static_cast<double>(paths_);
    }
    return found;
  }

 private:
  [[nodiscard]] ConstPathRows spots(std::size_t date, std::size_t first) const noexcept {
    return {spots_.data() + date * policy_.assets() * paths_ + first, paths_};
  }
  template <class Work>
  bool each_block(const Work& work) {
    return for_each_block(blocks_, parallel_, [&](Rows rows) {
      for (std::size_t block = rows.begin; block < rows.end; ++block) {
        const std::size_t first = block * kRows;
        work(block, first, std::min(kRows, paths_ - first));
      }
    });
  }
  void standardise(std::size_t date);

  Policy& policy_;
  std::size_t paths_;
  std::size_t blocks_;
  Parallel parallel_;
  std::vector<double> spots_;      // rows of paths by date, then asset
  std::vector<double> value_;      // discounted payoff of a path
  std::vector<std::size_t> ends_;  // the date it comes from
};

bool Trainer::simulate(const Dynamics& dynamics, std::uint64_t seed) {
  const Record record(policy_.terms().schedule, policy_.assets());
  const auto numbers = pseudo_numbers(demand_of(dynamics, record), seed, kTrainingStream);
  const PathSampler sampler(dynamics, {&record}, *numbers, false);
  const std::size_t block = sampler.block();
  return each_block([&](std::size_t /*block*/, std::size_t first, std::size_t count) {
    const auto workspace = sampler.workspace();
    std::vector<double> out(sampler.outputs() * block);
    for (std::size_t done = 0; done < count; done += block) {
      const std::size_t part = std::min(block, count - done);
      sampler.sample(0, first + done, part, *workspace, out.data());
      for (std::size_t row = 0; row < sampler.outputs(); ++row) {
        std::copy_n(out.data() + row * block, part, spots_.data() + row * paths_ + first + done);
      }
    }
  });
}

/// Centre and deviation of the sorted spots in the money: the constant and linear regressors.
void Trainer::standardise(std::size_t date) {
  Policy::Date& found = policy_.date(date);
  const std::size_t n = policy_.assets();
  found.centre.assign(n, 0.0);
  found.scale.assign(n, 1.0);
  std::vector<double> scratch(policy_.scratch() * kRows);
  std::vector<double> exercise(kRows);
  std::vector<std::array<double, 2>> sums(n, {0.0, 0.0});  // of the spots and their squares
  double count = 0.0;
  for (std::size_t first = 0; first < paths_; first += kRows) {
    const PathRows rows{scratch.data(), kRows};
    const std::size_t inside = policy_.regressors_of(date, std::min(kRows, paths_ - first),
                                                     spots(date, first), rows, exercise.data());
    for (std::size_t i = 0; i < n; ++i) {
      const double* const x = rows[policy_.regressors() + i];
      for (std::size_t p = 0; p < inside; ++p) {
        sums[i][0] += x[p];
        sums[i][1] += x[p] * x[p];
      }
    }
    count += static_cast<double>(inside);
  }
  if (!(count > 1.0)) return;
  for (std::size_t i = 0; i < n; ++i) {
    const double mean = sums[i][0] / count;
    const double variance = sums[i][1] / count - mean * mean;
    found.centre[i] = mean;
    // spots that all are the same leave rounding
    if (variance > 1e-12 * mean * mean) found.scale[i] = 1.0 / std::sqrt(variance);
  }
}

bool Trainer::fit(std::size_t date, Regression& found) {
  standardise(date);
  const std::size_t unknowns = policy_.regressors();
  std::vector<TriangularFactor> factors(blocks_, TriangularFactor(unknowns + 1));
  std::vector<std::uint64_t> counts(blocks_, 0);
  const bool finished = each_block([&](std::size_t block, std::size_t first, std::size_t count) {
    std::vector<double> scratch(policy_.scratch() * kRows);
    std::vector<double> exercise(kRows);
    const PathRows rows{scratch.data(), kRows};
    const std::size_t inside =
        policy_.regressors_of(date, count, spots(date, first), rows, exercise.data());
    double* const right = rows[unknowns];
    std::size_t at = 0;
    for (std::size_t p = 0; p < count; ++p) {
      if (exercise[p] > 0.0) right[at++] = value_[first + p];
    }
    factors[block].fold(scratch.data(), kRows, inside);
    counts[block] = inside;
  });
  if (!finished) return false;
  TriangularFactor all(unknowns + 1);
  found = {0, 0, 1.0, 0.0};
  for (std::size_t block = 0; block < blocks_; ++block) {
    all.fold(factors[block]);
    found.paths += counts[block];
  }
  if (found.paths < kRowsPerUnknown * unknowns) return true;
  LeastSquares solved = solve(all);
  found.rank = solved.rank;
  found.condition = solved.condition;
  found.r_squared = solved.r_squared;
  policy_.date(date).coefficients = std::move(solved.coefficients);
  return true;
}

bool Trainer::exercise(std::size_t date) {
  const bool last = date + 1 == policy_.dates();
  return each_block([&](std::size_t /*block*/, std::size_t first, std::size_t count) {
    std::vector<double> scratch(policy_.scratch() * kRows);
    std::vector<double> pays(kRows);
    std::vector<double> going_on(kRows);
    policy_.judge(date, count, spots(date, first), {scratch.data(), kRows}, pays.data(),
                  going_on.data());
    for (std::size_t p = 0; p < count; ++p) {
      if (!last && !(pays[p] > going_on[p])) continue;
      value_[first + p] = pays[p];
      ends_[first + p] = date;
    }
  });
}

}  // namespace

std::optional<Trained> train(const Dynamics& dynamics, const ExerciseTerms& terms,
                             const Guide& guide, std::size_t degree, std::uint64_t seed,
                             std::uint64_t paths, const Parallel& parallel) {
  Trained made{std::make_unique<Policy>(terms, guide, degree), {}, {}, 0.0};
  const std::size_t dates = terms.discounts.size();
  made.regressions.resize(dates - 1);
  Trainer trainer(*made.policy, paths, parallel);
  if (!trainer.simulate(dynamics, seed)) return std::nullopt;
  if (!trainer.exercise(dates - 1)) return std::nullopt;
  for (std::size_t date = dates - 1; date-- > 0;) {
    if (!trainer.fit(date, made.regressions[date])) return std::nullopt;
    if (!trainer.exercise(date)) return std::nullopt;
  }
  made.frequency = trainer.frequency();
  made.in_sample = trainer.mean();
  return made;
}

}  // namespace strikeproof::monte_carlo
