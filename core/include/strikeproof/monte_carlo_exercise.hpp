// Early exercise by simulation: rules from regressions, lower and upper bounds; see
// src/monte_carlo/exercise_*.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "strikeproof/monte_carlo.hpp"
#include "strikeproof/monte_carlo_models.hpp"
#include "strikeproof/monte_carlo_payoffs.hpp"

namespace strikeproof::monte_carlo {

/// Pays (phi (X - strike))+ on the one date of a schedule that its holder chooses.
struct ExerciseTerms {
  SeveralTerms claim;
  Schedule schedule;              // not continuous; its last date is the expiry
  std::vector<double> discounts;  // to today, one per date
};

/// Value of the European option of one asset before its expiry: a martingale whose value at the
/// exercise steadies the estimates, and a regressor if wanted. Empty vectors: none.
struct Guide {
  std::vector<double> growth;     // forward price of the expiry over the spot, one per date
  std::vector<double> deviation;  // of the log spot from the date to expiry, one per date
  double today;                   // the European option's price
  bool regressor;

  [[nodiscard]] bool exists() const noexcept { return !growth.empty(); }
  [[nodiscard]] bool regresses() const noexcept { return exists() && regressor; }
};
[[nodiscard]] Guide guide_of(const ExerciseTerms& terms, const BlackScholesModel& model,
                             bool regressor);

/// What a regression on one date said.
struct Regression {
  std::uint64_t paths;  // in the money
  std::size_t rank;     // 0: too few paths, nobody exercises on this date
  double condition;     // of the scaled regressors that were kept
  double r_squared;
};

/// A rule when to exercise: where the payoff is positive and above a polynomial.
class Policy {
 public:
  /// Monomials of the spots up to a total degree, of the sorted spots for best and worst of
  /// several.
  Policy(const ExerciseTerms& terms, Guide guide, std::size_t degree);

  [[nodiscard]] const ExerciseTerms& terms() const noexcept { return terms_; }
  [[nodiscard]] const Guide& guide() const noexcept { return guide_; }
  [[nodiscard]] std::size_t assets() const noexcept { return terms_.claim.weights.size(); }
  [[nodiscard]] std::size_t dates() const noexcept { return terms_.discounts.size(); }
  [[nodiscard]] std::size_t regressors() const noexcept { return count_; }
  /// Rows that `judge` writes over.
  [[nodiscard]] std::size_t scratch() const noexcept { return count_ + assets() + 1; }

  /// Discounted value of exercise on a date, and of going on where that is positive: infinity where
  /// it isn't, minus infinity on the last date.
  void judge(std::size_t date, std::size_t count, ConstPathRows spot, PathRows scratch,
             double* exercise, double* going_on) const noexcept;

  /// Regressors of the paths that are in the money, in their order; returns how many those are.
  /// `row` gets their numbers, `exercise` is as above and for all paths.
  std::size_t regressors_of(std::size_t date, std::size_t count, ConstPathRows spot,
                            PathRows scratch, double* exercise) const noexcept;

  /// Discounted European value of the only asset on a date.
  [[nodiscard]] double european(std::size_t date, double spot) const noexcept;

  /// What the regression found.
  struct Date {
    std::vector<double> centre;        // of the spots
    std::vector<double> scale;         // one over their deviation
    std::vector<double> coefficients;  // of the regressors; empty: never exercise
  };
  [[nodiscard]] Date& date(std::size_t k) noexcept { return found_[k]; }
  [[nodiscard]] const Date& date(std::size_t k) const noexcept { return found_[k]; }

 private:
  struct Monomial {
    std::size_t parent;
    std::size_t variable;
  };

  void intrinsic(std::size_t date, std::size_t count, ConstPathRows spot,
                 double* value) const noexcept;

  ExerciseTerms terms_;
  Guide guide_;
  std::vector<Monomial> monomials_;  // after the first, which is 1
  std::size_t count_;                // regressors
  std::vector<Date> found_;
};

struct Trained {
  std::unique_ptr<Policy> policy;
  std::vector<Regression> regressions;  // one per date but the last
  std::vector<double> frequency;        // share of the training paths that ends on each date
  double in_sample;                     // mean over the training paths: biased upwards
};

/// Longstaff and Schwartz's regressions on `paths` paths; nothing if stopped.
[[nodiscard]] std::optional<Trained> train(const Dynamics& dynamics, const ExerciseTerms& terms,
                                           const Guide& guide, std::size_t degree,
                                           std::uint64_t seed, std::uint64_t paths,
                                           const Parallel& parallel);

/// Payoff of following the rule: value, years until exercise or expiry, 1 where it is exercised.
/// The policy must outlive it.
[[nodiscard]] std::unique_ptr<Payoff> stopped(const Policy& policy, bool guided);

/// Andersen and Broadie's gap between the rule's value and the upper bound, by nested simulation:
/// `outer` paths, each with `inner` (a multiple of 32) at every date that matters.
[[nodiscard]] std::optional<Estimate> duality_gap(const Dynamics& dynamics, const Policy& policy,
                                                  std::uint64_t seed, std::uint64_t outer,
                                                  std::size_t inner, bool guided,
                                                  const Parallel& parallel);

/// Spot of the only asset at which the rule changes on a date, from the strike away; NaN where
/// exercise is nowhere within the training paths' range.
[[nodiscard]] double exercise_boundary(const Policy& policy, std::size_t date);

}  // namespace strikeproof::monte_carlo
