// Options on a weighted sum of lognormal fixings.
//
//   A = w_0 S + sum_{i=1}^n w_i S_i,  S_i = S_{i-1} exp(X_i),  X_i ~ N(mu, s^2), independent
//   A = w_0 S + S exp(Z_1),  Z_n = X_n + ln w_n,  Z_k = X_k + ln(w_k + exp(Z_{k+1}))           [1]
//
// so the density of Z_k follows from that of Z_{k+1} by one integral with a Gaussian kernel. All
// integrands are analytic and fall off like Gaussians, where the trapezoidal rule converges
// exponentially [2]. A density of m steps times the kernel oscillates at (1 + 1/m)^(1/2) / s, which
// sets the grid's step for an error of 1e-15. The last step is the Black-Scholes formula given Z_2.
//
// Two moments matched by a lognormal: [3]. Given the standardised logarithm z of the geometric
// average, E[A | z] = sum w_i F_i exp(c_i z - c_i^2/2) rises in z, so that
//
//   E[(E[A|z] - K)+] = sum w_i F_i N(c_i - z*) - K N(-z*),  E[A | z*] = K                       [4]
//
// With ln S_i weighted by w_i F_i instead [5], z is the average itself to first order in
// volatility, and the bound is short by some 1e-3 (volatility^2 time)^(3/2) of the mean: where that
// is nothing, and the grids above would have more points the less volatility there is, it takes
// their place.
//
// [1] Carverhill, A. and Clewlow, L. (1990), Flexible convolution, Risk 3(4), 25-29.
// [2] Trefethen, L. N. and Weideman, J. A. C. (2014), The exponentially convergent trapezoidal
//     rule, SIAM Rev. 56(3), 385-458.
// [3] Levy, E. (1992), J. Int. Money and Finance 11, 474-491; Turnbull, S. M. and Wakeman, L. M.
//     (1991), J. Financial and Quantitative Analysis 26(3), 377-389.
// [4] Curran, M. (1994), Valuing Asian and portfolio options by conditioning on the geometric mean
//     price, Management Science 40(12), 1705-1711.
// [5] Lord, R. (2006), Partially exact and bounded approximations for arithmetic Asian options,
//     J. Comp. Finance 10(2), 1-52.
#include "asian_average.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "strikeproof/black_scholes.hpp"
#include "strikeproof/math/normal.hpp"

namespace strikeproof::asian {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

constexpr double kStep = 0.74;  // of the grid, in deviations of one fixing, for many steps
constexpr double kReach = 9.0;  // of the grid and of the kernel, in deviations
constexpr double kMostPoints = 30'000.0;  // of a grid
constexpr double kLastResort = 4e-3;  // of the same where [5] errs by 1e-10, and no grid will do

// Density on an equally spaced grid.
struct Density {
  double first;
  double step;
  std::vector<double> at;

