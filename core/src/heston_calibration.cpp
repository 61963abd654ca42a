// Calibration of Heston's and Bates's models by least squares of implied volatilities.
//
// Gradients are those of the characteristic function, integrated along with it [1]. A parameter p
// between bounds is a logistic function of a variable without bounds; of ln p where p is positive.
// Quotes of one expiry share its integral. The quadrature of an evaluation is as accurate as that
// of prices: noise-free quotes give back their parameters to the digits that the quotes determine.
//
// The sum of squares may have several minima and is flat along a valley of mean reversion and
// volatility of variance [1]: starts are tried in a fixed order until one fits to rounding or two
// end in the same minimum.
//
// [1] Cui, Y., del Bano Rollin, S. and Germano, G. (2017), Full and fast calibration of the Heston
//     stochastic volatility model, European J. Operational Research 263(2), 625-638.
#include "strikeproof/heston_calibration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "numeric/levenberg_marquardt.hpp"
#include "strikeproof/bates.hpp"
#include "strikeproof/black_scholes.hpp"

namespace strikeproof::calibration {
namespace {

constexpr std::size_t kHestonParameters = 5;
constexpr std::size_t kMost = bates::kParameters;
// Of the forward: prices below are too near the error of the integral for a volatility.
constexpr double kLeastPrice = 1e-8;
// Root mean square of weighted errors that is taken for an exact fit.
constexpr double kExact = 1e-9;
constexpr double kSameMinimum = 1e-4;  // relative, of the sum of squares

using Parameters = std::array<double, kMost>;

heston::Model variance_of(const Parameters& p) noexcept { return {p[0], p[1], p[2], p[3], p[4]}; }

/// Covered calls of one expiry under either family.
class Smile {
 public:
  Smile(Family family, const Parameters& p, double time) {
    if (family == Family::kHeston) {
      heston_.emplace(variance_of(p), time);
    } else {
      bates_.emplace(bates::Model{variance_of(p), {p[5], p[6], p[7]}}, time);
    }
  }

  heston::Result at(double log_strike, Parameters& slopes) {
    if (bates_) return bates_->covered_call(log_strike, slopes);
    heston::Slopes own{};
    const heston::Result found = heston_->covered_call(log_strike, own);
    std::copy_n(own.begin(), kHestonParameters, slopes.begin());
    return found;
  }

 private:
  std::optional<heston::Expiry> heston_;
  std::optional<bates::Expiry> bates_;
};

/// Quotes as out-of-the-money options on a forward of 1, sorted by expiry, by columns.
struct Targets {
  std::vector<std::size_t> quote;
  std::vector<double> sign, strike, log_strike, time, volatility, weight;
  std::vector<double> least, least_vega;  // volatility of a price of kLeastPrice, and its vega

  Targets() = default;
  explicit Targets(std::span<const Quote> quotes);

  /// The volatilities that prices have, by the kernels' batches.
  void implied(const std::vector<double>& prices, std::vector<double>& found,
               std::vector<std::uint8_t>& status) const noexcept {
    black_scholes::implied_volatility(columns(prices), {0, quote.size()}, found.data(),
                                      status.data());
  }

  void vegas(const std::vector<double>& volatilities, std::vector<double>& prices,
             std::vector<double>& found, std::vector<std::uint8_t>& status) const noexcept {
    black_scholes::OutputColumns out{};
    out[black_scholes::kPrice] = prices.data();
    out[black_scholes::kVega] = found.data();
    black_scholes::quantities(columns(volatilities), {0, quote.size()}, out, status.data());
  }

