// European options where the logarithm of the spot jumps, by conditioning on the number of jumps.
//
//   E[min(S, K)]/F = sum_n w_n c(k_n; n delta^2)                                           [1, 2]
//   w_n = e^-a a^n/n!,   a = lambda (1 + m) T,   1 + m = exp(mu + delta^2/2)
//   k_n = k + lambda m T - n (mu + delta^2/2)
//
// lambda: intensity; mu, delta: mean and volatility of a jump; k = ln(K/F); c(k; u): the same
// expectation under Heston's model with an independent normal variable of variance u added to the
// logarithm, which multiplies phi(x) by exp(-u (x^2 + i x)/2).
//
// Each term is integrated along the contour that bends to the side its own strike asks for: one
// integral of the whole characteristic function would have to take the side of one term, along
// which the others grow like exp(jump^2/(2 variance)). The terms of a side share the contour and
// phi, and are summed before the integral as multiples of exp(k_m (1 - i x)), m being the one whose
// strike is nearest the forward, so that nothing grows:
//
//   G_m(x) = w_m exp(-m delta^2 (x^2 + i x)/2) + exp((k_l - k_m)(1 - i x)) G_l(x),  l before m
//
// The order is that of |k|, the farthest first, whatever the strike: a strike only says how many
// terms of either side it has. A strike then costs two integrals, however many jumps are likely.
//
// [1] Merton, R. (1976), Option pricing when underlying stock returns are discontinuous, J.
// Financial
//     Economics 3(1-2), 125-144, equation 16.
// [2] Bates, D. (1996), Jumps and stochastic volatility, Review of Financial Studies 9(1), 69-107.
#include "strikeproof/bates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "heston_settle.hpp"
#include "math/log_gamma.hpp"
#include "strikeproof/black_scholes.hpp"

namespace strikeproof::bates {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using Bend = heston::Contour::Bend;
constexpr std::size_t kFactors = 4 * simd::kBlockNodes;  // of a member and a block
constexpr double kNoWeight = 1e-18;
constexpr int kMostJumps = 2000;  // of Bates's model

heston::Result failure(Status status) noexcept { return {{kNaN, kNaN, kNaN}, status}; }

double growth(const Jumps& j) noexcept { return j.mean + 0.5 * j.volatility * j.volatility; }

/// Poisson's probability of n.
double poisson(int n, double mean) noexcept {
  if (mean == 0.0) return n == 0 ? 1.0 : 0.0;
  return std::exp(n * std::log(mean) - mean - math::log_gamma(n + 1.0));
}

struct Range {
  int first;
  int last;
};

/// Numbers that have weight; `last` stays below first where there would be more than `most`.
Range likely(double mean, int most) noexcept {
  if (!(mean < most)) return {0, -1};
  const int mode = static_cast<int>(mean);
  Range found{mode, mode};
  while (found.first > 0 && poisson(found.first - 1, mean) > kNoWeight) --found.first;
  while (poisson(found.last + 1, mean) > kNoWeight) ++found.last;
  return found;
}

bool finite(const VanillaOption& o, double spot, double rate, double yield,
            const Jumps& j) noexcept {
  const std::array<double, 8> all{o.strike, o.time_to_expiry, spot,   rate,
                                  yield,    j.intensity,      j.mean, j.volatility};
  return std::all_of(all.begin(), all.end(), [](double x) { return std::isfinite(x); });
}

bool finite(const heston::Model& v) noexcept {
  const std::array<double, 5> all{v.initial_variance, v.long_run_variance, v.mean_reversion,
                                  v.volatility_of_variance, v.correlation};
  return std::all_of(all.begin(), all.end(), [](double x) { return std::isfinite(x); });
}

bool in_domain(const VanillaOption& o, double spot, const Jumps& j) noexcept {
  return o.strike >= 0.0 && o.time_to_expiry >= 0.0 && spot >= 0.0 && j.intensity >= 0.0 &&
         j.volatility >= 0.0;
}

bool in_domain(const heston::Model& v) noexcept {
  return v.initial_variance >= 0.0 && v.long_run_variance >= 0.0 && v.mean_reversion >= 0.0 &&
         v.volatility_of_variance >= 0.0 && std::abs(v.correlation) <= 1.0;
}

bool never_varies(const heston::Model& v) noexcept {
  return v.initial_variance == 0.0 && (v.mean_reversion == 0.0 || v.long_run_variance == 0.0);
}

/// Value where only the forward matters.
heston::Result intrinsic(const VanillaOption& o, double spot_now, double strike_now,
                         double spot_discount) noexcept {
  const auto sign = static_cast<double>(o.type);
  const double amount = sign * (spot_now - strike_now);
  return {{std::max(amount, 0.0), amount > 0.0 ? sign * spot_discount : 0.0, 0.0}, Status::kOk};
}

}  // namespace

