// Bounds of an option with early exercise from a rule when to exercise.
//
// Lower: what the rule pays on paths of its own. Upper, from the rule's value L_k on date k,
// discounted, and Q_k = E_k[L_(k+1)] [1]:
//
//   L_0 + E max_k (h_k - M_k),   M_k = sum_(j <= k) (L_j - Q_(j-1)),   Q_0 = L_0
//       = L_0 + E max_k (h_k - L_k + sum_(j < k, exercised) (Q_j - h_j))
//
// Q_k comes from paths that start at the state of the outer path; its noise only makes the bound
// higher. Dates on which h is 0 need none: their term is at most that of the next exercise. Inner
// paths come in mirrored pairs and their numbers are functions of outer path, date and inner path.
//
// Guided: the European value E is a martingale, so that h - (E_tau - E) has the same mean [2].
//
// [1] Andersen, L. and Broadie, M. (2004), Management Science 50(9), 1222-1234.
// [2] Rasmussen, N. (2005), J. Computational Finance 9(1), 83-118.
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <thread>

#include "numbers.hpp"
#include "payoffs/scheduled.hpp"
#include "sampler.hpp"
#include "simd/path_kernels.hpp"
#include "streams.hpp"
#include "strikeproof/monte_carlo_exercise.hpp"
#include "strikeproof/random.hpp"

namespace strikeproof::monte_carlo {
namespace {

ConstPathRows seen(PathRows rows) noexcept { return {rows.data, rows.stride}; }

class Stopped final : public Scheduled {
 public:
  Stopped(const Policy& policy, bool guided)
      : Scheduled(policy.terms().schedule), policy_(policy), guided_(guided) {}

  [[nodiscard]] std::size_t assets() const noexcept override { return policy_.assets(); }
  [[nodiscard]] std::size_t outputs() const noexcept override { return kOutputs; }
  [[nodiscard]] std::size_t states() const noexcept override {
    return kScratch + policy_.scratch();
  }

  void start(const Observation& now, PathRows state) const noexcept override {
    for (std::size_t row = kValue; row <= kDone; ++row) std::fill_n(state[row], now.count, 0.0);
  }

  void observe(const Observation& now, PathRows state) const noexcept override {
    if (now.date == kNoDate) return;
    const double* const pays = state[kPays];
    const double* const going_on = state[kGoingOn];
    policy_.judge(now.date, now.count, now.spot, {state[kScratch], state.stride}, state[kPays],
                  state[kGoingOn]);
    const double time = schedule().dates[now.date];
    for (std::size_t p = 0; p < now.count; ++p) {
      if (state[kDone][p] != 0.0 || !(pays[p] > going_on[p])) continue;
      state[kDone][p] = 1.0;
      state[kTime][p] = time;
      state[kExercised][p] = pays[p] > 0.0 ? 1.0 : 0.0;
      state[kValue][p] = pays[p];
      if (guided_) {
        state[kValue][p] -= policy_.european(now.date, now.spot[0][p]) - policy_.guide().today;
      }
    }
  }

 private:
  enum Row : std::size_t {
    kValue,
    kTime,
    kExercised,
    kOutputs,
    kDone = kOutputs,
    kPays,
    kGoingOn,
    kScratch
  };

  const Policy& policy_;
  bool guided_;
};

/// Asks whether to go on more often than between blocks, which take long here: by the calling
/// thread only, whose answer ends the others' work too.
class Patience {
 public:
  explicit Patience(const Parallel& parallel)
      : keep_going_(parallel.keep_going), caller_(std::this_thread::get_id()) {}

  [[nodiscard]] bool lost() {
    if (keep_going_ && !lost_ && std::this_thread::get_id() == caller_ && !keep_going_()) {
      lost_ = true;
    }
    return lost_;
  }