 private:
  [[nodiscard]] black_scholes::Columns columns(const std::vector<double>& last) const noexcept {
    static constexpr double kOne = 1.0;
    static constexpr double kNone = 0.0;
    return {{sign.data(), 1}, {&kOne, 0},  {strike.data(), 1}, {time.data(), 1},
            {&kNone, 0},      {&kNone, 0}, {last.data(), 1}};
  }
};

Targets::Targets(std::span<const Quote> quotes) : quote(quotes.size()) {
  std::iota(quote.begin(), quote.end(), std::size_t{0});
  std::stable_sort(quote.begin(), quote.end(), [&](std::size_t a, std::size_t b) {
    return quotes[a].time_to_expiry < quotes[b].time_to_expiry;
  });
  for (const std::size_t i : quote) {
    const Quote& q = quotes[i];
    log_strike.push_back(std::log(q.strike / q.forward));
    sign.push_back(log_strike.back() > 0.0 ? 1.0 : -1.0);
    strike.push_back(q.strike / q.forward);
    time.push_back(q.time_to_expiry);
    volatility.push_back(q.volatility);
    weight.push_back(q.weight);
  }
  std::vector<double> again(quotes.size());
  std::vector<std::uint8_t> status(quotes.size());
  least.resize(quotes.size());
  least_vega.resize(quotes.size());
  implied(std::vector<double>(quotes.size(), kLeastPrice), least, status);
  vegas(least, again, least_vega, status);
  std::vector<double> price(quotes.size());
  vegas(volatility, price, again, status);
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    // a quote worth less goes along the same tangent, so that the model of the quotes has no error
    if (price[i] < kLeastPrice) volatility[i] = least[i] + (price[i] - kLeastPrice) / least_vega[i];
  }
}

/// What an evaluation works with.
struct Scratch {
  explicit Scratch(std::size_t count)
      : price(count), slopes(count), volatility(count), again(count), vega(count), status(count) {}

  std::vector<double> price;
  std::vector<Parameters> slopes;
  std::vector<double> volatility;
  std::vector<double> again;
  std::vector<double> vega;
  std::vector<std::uint8_t> status;
};

/// Derivative of the error of volatility by the price.
struct VolatilityError {
  double value;
  double by_price;
};

/// The model's volatility less the quote's. Below kLeastPrice volatility goes on along its tangent
/// there: a jump would stop the optimiser.
VolatilityError volatility_error(const Targets& targets, const Scratch& at, std::size_t i) {
  if (at.price[i] > kLeastPrice) {
    return {at.volatility[i] - targets.volatility[i], 1.0 / at.vega[i]};
  }
  const double slope = 1.0 / targets.least_vega[i];
  const double beyond = (at.price[i] - kLeastPrice) * slope;
  return {targets.least[i] + beyond - targets.volatility[i], slope};
}

/// The family's parameters as functions of variables without bounds.
class Transform {
 public:
  Transform(std::size_t count, std::span<const Bounds> bounds) : count_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      bounds_.push_back(bounds[i]);
      if (bounds[i].upper > bounds[i].lower) free_.push_back(i);
    }
  }

  [[nodiscard]] const std::vector<std::size_t>& free() const noexcept { return free_; }

  [[nodiscard]] std::vector<double> inward(const std::vector<double>& parameters) const {
    constexpr double kMargin = 1e-6;
    std::vector<double> found;
    for (const std::size_t i : free_) {
      const auto [low, high] = ends(i);
      const double position =
          ((logarithmic(i) ? std::log(parameters[i]) : parameters[i]) - low) / (high - low);
      const double inside = std::clamp(position, kMargin, 1.0 - kMargin);
      found.push_back(std::log(inside / (1.0 - inside)));
    }
    return found;
  }

  /// Parameters, and their derivatives by their own variables (0 where held).
  void outward(std::span<const double> variables, Parameters& parameters,
               Parameters& slopes) const {
    slopes.fill(0.0);
    for (std::size_t i = 0; i < count_; ++i) parameters[i] = bounds_[i].lower;
    for (std::size_t f = 0; f < free_.size(); ++f) {
      const std::size_t i = free_[f];
      const auto [low, high] = ends(i);
      const double share = 1.0 / (1.0 + std::exp(-variables[f]));
      const double position = low + (high - low) * share;
      parameters[i] = logarithmic(i) ? std::exp(position) : position;
      slopes[i] = (high - low) * share * (1.0 - share) * (logarithmic(i) ? parameters[i] : 1.0);
    }
  }

 private:
  [[nodiscard]] bool logarithmic(std::size_t i) const noexcept { return bounds_[i].lower > 0.0; }

  [[nodiscard]] Bounds ends(std::size_t i) const noexcept {
    if (!logarithmic(i)) return bounds_[i];
    return {std::log(bounds_[i].lower), std::log(bounds_[i].upper)};
  }

  std::size_t count_;
  std::vector<Bounds> bounds_;
  std::vector<std::size_t> free_;
};

/// Weighted errors of all quotes and their derivatives, by expiry.
class Problem {
 public:
  Problem(Family family, std::span<const Quote> quotes, const Transform& transform)
      : family_(family), transform_(transform), targets_(quotes), scratch_(quotes.size()) {}

