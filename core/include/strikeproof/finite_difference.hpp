// Options on one asset by finite differences: European, American and Bermudan exercise, cash
// dividends, barriers, digital payoffs, rates and volatilities that depend on time; see
// src/finite_difference.cpp for method and sources.
#pragma once

#include <cstdint>
#include <limits>

#include "strikeproof/exercise.hpp"
#include "strikeproof/result.hpp"
#include "strikeproof/term_structure.hpp"

namespace strikeproof::finite_difference {

enum class GridKind : std::uint8_t {
  kSinh = 0,  // in spot, dense at strike and barriers
  kLog = 1,   // uniform in the logarithm of the spot
};
enum class Scheme : std::uint8_t {
  kTrBdf2 = 0,         // steps that grow as time moves away from expiry and from each event
  kCrankNicolson = 1,  // equal steps, the first two after each event as four of backward Euler
};

/// Errors fall as the square of both numbers together.
struct Settings {
  int spot_points;  // kMinimumPoints to kMaximumPoints
  int time_steps;   // 2 to kMaximumSteps in all; every stretch between two events has some
  bool extrapolation = false;  // Richardson's, from this grid and one twice as fine in both
  GridKind grid = GridKind::kSinh;
  Scheme scheme = Scheme::kTrBdf2;
  // each cell and each step of the above is cut into so many: nested grids; the limits hold for the
  // products too
  int refinement = 1;
};

inline constexpr int kMinimumPoints = 20;
inline constexpr int kMaximumPoints = 20'000;
inline constexpr int kMaximumSteps = 20'000;
inline constexpr int kMaximumRefinement = 64;

/// Present value. A dividend moves the spot from S to max(S - amount, 0): a company that cannot pay
/// all pays what it has, and its stock stays at 0. On the same date exercise comes first.
[[nodiscard]] PriceResult price(const ExercisableOption& option, const CashDividends& dividends,
                                const FlatMarket& market, const Settings& settings) noexcept;

/// Delta and gamma from the grid, theta from the equation, vega and rho carried through the
/// solution.
[[nodiscard]] GreeksResult greeks(const ExercisableOption& option, const CashDividends& dividends,
                                  const FlatMarket& market, const Settings& settings) noexcept;

enum class Payoff : std::uint8_t {
  kVanilla = 0,
  kCash = 1,   // `cash` beyond the strike
  kAsset = 2,  // the asset beyond the strike
};
enum class Knock : std::uint8_t { kOut = 0, kIn = 1 };
enum class RebatePayment : std::uint8_t { kAtHit = 0, kAtExpiry = 1 };

/// A spot at or beyond a barrier has reached it. A knock-out that may be exercised at all times is
/// worth at the barrier what exercise pays there, because its holder sees the spot come.
struct Barriers {
  static constexpr double kNoUpper = std::numeric_limits<double>::max();

  double lower = 0.0;  // >= 0, 0 for none
  double upper = kNoUpper;
  Knock knock = Knock::kOut;
  double rebate = 0.0;  // >= 0; of a knock-in at expiry, if no barrier was reached
  RebatePayment payment = RebatePayment::kAtHit;  // of a knock-out's rebate
  bool continuous = true;                         // watched at all times, or at `dates` alone
  Times dates = {};                               // >= 0, those after expiry mean nothing

  [[nodiscard]] bool any() const noexcept { return lower > 0.0 || upper < kNoUpper; }
};

struct Contract {
  ExercisableOption option;
  Payoff payoff = Payoff::kVanilla;
  double cash = 1.0;  // read for kCash
  Barriers barriers = {};
};

struct CurveMarket {
  double spot;  // >= 0
  const term_structure::RateCurve& rate;
  const term_structure::RateCurve& dividend_yield;
  const term_structure::VolatilityCurve& volatility;
};

/// kOutOfDomain too where nothing is uncertain and the best moment of an American exercise other
/// than of a plain option in flat rates is asked for.
[[nodiscard]] PriceResult price(const Contract& contract, const CashDividends& dividends,
                                const CurveMarket& market, const Settings& settings) noexcept;

/// Vega and rho are by a shift of the whole curve.
[[nodiscard]] GreeksResult greeks(const Contract& contract, const CashDividends& dividends,
                                  const CurveMarket& market, const Settings& settings) noexcept;

/// Values by the grid with the errors that grids of half and twice its cells and steps tell.
struct Estimate {
  double price, delta, gamma, theta;
  double price_error, delta_error, gamma_error, theta_error;  // >= 0, absolute
  double order;  // of the price, from the three grids; NaN where they do not fall in one direction
};

struct EstimateResult {
  Estimate value;  // all NaN unless status is kOk
  Status status;
};

/// The values are those of price() and greeks(), extrapolated or not as the settings say.
[[nodiscard]] EstimateResult estimate(const Contract& contract, const CashDividends& dividends,
                                      const CurveMarket& market, const Settings& settings) noexcept;

}  // namespace strikeproof::finite_difference