  [[nodiscard]] double point(std::size_t k) const { return first + step * static_cast<double>(k); }
};

struct Steps {
  std::size_t count;  // n
  double mu;
  double s;
};

Steps steps_of(const Weighted& average, const FlatMarket& m) {
  const std::size_t count = average.weight.size() - 1;
  const double part = average.time / static_cast<double>(count);
  const double drift = m.rate - m.dividend_yield - 0.5 * m.volatility * m.volatility;
  return {count, drift * part, m.volatility * std::sqrt(part)};
}

// Grid that holds Z of some remaining steps: between the extremes of ln of the weights' sum and
// the steps' own spread.
// Empty where drift or volatility would need too many points.
Density make_grid(const Steps& steps, const std::vector<double>& weight, std::size_t from) {
  double sum = 0.0;
  for (std::size_t i = from; i <= steps.count; ++i) sum += weight[i];
  const auto left = static_cast<double>(steps.count - from + 1);
  const double spread = kReach * steps.s * std::sqrt(left) + 0.5 * steps.s * steps.s * left;
  const double drift = steps.mu * left;
  const double low = std::log(sum) + std::min(steps.mu, drift) - spread;
  const double high = std::log(sum) + std::max(steps.mu, drift) + spread;
  const double step = kStep * steps.s / std::sqrt(1.0 + 1.0 / left);
  const double cells = std::ceil((high - low) / step);
  if (!(cells < kMostPoints)) return {};
  return {low, step, std::vector<double>(static_cast<std::size_t>(cells) + 1, 0.0)};
}

double kernel(const Steps& steps, double distance) {
  const double z = (distance - steps.mu) / steps.s;
  return std::fabs(z) > kReach ? 0.0 : math::normal_pdf(z) / steps.s;
}

// Density of Z_n.
Density last_density(const Steps& steps, const std::vector<double>& weight) {
  Density density = make_grid(steps, weight, steps.count);
  const double shift = std::log(weight[steps.count]);
  for (std::size_t k = 0; k < density.at.size(); ++k) {
    density.at[k] = kernel(steps, density.point(k) - shift);
  }
  return density;
}

// Density of Z_k from that of Z_{k+1}: each point spreads by the kernel.
Density earlier_density(const Steps& steps, const std::vector<double>& weight, std::size_t k,
                        const Density& later) {
  Density density = make_grid(steps, weight, k);
  if (density.at.empty() || later.at.empty()) return {};
  const double reach = kReach * steps.s;
  for (std::size_t j = 0; j < later.at.size(); ++j) {
    const double mass = later.at[j] * later.step;
    if (mass < 1e-30) continue;
    const double y = later.point(j);
    const double centre = std::log(weight[k] + std::exp(y)) + steps.mu;
    const double from = std::ceil((centre - reach - density.first) / density.step);
    const double until = std::floor((centre + reach - density.first) / density.step);
    const auto last = static_cast<double>(density.at.size() - 1);
    for (double i = std::max(from, 0.0); i <= std::min(until, last); ++i) {
      const auto place = static_cast<std::size_t>(i);
      density.at[place] += mass * kernel(steps, density.point(place) - centre + steps.mu);
    }
  }
  return density;
}

// Black-Scholes over the first step for each value of Z_2; the payoff's discount runs to expiry.
Slopes first_step(double phi, double strike, const Weighted& average, const FlatMarket& m,
                  const Density* later) {
  const Steps steps = steps_of(average, m);
  const double part = average.time / static_cast<double>(steps.count);
  const double rest = std::exp(-m.rate * (average.time - part));
  const double asset = average.weight[0];
  const double left = strike - asset * m.spot;  // strike of what the fixings to come add
  const VanillaOption option{phi > 0.0 ? OptionType::kCall : OptionType::kPut, left, part};
  Slopes sum{};
  const auto add = [&](double level, double mass) {
    const FlatMarket own{m.spot * level, m.rate, m.dividend_yield, m.volatility};
    const Greeks g = black_scholes::greeks(option, own).value;
    // the spot moves the strike, too: by strike the derivative is (price - spot delta) / strike
    const double by_strike = (g.price - own.spot * g.delta) / left;
    const double bend = own.spot * g.gamma;  // spot times the second derivative
    sum.price += mass * g.price;
    sum.delta += mass * (level * g.delta - asset * by_strike);
    const double cross = -bend / left;
    const double by_strike_twice = own.spot * bend / (left * left);
    sum.gamma += mass * (level * level * g.gamma - 2.0 * asset * level * cross +
                         asset * asset * by_strike_twice);
  };
  if (later == nullptr) {
    add(average.weight[1], 1.0);
  } else {
    for (std::size_t j = 0; j < later->at.size(); ++j) {
      const double mass = later->at[j] * later->step;
      if (mass > 1e-30) add(average.weight[1] + std::exp(later->point(j)), mass);
    }
  }
  return {rest * sum.price, rest * sum.delta, rest * sum.gamma};
}

// Every fixing that counts makes the average exceed the strike: a forward on the average.
Slopes certain(double phi, double strike, const Weighted& average, const FlatMarket& m) {
  if (phi < 0.0) return {0.0, 0.0, 0.0};
  const double discount = std::exp(-m.rate * average.time);
  const double expected = mean(average, m);
  return {discount * (expected - strike), discount * expected / m.spot, 0.0};
}

// E[S_i] times its weight.
std::vector<double> forwards(const Weighted& average, const FlatMarket& m) {
  const std::size_t count = average.weight.size() - 1;
  const double part = average.time / static_cast<double>(count);
  std::vector<double> forward(count + 1);
  for (std::size_t i = 0; i <= count; ++i) {
    forward[i] = average.weight[i] * m.spot *
                 std::exp((m.rate - m.dividend_yield) * part * static_cast<double>(i));
  }
  return forward;
}

// cov(ln S_i, z), z the standardised sum of pull_i ln S_i.
std::vector<double> covariances(const std::vector<double>& pull, double time, double volatility) {
  const std::size_t count = pull.size() - 1;
  std::vector<double> tails(count + 1, 0.0);
  double tail = 0.0;
  for (std::size_t i = count; i > 0; --i) tails[i] = tail += pull[i];
  std::vector<double> slope(count + 1, 0.0);
  double norm = 0.0;
  for (std::size_t i = 1; i <= count; ++i) {
    slope[i] = slope[i - 1] + tails[i];
    norm += tails[i] * tails[i];
  }
  const double scale = volatility * std::sqrt(time / static_cast<double>(count) / norm);
  for (double& c : slope) c *= scale;
  return slope;
}

// Lower bound: the average is replaced by its mean given z, which rises with z and meets the strike
// at one z [4]. Its derivative by z is 0 there, so that delta leaves z alone.
Slopes given_one_factor(double phi, double strike, const Weighted& average,
                        const std::vector<double>& pull, const FlatMarket& m) {
  if (strike <= average.weight[0] * m.spot) return certain(phi, strike, average, m);
  const std::vector<double> forward = forwards(average, m);
  const std::vector<double> slope = covariances(pull, average.time, m.volatility);
  const auto mean_given = [&](double z, bool by_z) {
    double sum = 0.0;
    for (std::size_t i = 0; i < forward.size(); ++i) {
      const double own = forward[i] * std::exp(slope[i] * (z - 0.5 * slope[i]));
      sum += by_z ? slope[i] * own : own;
    }
    return sum;
  };
  double low = -40.0;
  double high = 40.0;
  for (int step = 0; step < 100; ++step) {
    const double middle = 0.5 * (low + high);
    (mean_given(middle, false) > strike ? high : low) = middle;
  }
  const double z = 0.5 * (low + high);
  double gained = 0.0;
  double density = 0.0;
  for (std::size_t i = 0; i < forward.size(); ++i) {
    gained += forward[i] * math::normal_cdf(phi * (slope[i] - z));
    density += forward[i] * math::normal_pdf(slope[i] - z);
  }
  const double discount = std::exp(-m.rate * average.time);
  const double bend = density * strike / mean_given(z, true);
  return {discount * phi * (gained - strike * math::normal_cdf(-phi * z)),
          discount * phi * gained / m.spot, discount * bend / (m.spot * m.spot)};
}

}  // namespace