Expiry::Expiry(const Model& model, double time_to_expiry)
    : model_(model), time_(time_to_expiry), contours_(model.variance, time_to_expiry) {
  const Jumps& j = model.jumps;
  const double mean = j.intensity * std::exp(growth(j)) * time_to_expiry;
  const Range range = likely(mean, kMostJumps);
  least_ = range.first;
  for (int n = range.first; n <= range.last; ++n) weights_.push_back(poisson(n, mean));
}

double Expiry::start_of(double log_strike) const noexcept {
  const Jumps& j = model_.jumps;
  return log_strike + j.intensity * std::expm1(growth(j)) * time_;
}

double Expiry::log_strike_after(int jumps, double start) const noexcept {
  return start - jumps * growth(model_.jumps);
}

bool Expiry::certain(int jumps) const noexcept {
  return never_varies(model_.variance) && jumps * model_.jumps.volatility == 0.0;
}

/// Log strikes fall with the number of jumps where jumps go up.
int Expiry::member(Bend bend, std::size_t place) const noexcept {
  const bool ascending = (growth(model_.jumps) > 0.0) == (bend == Bend::kDown);
  return least_ + static_cast<int>(ascending ? place : weights_.size() - 1 - place);
}

std::size_t Expiry::members(Bend bend, double start) const noexcept {
  std::size_t found = 0;
  while (found < weights_.size() && contours_.bends_down(log_strike_after(
                                        member(bend, found), start)) == (bend == Bend::kDown)) {
    ++found;
  }
  return found;
}

/// Factors of the first `count` members at least; more than asked, so that strikes that take one
/// after the other do not start anew each time.
void Expiry::join(Bend bend, const heston::Contour::Nodes& nodes, std::size_t count, Level& level) {
  if (level.members >= count) return;
  const std::size_t begin = level.members;
  const std::size_t end = std::min(weights_.size(), std::max(count, 2 * begin + 4));
  const double width = model_.jumps.volatility;
  std::vector<simd::MixMember> joining;
  for (std::size_t place = begin; place < end; ++place) {
    const int n = member(bend, place);
    const double weight = certain(n) ? 0.0 : weights_[static_cast<std::size_t>(n - least_)];
    joining.push_back({weight, static_cast<double>(n), 0.5 * n * width * width});
  }
  // from far to near: the log strikes of puts rise, those of calls fall
  const double distance = std::abs(growth(model_.jumps));
  const double shift = bend == Bend::kUp ? -distance : distance;
  const std::size_t stride = nodes.count * kFactors;
  level.factors.resize(end * stride);
  double* const to = level.factors.data() + begin * stride;
  const simd::HestonKernels& kernels = contours_.up.kernels();
  for (std::size_t b = 0; b < nodes.count; ++b) {
    double* const mine = to + b * kFactors;
    kernels.join({joining.data(), joining.size(), shift, stride},
                 nodes.blocks.data() + b * simd::kBlockSize, begin == 0 ? nullptr : mine - stride,
                 mine);
  }
  level.members = end;
  level.mixtures.resize(end);
}

const Expiry::Mixture& Expiry::mixture(Bend bend, int level, std::size_t count, bool with_slopes) {
  const bool down = bend == Bend::kDown;
  heston::Contour& contour = down ? contours_.down : contours_.up;
  const heston::Contour::Nodes& at = contour.nodes(level, with_slopes);
  Level& own = (down ? down_ : up_)[static_cast<std::size_t>(level)];
  join(bend, at, count, own);
  Mixture& found = own.mixtures[count - 1];
  if (!found.blocks.empty() && (!with_slopes || !found.slopes.empty())) return found;
  found.blocks.resize(at.count * simd::kBlockSize);
  if (with_slopes) found.slopes.resize(at.count * simd::kMixedSlopesSize);
  const double* const factors = own.factors.data() + (count - 1) * at.count * kFactors;
  for (std::size_t b = 0; b < at.count; ++b) {
    contour.kernels().mixed(
        at.blocks.data() + b * simd::kBlockSize,
        with_slopes ? at.slopes.data() + b * simd::kSlopesSize : nullptr, factors + b * kFactors,
        found.blocks.data() + b * simd::kBlockSize,
        with_slopes ? found.slopes.data() + b * simd::kMixedSlopesSize : nullptr);
  }
  return found;
}

