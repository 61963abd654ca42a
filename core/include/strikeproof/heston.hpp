// European options under Heston's stochastic volatility; see src/heston.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "strikeproof/market.hpp"
#include "strikeproof/result.hpp"
#include "strikeproof/status.hpp"

namespace strikeproof::simd {
struct HestonKernels;
}

namespace strikeproof::heston {

/// dS/S = (r - q) dt + sqrt(v) dW,  dv = mean_reversion (long_run_variance - v) dt
/// + volatility_of_variance sqrt(v) dZ,  dW dZ = correlation dt.
struct Model {
  double initial_variance;        // >= 0
  double long_run_variance;       // >= 0
  double mean_reversion;          // >= 0, per year
  double volatility_of_variance;  // >= 0
  double correlation;             // within [-1, 1]

  [[nodiscard]] bool operator==(const Model&) const = default;
};

/// Spot, flat continuously compounded rates and the model of its variance.
struct Market {
  double spot;  // >= 0
  double rate;
  double dividend_yield;
  Model model;
};

/// What prices depend on besides the forward.
enum Parameter : std::uint8_t {
  kInitialVariance,
  kLongRunVariance,
  kMeanReversion,
  kVolatilityOfVariance,
  kCorrelation,
  kTimeToExpiry,
  kParameters,
};

using Slopes = std::array<double, kParameters>;

/// Price and its derivatives by the spot.
struct Values {
  double price;
  double delta;
  double gamma;
};

struct Result {
  Values value;  // all NaN unless status is kOk
  Status status;
};

/// The same with derivatives by time to expiry, rate and the model's parameters.
struct Sensitivities {
  Values value;
  double theta;                        // as time passes: minus the derivative by time to expiry
  double rho;                          // by the rate, spot and dividend yield held
  std::array<double, 5> by_parameter;  // in the order of Parameter
};

struct SensitivitiesResult {
  Sensitivities value;  // all NaN unless status is kOk
  Status status;
};

/// Nodes of the integral along a hyperbola that bends up (puts' side) or down, in levels of half
/// the step each, made when first asked for; see src/heston_contour.cpp. For the engines of this
/// core.
class Contour {
 public:
  static constexpr int kLevels = 6;

  enum class Bend : std::uint8_t { kUp, kDown };

  /// Blocks in the kernels' layout: arguments and weights, and their slopes where asked.
  struct Nodes {
    std::size_t count = 0;  // of blocks
    std::vector<double> blocks;
    std::vector<double> slopes;
  };

  Contour(const Model& model, double time_to_expiry, Bend bend);

  [[nodiscard]] const Nodes& nodes(int level, bool with_slopes);

  /// Size of the integrand at -i/2, from the first block of the coarsest level.
  [[nodiscard]] double size(const double* block, double log_strike) const noexcept;

  [[nodiscard]] double angle() const noexcept { return angle_; }
  [[nodiscard]] const simd::HestonKernels& kernels() const noexcept { return *kernels_; }

 private:
  Model model_;
  double time_;
  const simd::HestonKernels* kernels_;
  double angle_;
  double scale_;
  double step_;        // of the coarsest level
  double first_unit_;  // weight at -i/2 of a characteristic function of 1
  std::array<Nodes, kLevels> levels_;
};

/// Both contours of an expiry.
struct Contours {
  Contours(const Model& model, double time_to_expiry)
      : up(model, time_to_expiry, Contour::Bend::kUp),
        down(model, time_to_expiry, Contour::Bend::kDown) {}

  /// Whether a strike's terms decay downward; at the money the wider side is taken.
  [[nodiscard]] bool bends_down(double log_strike) const noexcept {
    return log_strike > 0.0 || (log_strike == 0.0 && -down.angle() > up.angle());
  }

  Contour up;
  Contour down;
};

/// One expiry of one model: the characteristic function is evaluated once for all strikes. Values
/// do not depend on which strikes were asked before. Not for use by several threads at once.
class Expiry {
 public:
  Expiry(const Model& model, double time_to_expiry)
      : model_(model), time_(time_to_expiry), contours_(model, time_to_expiry) {}

  [[nodiscard]] bool serves(const Model& model, double time_to_expiry) const noexcept {
    return model == model_ && time_to_expiry == time_;
  }

  /// E[min(S, K)] at K = F exp(log_strike) as a multiple of the forward: the price of the next.
  [[nodiscard]] PriceResult covered_price(double log_strike);

  /// E[min(S, K)] at K = F exp(log_strike) as a multiple of the forward, its derivative by the
  /// forward, and the second one as a multiple of 1/F. kNotConverged where halving the step a last
  /// time still moved it, or log_strike is above 23.
  [[nodiscard]] Result covered_call(double log_strike);

  /// The same and the derivatives of E[min(S, K)]/F by the parameters, with log_strike held.
  [[nodiscard]] Result covered_call(double log_strike, Slopes& slopes);

 private:
  template <std::size_t count>
  [[nodiscard]] bool sum(double log_strike, std::array<double, count>& found);

  Model model_;
  double time_;
  Contours contours_;
};

/// Of a price: within 1e-10 of the spot, or the rounding of a larger discounted strike; or, several
/// times slower far from the money, within a relative 1e-9 of the option out of the money as well:
/// kNotConverged where the model leaves too few digits for that (moments that end at once beyond 1,
/// correlations of -1 and 1).
enum class Accuracy : std::uint8_t { kAbsolute, kRelative };

[[nodiscard]] Result value(const VanillaOption& option, const Market& market) noexcept;

/// The same with an expiry that may serve the next contract as well: it is replaced where it is of
/// another model or time.
[[nodiscard]] Result value(const VanillaOption& option, const Market& market, Expiry& expiry,
                           Accuracy accuracy = Accuracy::kAbsolute);

/// The price alone, with the same bits.
[[nodiscard]] PriceResult price(const VanillaOption& option, const Market& market, Expiry& expiry,
                                Accuracy accuracy = Accuracy::kAbsolute);

[[nodiscard]] SensitivitiesResult sensitivities(const VanillaOption& option, const Market& market,
                                                Expiry& expiry);

}  // namespace strikeproof::heston
