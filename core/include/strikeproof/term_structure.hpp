// Rates and volatilities that depend on time; see src/term_structure.cpp for the formulas.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace strikeproof::term_structure {

/// Part of a function of time, up to the start of the next part:
/// f(t) = level + 2 slope (t - start), and the integral of f from 0 to `start`.
struct Piece {
  double start;  // years
  double integral;
  double level;
  double slope;
};

/// Integral of a function of time that is linear between nodes; it may jump at a node.
/// Times that are negative, not finite or out of order give NaN.
class Integral {
 public:
  /// The pieces ascend, the first starts at 0, the last holds for ever.
  explicit Integral(std::vector<Piece> pieces) noexcept : pieces_(std::move(pieces)) {}

  /// Integral from start to end.
  [[nodiscard]] double between(double start, double end) const noexcept;
  /// The same divided by its length; the function itself where that is 0.
  [[nodiscard]] double average(double start, double end) const noexcept;
  /// The function from `time` on: at a node, its limit from the right.
  [[nodiscard]] double at(double time) const noexcept;
  [[nodiscard]] const std::vector<Piece>& pieces() const noexcept { return pieces_; }

 private:
  [[nodiscard]] std::size_t piece_of(double time) const noexcept;

  std::vector<Piece> pieces_;
};

enum class Interpolation : std::uint8_t {
  kLinearZero,         // zero rate linear between the times, flat before the first, after the last
  kLogLinearDiscount,  // log of the discount factor linear: forward rates are piecewise constant
};

/// Continuously compounded rate, or dividend yield, as a function of time.
///
/// Every factory takes ascending times > 0 (years) and as many values, and throws
/// std::invalid_argument that names argument, value, index and rule.
class RateCurve {
 public:
  [[nodiscard]] static RateCurve flat(double rate);
  /// Instantaneous forward rate forward_rates[i] from times[i - 1] (0 for the first) to times[i];
  /// the last one holds thereafter.
  [[nodiscard]] static RateCurve piecewise_constant(std::span<const double> times,
                                                    std::span<const double> forward_rates);
  [[nodiscard]] static RateCurve from_zero_rates(std::span<const double> times,
                                                 std::span<const double> rates,
                                                 Interpolation interpolation);
  /// Log-linear between the discount factors, each > 0; the last forward rate holds thereafter.
  [[nodiscard]] static RateCurve from_discounts(std::span<const double> times,
                                                std::span<const double> discounts);

  /// Integral of the forward rate from 0: -log of the discount factor.
  [[nodiscard]] double integral(double time) const noexcept { return rate_.between(0.0, time); }
  [[nodiscard]] double discount(double time) const noexcept;
  /// Value at `start` of 1 paid at `end`.
  [[nodiscard]] double forward_discount(double start, double end) const noexcept;
  [[nodiscard]] double zero_rate(double time) const noexcept { return rate_.average(0.0, time); }
  /// Instantaneous, from `time` on.
  [[nodiscard]] double forward_rate(double time) const noexcept { return rate_.at(time); }
  [[nodiscard]] double average_rate(double start, double end) const noexcept {
    return rate_.average(start, end);
  }
  [[nodiscard]] const Integral& rate() const noexcept { return rate_; }

 private:
  explicit RateCurve(Integral rate) noexcept : rate_(std::move(rate)) {}

  Integral rate_;
};

/// Volatility as a piecewise-constant function of time; the last one holds thereafter.
///
/// Factories as those of RateCurve.
class VolatilityCurve {
 public:
  [[nodiscard]] static VolatilityCurve flat(double volatility);
  /// Instantaneous volatility >= 0 from times[i - 1] (0 for the first) to times[i].
  [[nodiscard]] static VolatilityCurve piecewise_constant(std::span<const double> times,
                                                          std::span<const double> volatilities);
  /// Variance from 0 to each of the times, >= 0 and not descending.
  [[nodiscard]] static VolatilityCurve from_total_variances(
      std::span<const double> times, std::span<const double> total_variances);
  /// Implied volatility of each expiry, >= 0; volatility^2 * time may not descend.
  [[nodiscard]] static VolatilityCurve from_volatilities(std::span<const double> times,
                                                         std::span<const double> volatilities);

  /// Integral of the squared volatility from 0, and from start to end.
  [[nodiscard]] double variance(double time) const noexcept { return square_.between(0.0, time); }
  [[nodiscard]] double variance(double start, double end) const noexcept {
    return square_.between(start, end);
  }
  /// Root of the mean square from start to end.
  [[nodiscard]] double volatility(double start, double end) const noexcept;
  /// Instantaneous, from `time` on.
  [[nodiscard]] double instantaneous(double time) const noexcept;
  [[nodiscard]] const Integral& square() const noexcept { return square_; }

 private:
  explicit VolatilityCurve(Integral square) noexcept : square_(std::move(square)) {}

  Integral square_;
};

}  // namespace strikeproof::term_structure