  bool operator()(std::span<const double> variables, std::span<double> errors,
                  std::span<double> jacobian) {
    Parameters parameters{};
    Parameters outward{};
    transform_.outward(variables, parameters, outward);
    if (!prices(parameters)) return false;
    targets_.implied(scratch_.price, scratch_.volatility, scratch_.status);
    targets_.vegas(scratch_.volatility, scratch_.again, scratch_.vega, scratch_.status);
    const std::vector<std::size_t>& free = transform_.free();
    for (std::size_t i = 0; i < targets_.quote.size(); ++i) {
      const VolatilityError error = volatility_error(targets_, scratch_, i);
      const std::size_t row = targets_.quote[i];
      errors[row] = targets_.weight[i] * error.value;
      const double by_covered = -targets_.weight[i] * error.by_price;
      for (std::size_t f = 0; f < free.size() && !jacobian.empty(); ++f) {
        jacobian[row * free.size() + f] =
            by_covered * scratch_.slopes[i][free[f]] * outward[free[f]];
      }
    }
    return std::all_of(errors.begin(), errors.end(), [](double e) { return std::isfinite(e); }) &&
           std::all_of(jacobian.begin(), jacobian.end(), [](double s) { return std::isfinite(s); });
  }

 private:
  /// Out-of-the-money prices of the model; false where one is not known.
  bool prices(const Parameters& parameters) {
    std::optional<Smile> smile;
    for (std::size_t i = 0; i < targets_.quote.size(); ++i) {
      if (i == 0 || targets_.time[i] != targets_.time[i - 1]) {
        smile.emplace(family_, parameters, targets_.time[i]);
      }
      const heston::Result covered = smile->at(targets_.log_strike[i], scratch_.slopes[i]);
      if (covered.status != Status::kOk) return false;
      scratch_.price[i] = std::min(1.0, targets_.strike[i]) - covered.value.price;
    }
    return true;
  }

  Family family_;
  const Transform& transform_;
  Targets targets_;
  Scratch scratch_;
};

/// Variance of the quote nearest the forward, of the first and of the last expiry.
std::array<double, 2> variances_at_the_money(std::span<const Quote> quotes) {
  std::array<double, 2> found{};
  for (const bool last : {false, true}) {
    const auto nearer = [last](const Quote& a, const Quote& b) {
      if (a.time_to_expiry != b.time_to_expiry) {
        return (a.time_to_expiry < b.time_to_expiry) != last;
      }
      return std::abs(std::log(a.strike / a.forward)) < std::abs(std::log(b.strike / b.forward));
    };
    const Quote& best = *std::min_element(quotes.begin(), quotes.end(), nearer);
    found[last ? 1 : 0] = best.volatility * best.volatility;
  }
  return found;
}

/// Mean reversion, volatility of variance and correlation of equity and of other smiles.
std::vector<std::vector<double>> heston_starts(std::span<const Quote> quotes) {
  constexpr std::array<std::array<double, 3>, 6> kShapes{{{2.0, 0.5, -0.5},
                                                          {0.5, 0.3, -0.7},
                                                          {6.0, 1.5, -0.6},
                                                          {2.0, 0.5, 0.3},
                                                          {15.0, 3.0, -0.3},
                                                          {0.1, 0.2, -0.1}}};
  const auto [first, last] = variances_at_the_money(quotes);
  std::vector<std::vector<double>> found;
  found.reserve(kShapes.size());
  for (const auto& shape : kShapes) found.push_back({first, last, shape[0], shape[1], shape[2]});
  return found;
}

/// Jumps joined to a fit without: few and large, many and small, upward. That fit takes the jumps'
/// variance for its own, and may end at its bounds, where the transformation is too flat to leave.
std::vector<std::vector<double>> bates_starts(const std::vector<double>& variance) {
  constexpr std::array<std::array<double, 3>, 4> kJumps{
      {{0.1, -0.1, 0.1}, {1.0, -0.05, 0.05}, {0.05, -0.3, 0.2}, {0.5, 0.05, 0.1}}};
  constexpr std::array<Bounds, kHestonParameters> kUsual{
      {{1e-3, 1.0}, {1e-3, 1.0}, {0.3, 8.0}, {0.1, 2.0}, {-0.9, 0.9}}};
  constexpr double kLeastShare = 0.2;  // of the variance that is left to diffusion
  std::vector<std::vector<double>> found;
  for (const auto& [intensity, mean, deviation] : kJumps) {
    std::vector<double> start = variance;
    for (std::size_t i = 0; i < start.size(); ++i) {
      start[i] = std::clamp(start[i], kUsual[i].lower, kUsual[i].upper);
    }
    const double jumps = intensity * (mean * mean + deviation * deviation);
    for (std::size_t i = 0; i < 2; ++i) {
      start[i] = std::max(start[i] - jumps, kLeastShare * start[i]);
    }
    start.insert(start.end(), {intensity, mean, deviation});
    found.push_back(start);
  }
  return found;
}