 private:
  const std::function<bool()>& keep_going_;
  std::thread::id caller_;
  std::atomic<bool> lost_ = false;
};

class Gap final : public Sampler {
 public:
  Gap(const Dynamics& dynamics, const Policy& policy, const NumberSource& numbers,
      std::uint64_t seed, std::size_t inner, bool guided, Patience& patience)
      : dynamics_(dynamics),
        policy_(policy),
        numbers_(numbers),
        seed_(seed),
        inner_(inner),
        guided_(guided),
        patience_(patience) {}

  [[nodiscard]] std::size_t outputs() const noexcept override { return 1; }
  [[nodiscard]] std::size_t block() const noexcept override { return kUnit; }
  [[nodiscard]] std::unique_ptr<Workspace> workspace() const override {
    return std::make_unique<Place>(*this);
  }
  void sample(std::uint32_t replicate, std::uint64_t first, std::size_t count, Workspace& workspace,
              double* out) const noexcept override;

 private:
  /// State of the model and of the rule for some paths.
  struct Side {
    Side(const Gap& owner, std::size_t size)
        : count(size),
          log_spot(owner.dynamics_.assets() * size),
          spot(owner.dynamics_.assets() * size),
          state(owner.dynamics_.states() * size),
          scratch(owner.policy_.scratch() * size),
          pays(size),
          going_on(size) {}

    [[nodiscard]] Paths paths() noexcept {
      return {count, {log_spot.data(), count}, {state.data(), count}, {nullptr, 0}};
    }

    std::size_t count;
    std::vector<double> log_spot, spot, state, scratch, pays, going_on;
  };

  struct Place final : Workspace {
    explicit Place(const Gap& owner)
        : numbers(owner.numbers_.buffer()),
          outer(owner, kUnit),
          inner(owner, owner.inner_),
          normals(owner.dynamics_.normals() * owner.inner_),
          uniforms(owner.dynamics_.uniforms() * owner.inner_),
          value(owner.inner_) {}

    NumberSource::Buffer numbers;
    Side outer;
    Side inner;
    std::vector<double> normals;
    std::vector<double> uniforms;
    std::vector<double> value;  // NaN: still going on
  };

  void judge(std::size_t date, Side& side) const noexcept {
    for (std::size_t asset = 0; asset < dynamics_.assets(); ++asset) {
      simd::path_kernels().exponentials(side.count, side.log_spot.data() + asset * side.count,
                                        side.spot.data() + asset * side.count);
    }
    policy_.judge(date, side.count, {side.spot.data(), side.count},
                  {side.scratch.data(), side.count}, side.pays.data(), side.going_on.data());
  }
  void draw(std::uint64_t first, std::size_t step, Place& place) const noexcept;
  /// Value of the rule after a date, from one outer path's state at step `from`.
  [[nodiscard]] double following(std::uint64_t path, std::size_t lane, std::size_t from,
                                 Place& place) const noexcept;