template <std::size_t count>
bool Expiry::sum(double start, std::array<double, count>& found) {
  constexpr bool with_slopes = count > simd::kSumSlopes;
  const simd::HestonKernels& kernels = contours_.up.kernels();
  const simd::HestonSums kernel = with_slopes               ? kernels.mixed_slopes
                                  : count > simd::kSumGamma ? kernels.greeks
                                                            : kernels.price;
  const std::array<std::size_t, 2> sizes{members(Bend::kUp, start), members(Bend::kDown, start)};
  return heston::settle(
      [&](int level, std::array<simd::PartialSum, count>& sums) {
        double scale = 0.0;
        for (const Bend bend : {Bend::kUp, Bend::kDown}) {
          const bool up = bend == Bend::kUp;
          const std::size_t size = sizes[up ? 0 : 1];
          if (size == 0) continue;
          const Mixture& at = mixture(bend, level, size, with_slopes);
          const double nearest = log_strike_after(member(bend, size - 1), start);
          std::array<simd::PartialSum, count> own{};
          kernel(at.blocks.data(), at.slopes.data(), at.blocks.size() / simd::kBlockSize, nearest,
                 own.data());
          for (std::size_t q = 0; q < count; ++q) {
            sums[q].all += own[q].all;
            sums[q].odd_excess += own[q].odd_excess;
          }
          const heston::Contour& contour = up ? contours_.up : contours_.down;
          if (level == 0) scale += contour.size(at.blocks.data(), nearest);
        }
        return scale;
      },
      found);
}

/// Whether each term can be had to its digits; see heston.cpp.
Status Expiry::answerable(double start) const noexcept {
  if (weights_.empty()) return Status::kNotConverged;
  const int last = least_ + static_cast<int>(weights_.size()) - 1;
  const double farthest = std::max(log_strike_after(least_, start), log_strike_after(last, start));
  return farthest <= heston::kFarthestStrike ? Status::kOk : Status::kNotConverged;
}

/// Terms of which only the forward matters.
heston::Values Expiry::certain_part(double start) const noexcept {
  heston::Values sum{0.0, 0.0, 0.0};
  if (!never_varies(model_.variance)) return sum;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const int n = least_ + static_cast<int>(i);
    if (!certain(n)) continue;
    const double k = log_strike_after(n, start);
    sum.price += weights_[i] * std::min(1.0, std::exp(k));
    sum.delta += k > 0.0 ? weights_[i] : 0.0;
  }
  return sum;
}

PriceResult Expiry::covered_price(double log_strike) {
  const double start = start_of(log_strike);
  std::array<double, simd::kSumGamma> found{};
  if (answerable(start) != Status::kOk || !sum(start, found)) return {kNaN, Status::kNotConverged};
  return {certain_part(start).price + found[0], Status::kOk};
}

heston::Result Expiry::covered_call(double log_strike) {
  const double start = start_of(log_strike);
  std::array<double, simd::kSumSlopes> found{};
  if (answerable(start) != Status::kOk || !sum(start, found)) {
    return failure(Status::kNotConverged);
  }
  const heston::Values certain = certain_part(start);
  return {{certain.price + found[0], certain.delta + found[1], found[2]}, Status::kOk};
}

heston::Result Expiry::covered_call(double log_strike, Slopes& slopes) {
  slopes.fill(kNaN);
  const double start = start_of(log_strike);
  std::array<double, simd::kMixedSums> found{};
  if (never_varies(model_.variance) || answerable(start) != Status::kOk || !sum(start, found)) {
    return failure(Status::kNotConverged);
  }
  const Jumps& j = model_.jumps;
  const double gross = std::exp(growth(j));
  const double jumps = j.intensity * gross * time_;  // a
  const auto [price, delta, gamma] = heston::Values{found[0], found[1], found[2]};
  std::copy_n(found.begin() + simd::kSumSlopes, 5, slopes.begin());
  // sums over n of weight, n and: the term's price, its delta, its derivative by delta^2
  const double* const counted = found.data() + simd::kSumSlopes + 5;
  const double by_jumps = counted[0] / jumps - price;  // derivative by a
  const double by_strike = price - delta;
  const double by_growth = jumps * (by_jumps + by_strike) - (counted[0] - counted[1]);
  slopes[kIntensity] = time_ * (gross * by_jumps + std::expm1(growth(j)) * by_strike);
  slopes[kJumpMean] = by_growth;
  slopes[kJumpVolatility] = 2.0 * j.volatility * counted[2] + j.volatility * by_growth;
  return {{price, delta, gamma}, Status::kOk};
}