struct Fit {
  numeric::LeastSquaresResult best;
  int evaluations = 0;
  int starts = 0;
};

Fit fit_from(const std::vector<std::vector<double>>& starts, Problem& problem,
             const Transform& transform, std::size_t quotes, int most_evaluations) {
  numeric::LeastSquaresSettings settings;
  settings.most_evaluations = most_evaluations;
  settings.reduction_tolerance = 1e-12;
  settings.gradient_tolerance = 1e-9;
  Fit fit;
  for (const std::vector<double>& start : starts) {
    const std::vector<double> variables = transform.inward(start);
    numeric::LeastSquaresResult found =
        numeric::levenberg_marquardt(problem, variables, quotes, settings);
    fit.evaluations += found.evaluations;
    ++fit.starts;
    if (std::isnan(found.sum_of_squares)) continue;
    const double before = fit.best.sum_of_squares;
    const double sum = found.sum_of_squares;
    const bool same = std::abs(sum - before) <= kSameMinimum * std::min(sum, before);
    if (!(sum >= before)) fit.best = std::move(found);
    const double exact = kExact * kExact * static_cast<double>(quotes);
    if (same || fit.best.sum_of_squares <= exact) break;
  }
  return fit;
}

/// Covariance's shape by parameters rather than by the variables without bounds.
std::vector<double> by_parameters(const std::vector<double>& inverse_normal,
                                  const Parameters& slopes, const std::vector<std::size_t>& free) {
  std::vector<double> found = inverse_normal;
  for (std::size_t a = 0; a < free.size(); ++a) {
    for (std::size_t b = 0; b < free.size(); ++b) {
      found[a * free.size() + b] *= slopes[free[a]] * slopes[free[b]];
    }
  }
  return found;
}

/// The best fit from any of the starts.
Result fitted(Family family, std::span<const Quote> quotes, std::span<const Bounds> bounds,
              std::vector<std::vector<double>> starts, int most_evaluations) {
  const std::size_t count = family == Family::kHeston ? kHestonParameters : kMost;
  const Transform transform(count, bounds);
  Problem problem(family, quotes, transform);
  Fit fit = fit_from(starts, problem, transform, quotes.size(), most_evaluations);
  Parameters parameters{};
  Parameters slopes{};
  const bool found = !fit.best.parameters.empty();
  if (found) transform.outward(fit.best.parameters, parameters, slopes);
  Result result{};
  result.parameters.assign(parameters.begin(),
                           parameters.begin() + static_cast<std::ptrdiff_t>(count));
  if (!found) {
    result.parameters.assign(count, std::numeric_limits<double>::quiet_NaN());
  }
  result.errors = fit.best.residuals;
  result.errors.resize(quotes.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < quotes.size(); ++i) result.errors[i] /= quotes[i].weight;
  result.sum_of_squares = fit.best.sum_of_squares;
  result.inverse_normal = by_parameters(fit.best.inverse_normal, slopes, transform.free());
  result.condition_number = fit.best.condition_number;
  result.evaluations = fit.evaluations;
  result.starts = fit.starts;
  result.stop = static_cast<Stop>(fit.best.stop);
  return result;
}

}  // namespace

Result calibrate(Family family, std::span<const Quote> quotes, std::span<const Bounds> bounds,
                 const Settings& settings) {
  const int most = settings.most_evaluations;
  if (!settings.start.empty()) return fitted(family, quotes, bounds, {settings.start}, most);
  const auto plain_bounds = bounds.first(kHestonParameters);
  Result plain = fitted(Family::kHeston, quotes, plain_bounds, heston_starts(quotes), most);
  if (family == Family::kHeston) return plain;
  Result found = fitted(family, quotes, bounds, bates_starts(plain.parameters), most);
  found.evaluations += plain.evaluations;
  return found;
}

}  // namespace strikeproof::calibration