double mean(const Weighted& average, const FlatMarket& m) {
  const std::size_t count = average.weight.size() - 1;
  const double part = average.time / static_cast<double>(count);
  double sum = 0.0;
  for (std::size_t i = 0; i <= count; ++i) {
    sum +=
        average.weight[i] * std::exp((m.rate - m.dividend_yield) * part * static_cast<double>(i));
  }
  return m.spot * sum;
}

Slopes accurate(double phi, double strike, const Weighted& average, const FlatMarket& market) {
  if (strike <= average.weight[0] * market.spot) return certain(phi, strike, average, market);
  const double deviation = market.volatility * std::sqrt(average.time);
  if (deviation < kLowDeviation) {
    return given_one_factor(phi, strike, average, forwards(average, market), market);
  }
  const Steps steps = steps_of(average, market);
  if (steps.count == 1) return first_step(phi, strike, average, market, nullptr);
  Density density = last_density(steps, average.weight);
  for (std::size_t k = steps.count - 1; k >= 2; --k) {
    density = earlier_density(steps, average.weight, k, density);
  }
  if (density.at.empty()) {
    if (deviation >= kLastResort) return {kNaN, kNaN, kNaN};
    return given_one_factor(phi, strike, average, forwards(average, market), market);
  }
  return first_step(phi, strike, average, market, &density);
}

double lognormal(double phi, double strike, const Weighted& average, const FlatMarket& m) {
  const std::size_t count = average.weight.size() - 1;
  const double part = average.time / static_cast<double>(count);
  const double carry = m.rate - m.dividend_yield;
  const double variance = m.volatility * m.volatility;
  const double first = mean(average, m);
  double second = 0.0;
  // E[S_i S_j] = S^2 exp(carry (t_i + t_j) + variance min(t_i, t_j))
  double later = 0.0;
  for (std::size_t i = count + 1; i-- > 0;) {
    const double t = part * static_cast<double>(i);
    const double own = average.weight[i] * std::exp(carry * t);
    second += own * std::exp(variance * t) * (own + 2.0 * later);
    later += own;
  }
  second *= m.spot * m.spot;
  const double spread = std::log(second / (first * first));
  const double discount = std::exp(-m.rate * average.time);
  if (strike <= 0.0) return phi > 0.0 ? discount * (first - strike) : 0.0;
  const VanillaOption option{phi > 0.0 ? OptionType::kCall : OptionType::kPut, strike, 1.0};
  const FlatMarket forward{first, 0.0, 0.0, std::sqrt(std::max(spread, 0.0))};
  return discount * black_scholes::price(option, forward).value;
}

Slopes curran(double phi, double strike, const Weighted& average, const FlatMarket& m) {
  return given_one_factor(phi, strike, average, average.weight, m);
}

}  // namespace strikeproof::asian
