// Greeks by simulation; see src/monte_carlo/greeks_*.cpp.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "strikeproof/monte_carlo.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"

namespace strikeproof::monte_carlo {

/// Lognormal assets whose parameters do not depend on time.
struct FlatLognormal {
  std::vector<double> spot;            // > 0, one per asset; as the next two
  std::vector<double> volatility;      // > 0
  std::vector<double> dividend_yield;  // per year
  double rate;
  std::vector<double> correlation;  // by rows, positive definite
};

enum class Greek : int {
  kDelta = 0,
  kGamma = 1,  // by one spot twice
  kVega = 2,
  kRho = 3,
  kTheta = 4,  // by calendar time, all dates coming nearer
};

struct GreekOf {
  Greek greek;
  std::size_t asset;  // of delta, gamma and vega
};

/// A payoff's price and its Greeks by likelihood ratios, in this order: for payoffs that see the
/// spots on dates alone and not that of today. Throws std::invalid_argument where the schedule is
/// continuous or the correlations are singular. The payoff must outlive it.
[[nodiscard]] std::unique_ptr<Payoff> likelihood_ratio(const Payoff& payoff,
                                                       const FlatLognormal& model,
                                                       const std::vector<GreekOf>& greeks);

/// What a payoff sees of the path: continuous in the spots, and homogeneous of degree 1.
enum class Functional : int {
  kArithmetic = 0,  // weighted average over the dates, of the first asset; as the next three
  kGeometric = 1,
  kMaximum = 2,  // over the dates with a weight that is not 0
  kMinimum = 3,
  kWeighted = 4,  // sum over the assets on the last date
  kBest = 5,
  kWorst = 6,
};

/// (phi (X - K))+ with X the functional, or (phi (S_T - X))+ where it is the strike.
struct PathwiseTerms {
  Functional functional;
  bool floating;
  OptionType type;
  double strike;
  std::vector<double> weights;  // per date, or per asset
  double past;                  // what past fixings add: to the sum (of logs); NaN: no extremum yet
};

/// Price and Greeks by derivatives along the path; gamma by the likelihood ratio of delta. Throws
/// as likelihood_ratio.
[[nodiscard]] std::unique_ptr<Payoff> pathwise(const PathwiseTerms& terms, const Schedule& schedule,
                                               const FlatLognormal& model,
                                               const std::vector<GreekOf>& greeks);

/// Dynamics and payoff of one scenario of many that share their random numbers.
struct Scenario {
  const Dynamics* dynamics;
  const Payoff* payoff;
};

/// Expectations of combinations of the scenarios' values: `weights` has a row per combination, the
/// first of which is what a target is for. Otherwise as price.
[[nodiscard]] std::optional<Result> combinations(std::span<const Scenario> scenarios,
                                                 std::span<const double> weights,
                                                 const Settings& settings, const Parallel& parallel,
                                                 const Progress& progress = {});

}  // namespace strikeproof::monte_carlo
