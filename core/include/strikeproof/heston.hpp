// European options under Heston's stochastic volatility; see src/heston.cpp.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <vector>

#include "strikeproof/market.hpp"
#include "strikeproof/status.hpp"

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

/// What prices depend on besides the forward: the model, the time to expiry, and the variance of an
/// independent normal variable that may be added to the logarithm of the spot.
enum Parameter : std::uint8_t {
  kInitialVariance,
  kLongRunVariance,
  kMeanReversion,
  kVolatilityOfVariance,
  kCorrelation,
  kTimeToExpiry,
  kExtraVariance,
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

/// One expiry of one model: the characteristic function is evaluated once for all strikes. Values
/// do not depend on which strikes were asked before. Not for use by several threads at once.
class Expiry {
 public:
  Expiry(const Model& model, double time_to_expiry, double extra_variance = 0.0);

  [[nodiscard]] bool serves(const Model& model, double time_to_expiry) const noexcept {
    return model == model_ && time_to_expiry == time_;
  }

  /// E[min(S, K)] at K = F exp(log_strike) as a multiple of the forward, its derivative by the
  /// forward, and the second one as a multiple of 1/F. kNotConverged where halving the step a last
  /// time still moved it, or log_strike is above 23.
  [[nodiscard]] Result covered_call(double log_strike);

  /// The same and the derivatives of E[min(S, K)]/F by the parameters, with log_strike held.
  [[nodiscard]] Result covered_call(double log_strike, Slopes& slopes);

 private:
  using Complex = std::complex<double>;
  static constexpr int kLevels = 6;

  using NodeSlopes = std::array<Complex, kParameters>;

  struct Node {
    Complex argument;
    Complex weight;  // characteristic function, kernel and step of the contour together
  };

  /// Hyperbola that bends up (puts' side) or down; its nodes are made when first asked for.
  struct Contour {
    double angle = 0.0;
    double scale = 0.0;
    double step = 0.0;  // of the coarsest level
    std::array<std::vector<Node>, kLevels> levels;
    std::array<std::vector<NodeSlopes>, kLevels> slopes;  // by parameter, for the same nodes
  };

  [[nodiscard]] static Contour contour(double limit);
  [[nodiscard]] const std::vector<Node>& nodes(Contour& contour, int level) const;
  [[nodiscard]] const std::vector<NodeSlopes>& slopes(Contour& contour, int level) const;
  [[nodiscard]] Contour& side(double log_strike);

  Model model_;
  double time_;
  double extra_variance_;
  Contour up_;
  Contour down_;
};

/// Price within 1e-10 of the spot, or the rounding of a larger discounted strike; below 1e-7 of the
/// spot within a relative 1e-9 of itself as well, unless the model leaves the integral through the
/// saddle point too few digits (moments that end at once beyond 1, correlations of -1 and 1).
[[nodiscard]] Result value(const VanillaOption& option, const Market& market) noexcept;

/// The same with an expiry that may serve the next contract as well: it is replaced where it is of
/// another model or time.
[[nodiscard]] Result value(const VanillaOption& option, const Market& market, Expiry& expiry);

[[nodiscard]] SensitivitiesResult sensitivities(const VanillaOption& option, const Market& market,
                                                Expiry& expiry);

}  // namespace strikeproof::heston
