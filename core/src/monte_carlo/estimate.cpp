// Averages of samples whose bits do not depend on threads.
//
// Samples are summed by units of 64; a unit's mean and sum of squares about it depend on the unit
// alone. The units' figures are then added in their order by the calling thread, with Neumaier's
// compensation [1], so that neither threads nor the sizes of blocks and rounds change a bit.
//
//   variance (N - 1) = sum_u M2_u + sum_u n_u (m_u - c)^2 - (sum_u n_u (m_u - c))^2 / N         [2]
//
// with c the first unit's mean. For randomised quasi-Monte Carlo the replicates' means are the
// sample [3]. A run with a target looks at its error after `samples` samples, then at the number
// that the error so far asks for: this is asymptotically consistent [4].
//
// [1] Neumaier, A. (1974), Z. angew. Math. Mech. 54, 39-51.
// [2] Chan, T., Golub, G. and LeVeque, R. (1983), The American Statistician 37(3), 242-247.
// [3] L'Ecuyer, P. and Lemieux, C. (2000), Management Science 46(9), 1214-1235.
// [4] Chow, Y. and Robbins, H. (1965), Ann. Math. Statist. 36(2), 457-462.
#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <utility>

#include "sampler.hpp"

namespace strikeproof::monte_carlo {
namespace {

constexpr std::uint64_t kRound = 65536;       // samples between two calls of progress
constexpr std::uint64_t kLongRound = 524288;  // where nobody waits for one

struct Unit {
  double count;
  double mean;
  double squares;  // about the mean
};

/// Sum of f over the values in eight lanes: the order is part of the result.
template <class Function>
double lane_sum(const double* values, std::size_t count, const Function& f) noexcept {
  constexpr std::size_t kLanes = 8;
  std::array<double, kLanes> sums{};
  const std::size_t whole = count / kLanes * kLanes;
  for (std::size_t k = 0; k < whole; k += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += f(values[k + lane]);
  }
  for (std::size_t k = whole; k < count; ++k) sums[k - whole] += f(values[k]);
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

Unit unit_of(const double* values, std::size_t count) noexcept {
  const auto n = static_cast<double>(count);
  const double mean = lane_sum(values, count, [](double v) { return v; }) / n;
  return {n, mean, lane_sum(values, count, [mean](double v) { return (v - mean) * (v - mean); })};
}

class Sum {
 public:
  void add(double value) noexcept {
    const double total = sum_ + value;
    rest_ += std::abs(sum_) >= std::abs(value) ? (sum_ - total) + value : (value - total) + sum_;
    sum_ = total;
  }
  [[nodiscard]] double value() const noexcept { return sum_ + rest_; }

 private:
  double sum_ = 0.0;
  double rest_ = 0.0;
};

class Average {
 public:
  void add(const Unit& unit) noexcept {
    if (count_ == 0.0) centre_ = unit.mean;
    const double distance = unit.mean - centre_;
    count_ += unit.count;
    first_.add(unit.count * distance);
    second_.add(unit.count * distance * distance);
    within_.add(unit.squares);
  }
  [[nodiscard]] double mean() const noexcept { return centre_ + first_.value() / count_; }
  [[nodiscard]] double variance() const noexcept {
    const double between = second_.value() - first_.value() * first_.value() / count_;
    return std::max(within_.value() + between, 0.0) / (count_ - 1.0);
  }
  [[nodiscard]] double count() const noexcept { return count_; }

 private:
  double count_ = 0.0;
  double centre_ = 0.0;
  Sum first_;
  Sum second_;
  Sum within_;
};

/// Workspaces and blocks of values for the threads of a call.
class Desk {
 public:
  struct Place {
    std::unique_ptr<Workspace> workspace;
    std::vector<double> values;
  };

  Desk(const Sampler& sampler, unsigned threads) {
    for (unsigned k = 0; k < std::max(threads, 1U); ++k) {
      places_.push_back(
          {sampler.workspace(), std::vector<double>(sampler.outputs() * sampler.block())});
      free_.push_back(k);
    }
  }

  template <class Work>
  void with(const Work& work) {
    std::size_t mine = 0;
    {
      const std::lock_guard lock(mutex_);
      mine = free_.back();
      free_.pop_back();
    }
    work(places_[mine]);
    const std::lock_guard lock(mutex_);
    free_.push_back(mine);  // within its first capacity
  }

 private:
  std::mutex mutex_;
  std::vector<Place> places_;
  std::vector<std::size_t> free_;
};

/// The samples so far of every replicate and output.
class Run {
 public:
  Run(const Sampler& sampler, const Plan& plan, const Parallel& parallel)
      : sampler_(sampler),
        plan_(plan),
        parallel_{parallel.threads, 1, parallel.keep_going},
        desk_(sampler, parallel.threads),
        averages_(plan.replicates * sampler.outputs()) {}

  /// Draws samples up to number `last` of every replicate; false if stopped.
  bool extend(std::uint64_t last);

  [[nodiscard]] std::uint64_t done() const noexcept { return done_; }
  [[nodiscard]] std::uint64_t paths() const noexcept {
    return done_ * plan_.replicates * plan_.paths_per_sample;
  }
  [[nodiscard]] Estimate result(std::size_t output, Stop stop) const noexcept;

 private:
  const Sampler& sampler_;
  const Plan& plan_;
  Parallel parallel_;
  Desk desk_;
  std::vector<Average> averages_;  // by replicate, then output
  std::vector<Unit> units_;
  std::uint64_t done_ = 0;
};

bool Run::extend(std::uint64_t last) {
  const std::size_t outputs = sampler_.outputs();
  const std::size_t block = sampler_.block();
  const auto fresh = static_cast<std::size_t>(last - done_);
  const std::size_t blocks = (fresh + block - 1) / block;
  const std::size_t units = (fresh + kUnit - 1) / kUnit;
  units_.resize(plan_.replicates * outputs * units);
  const auto work = [&](Rows rows) {
    for (std::size_t job = rows.begin; job < rows.end; ++job) {
      const std::size_t replicate = job / blocks;
      const std::size_t begin = job % blocks * block;
      const std::size_t count = std::min(block, fresh - begin);
      desk_.with([&](Desk::Place& place) {
        sampler_.sample(static_cast<std::uint32_t>(replicate), done_ + begin, count,
                        *place.workspace, place.values.data());
        for (std::size_t output = 0; output < outputs; ++output) {
          const double* const values = place.values.data() + output * block;
          Unit* const to = units_.data() + (replicate * outputs + output) * units;
          for (std::size_t k = 0; k < count; k += kUnit) {
            to[(begin + k) / kUnit] = unit_of(values + k, std::min(kUnit, count - k));
          }
        }
      });
    }
  };
  if (!for_each_block(plan_.replicates * blocks, parallel_, work)) return false;
  for (std::size_t k = 0; k < averages_.size(); ++k) {
    for (std::size_t u = 0; u < units; ++u) averages_[k].add(units_[k * units + u]);
  }
  done_ = last;
  return true;
}

Estimate Run::result(std::size_t output, Stop stop) const noexcept {
  const std::size_t outputs = sampler_.outputs();
  if (plan_.replicates == 1) {
    const Average& all = averages_[output];
    return {all.mean(), std::sqrt(all.variance() / all.count()), all.count() - 1.0, paths(), stop};
  }
  Average means;
  for (std::size_t r = 0; r < plan_.replicates; ++r) {
    means.add({1.0, averages_[r * outputs + output].mean(), 0.0});
  }
  const double count = means.count();
  return {means.mean(), std::sqrt(means.variance() / count), count - 1.0, paths(), stop};
}

std::uint64_t whole_units(double samples) noexcept {
  return static_cast<std::uint64_t>(std::ceil(samples / kUnit)) * kUnit;
}

/// Samples at which to look again: as the error's law has it, within limits.
std::uint64_t next_look(const Plan& plan, std::uint64_t done, double excess) noexcept {
  if (plan.replicates > 1) return std::min(2 * done, plan.most);  // whole nets
  const auto n = static_cast<double>(done);
  const double wanted = std::clamp(1.02 * excess * excess, 1.1, 4.0) * n;
  return std::min(whole_units(wanted), plan.most);
}

}  // namespace

std::optional<std::vector<Estimate>> estimate(const Sampler& sampler, const Plan& plan,
                                              const Parallel& parallel, const Progress& progress) {
  Run run(sampler, plan, parallel);
  const std::uint64_t round =
      std::max<std::uint64_t>((progress ? kRound : kLongRound) / plan.replicates / kUnit, 1) *
      kUnit;
  const bool targeted = plan.absolute_target > 0.0 || plan.relative_target > 0.0;
  std::uint64_t look = plan.samples;
  Stop stop = Stop::kPaths;
  for (;;) {
    while (run.done() < look) {
      if (!run.extend(std::min(run.done() + round, look))) return std::nullopt;
      if (progress && !progress(run.paths(), run.result(0, stop))) return std::nullopt;
    }
    if (!targeted) break;
    const Estimate now = run.result(0, stop);
    const double target =
        std::max(plan.absolute_target, plan.relative_target * std::abs(now.value));
    if (!std::isfinite(now.standard_error)) break;  // no number of paths will mend it
    if (now.standard_error <= target) {
      stop = Stop::kTarget;
      break;
    }
    if (run.done() >= plan.most) {
      stop = Stop::kMaximum;
      break;
    }
    look = next_look(plan, run.done(), now.standard_error / target);
  }
  std::vector<Estimate> found;
  for (std::size_t k = 0; k < sampler.outputs(); ++k) found.push_back(run.result(k, stop));
  return found;
}

std::optional<Moments> moments(const Sampler& sampler, std::size_t samples,
                               const Parallel& parallel) {
  const std::size_t outputs = sampler.outputs();
  const std::size_t block = sampler.block();
  const std::size_t blocks = (samples + block - 1) / block;
  std::vector<double> all(outputs * samples);
  Desk desk(sampler, parallel.threads);
  const auto work = [&](Rows rows) {
    for (std::size_t job = rows.begin; job < rows.end; ++job) {
      const std::size_t begin = job * block;
      const std::size_t count = std::min(block, samples - begin);
      desk.with([&](Desk::Place& place) {
        sampler.sample(0, begin, count, *place.workspace, place.values.data());
        for (std::size_t k = 0; k < outputs; ++k) {
          std::copy_n(place.values.data() + k * block, count, all.data() + k * samples + begin);
        }
      });
    }
  };
  if (!for_each_block(blocks, {parallel.threads, 1, parallel.keep_going}, work)) {
    return std::nullopt;
  }
  const auto n = static_cast<double>(samples);
  Moments found{std::vector<double>(outputs), std::vector<double>(outputs * outputs)};
  for (std::size_t k = 0; k < outputs; ++k) {
    Sum sum;
    for (std::size_t s = 0; s < samples; ++s) sum.add(all[k * samples + s]);
    found.mean[k] = sum.value() / n;
  }
  for (std::size_t a = 0; a < outputs; ++a) {
    for (std::size_t b = 0; b < outputs; ++b) {
      Sum sum;
      for (std::size_t s = 0; s < samples; ++s) {
        sum.add((all[a * samples + s] - found.mean[a]) * (all[b * samples + s] - found.mean[b]));
      }
      found.covariance[a * outputs + b] = sum.value() / (n - 1.0);
    }
  }
  return found;
}

}  // namespace strikeproof::monte_carlo