namespace {

/// What both entries need of a contract; the status is kOk where the expiry has to answer.
struct Prepared {
  double spot_discount;
  double spot_now;
  double strike_now;
  Status status;
  bool only_forward;
  double log_strike;
};

Prepared prepared(const VanillaOption& option, const Market& market) noexcept {
  const double time = option.time_to_expiry;
  const double spot_discount = std::exp(-market.dividend_yield * time);
  const double spot_now = market.spot * spot_discount;
  const double strike_now = option.strike * std::exp(-market.rate * time);
  Prepared found{spot_discount, spot_now, strike_now, Status::kOk, false, 0.0};
  const Jumps& j = market.model.jumps;
  if (!finite(option, market.spot, market.rate, market.dividend_yield, j) ||
      !finite(market.model.variance)) {
    found.status = Status::kNonFinite;
  } else if (!in_domain(option, market.spot, j) || !in_domain(market.model.variance)) {
    found.status = Status::kOutOfDomain;
  } else if (!std::isfinite(spot_now) || !std::isfinite(strike_now)) {
    found.status = Status::kOverflow;
  } else if (time == 0.0 || option.strike == 0.0 || market.spot == 0.0) {
    found.only_forward = true;
  } else {
    const double carry = (market.rate - market.dividend_yield) * time;
    found.log_strike = std::log(option.strike / market.spot) - carry;
  }
  return found;
}

double price_of(const VanillaOption& option, const Prepared& p, double covered) noexcept {
  const double most = option.type == OptionType::kCall ? p.spot_now : p.strike_now;
  const double least = intrinsic(option, p.spot_now, p.strike_now, p.spot_discount).value.price;
  return std::clamp(most - p.spot_now * covered, least, std::max(least, most));
}

Expiry& serving(const Market& market, double time, std::optional<Expiry>& expiry) {
  if (!expiry || !expiry->serves(market.model, time)) expiry.emplace(market.model, time);
  return *expiry;
}

}  // namespace

PriceResult price(const VanillaOption& option, const Market& market,
                  std::optional<Expiry>& expiry) {
  const Prepared p = prepared(option, market);
  if (p.status != Status::kOk) return {kNaN, p.status};
  if (p.only_forward) {
    return {intrinsic(option, p.spot_now, p.strike_now, p.spot_discount).value.price, Status::kOk};
  }
  const PriceResult covered =
      serving(market, option.time_to_expiry, expiry).covered_price(p.log_strike);
  if (covered.status != Status::kOk) return covered;
  return {price_of(option, p, covered.value), Status::kOk};
}

heston::Result value(const VanillaOption& option, const Market& market,
                     std::optional<Expiry>& expiry) {
  const Prepared p = prepared(option, market);
  if (p.status != Status::kOk) return failure(p.status);
  if (p.only_forward) return intrinsic(option, p.spot_now, p.strike_now, p.spot_discount);
  const heston::Result covered =
      serving(market, option.time_to_expiry, expiry).covered_call(p.log_strike);
  if (covered.status != Status::kOk) return covered;
  const double own = option.type == OptionType::kCall ? 1.0 : 0.0;
  const heston::Values found{price_of(option, p, covered.value.price),
                             p.spot_discount * (own - std::clamp(covered.value.delta, 0.0, 1.0)),
                             p.spot_discount * std::max(0.0, -covered.value.gamma) / market.spot};
  if (!is_finite(found)) return failure(Status::kOverflow);
  return {found, Status::kOk};
}

heston::Result merton_value(const VanillaOption& option, const MertonMarket& market) noexcept {
  const Jumps& j = market.jumps;
  if (!finite(option, market.spot, market.rate, market.dividend_yield, j) ||
      !std::isfinite(market.volatility)) {
    return failure(Status::kNonFinite);
  }
  if (!in_domain(option, market.spot, j) || !(market.volatility >= 0.0)) {
    return failure(Status::kOutOfDomain);
  }
  constexpr int kMost = 1'000'000;
  const double time = option.time_to_expiry;
  const double spread = j.volatility * j.volatility;
  const double mean = j.intensity * time;
  // numbers of jumps that matter to the probability, and to the spot that they multiply
  const Range plain = likely(mean, kMost);
  const Range weighted = likely(mean * std::exp(growth(j)), kMost);
  if (plain.last < 0 || weighted.last < 0) return failure(Status::kNotConverged);
  heston::Values sum{0.0, 0.0, 0.0};
  const int last = std::max(plain.last, weighted.last);
  for (int n = std::min(plain.first, weighted.first); n <= last; ++n) {
    const double ratio = std::exp(n * growth(j) - mean * std::expm1(growth(j)));
    const double variance =
        market.volatility * market.volatility + (n > 0 ? n * spread / time : 0.0);
    const GreeksResult term = black_scholes::greeks(
        option, {market.spot * ratio, market.rate, market.dividend_yield, std::sqrt(variance)});
    if (term.status != Status::kOk) return failure(term.status);
    const double weight = poisson(n, mean);
    sum.price += weight * term.value.price;
    sum.delta += weight * ratio * term.value.delta;
    sum.gamma += weight * ratio * ratio * term.value.gamma;
  }
  // gamma is infinite at a kink
  const bool lost = !std::isfinite(sum.price) || std::isnan(sum.delta + sum.gamma);
  if (lost) return failure(Status::kOverflow);
  return {sum, Status::kOk};
}

}  // namespace strikeproof::bates