  const Dynamics& dynamics_;
  const Policy& policy_;
  const NumberSource& numbers_;
  std::uint64_t seed_;
  std::size_t inner_;
  bool guided_;
  Patience& patience_;
};

void Gap::draw(std::uint64_t first, std::size_t step, Place& place) const noexcept {
  const std::size_t half = inner_ / 2;
  random::Place at{seed_, static_cast<std::uint32_t>(step), 0, kInnerStream};
  for (std::size_t row = 0; row < dynamics_.normals(); ++row, ++at.dimension) {
    double* const z = place.normals.data() + row * inner_;
    random::normals(at, first, {z, half});
    for (std::size_t p = 0; p < half; ++p) z[half + p] = -z[p];
  }
  for (std::size_t row = 0; row < dynamics_.uniforms(); ++row, ++at.dimension) {
    double* const u = place.uniforms.data() + row * inner_;
    random::uniforms(at, first, {u, half});
    for (std::size_t p = 0; p < half; ++p) u[half + p] = 1.0 - u[p];
  }
}

double Gap::following(std::uint64_t path, std::size_t lane, std::size_t from,
                      Place& place) const noexcept {
  Side& side = place.inner;
  const std::size_t width = place.outer.count;
  for (std::size_t row = 0; row < dynamics_.assets(); ++row) {
    std::fill_n(side.log_spot.data() + row * inner_, inner_,
                place.outer.log_spot[row * width + lane]);
  }
  for (std::size_t row = 0; row < dynamics_.states(); ++row) {
    std::fill_n(side.state.data() + row * inner_, inner_, place.outer.state[row * width + lane]);
  }
  const std::span<const Step> steps = dynamics_.steps();
  const std::size_t date = steps[from].date;
  const double guide = guided_ ? policy_.european(date, place.outer.spot[lane]) : 0.0;
  const std::uint64_t first = (path * policy_.dates() + date) * (inner_ / 2);
  std::fill(place.value.begin(), place.value.end(), std::numeric_limits<double>::quiet_NaN());
  std::size_t left = inner_;
  for (std::size_t step = from + 1; step < steps.size() && left > 0; ++step) {
    draw(first, step, place);
    dynamics_.advance(step, {{place.normals.data(), inner_}, {place.uniforms.data(), inner_}},
                      side.paths());
    if (steps[step].date == kNoDate) continue;
    judge(steps[step].date, side);
    for (std::size_t p = 0; p < inner_; ++p) {
      if (!std::isnan(place.value[p]) || !(side.pays[p] > side.going_on[p])) continue;
      place.value[p] = side.pays[p];
      if (guided_) place.value[p] -= policy_.european(steps[step].date, side.spot[p]) - guide;
      --left;
    }
  }
  double sum = 0.0;
  for (const double v : place.value) sum += v;
  return sum / static_cast<double>(inner_);
}

void Gap::sample(std::uint32_t replicate, std::uint64_t first, std::size_t count,
                 Workspace& workspace, double* out) const noexcept {
  auto& place = static_cast<Place&>(workspace);
  Side& side = place.outer;
  numbers_.begin(replicate, first, side.count, place.numbers);
  dynamics_.start(side.paths());
  std::fill_n(out, count, -std::numeric_limits<double>::infinity());
  std::array<double, kUnit> gains{};  // sum of Q - h over the dates exercised so far
  for (std::size_t step = 0; step < dynamics_.steps().size(); ++step) {
    const NumberSource::StepRows rows = numbers_.step(step, place.numbers);
    dynamics_.advance(step, {seen(rows.normals), seen(rows.uniforms)}, side.paths());
    const std::size_t date = dynamics_.steps()[step].date;
    if (date == kNoDate) continue;
    judge(date, side);
    const bool last = date + 1 == policy_.dates();
    for (std::size_t p = 0; p < count; ++p) {
      if (last) {
        out[p] = std::max(out[p], gains[p]);
      } else if (side.pays[p] > 0.0) {
        if (patience_.lost()) return;  // nobody reads what is missing
        const double gain = following(first + p, p, step, place) - side.pays[p];
        if (side.pays[p] > side.going_on[p]) {
          out[p] = std::max(out[p], gains[p]);
          gains[p] += gain;
        } else {
          out[p] = std::max(out[p], gains[p] - gain);
        }
      }
    }
  }
}

}  // namespace

std::unique_ptr<Payoff> stopped(const Policy& policy, bool guided) {
  return std::make_unique<Stopped>(policy, guided);
}

std::optional<Estimate> duality_gap(const Dynamics& dynamics, const Policy& policy,
                                    std::uint64_t seed, std::uint64_t outer, std::size_t inner,
                                    bool guided, const Parallel& parallel) {
  const auto numbers = pseudo_numbers({dynamics.steps(), dynamics.normals(), dynamics.uniforms()},
                                      seed, kDualStream);
  Patience patience(parallel);
  const Gap gap(dynamics, policy, *numbers, seed, inner, guided, patience);
  Parallel asking = parallel;
  asking.keep_going = [&patience] { return !patience.lost(); };
  const auto found = estimate(gap, {1, outer, outer, 1, 0.0, 0.0}, asking, {});
  if (!found || patience.lost()) return std::nullopt;
  return found->front();
}

}  // namespace strikeproof::monte_carlo
