// European options where the spot jumps as well: Bates's model (Heston's variance) and Merton's
// (a constant one); see src/bates.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "strikeproof/heston.hpp"
#include "strikeproof/market.hpp"

namespace strikeproof::bates {

/// Jumps of the logarithm of the spot: normal, as many as Poisson's law says. The spot's drift
/// makes up for them, so that the forward is what the rates say.
struct Jumps {
  double intensity;   // >= 0, jumps a year
  double mean;        // of a jump of the logarithm
  double volatility;  // >= 0, of a jump of the logarithm

  [[nodiscard]] bool operator==(const Jumps&) const = default;
};

struct Model {
  heston::Model variance;
  Jumps jumps;

  [[nodiscard]] bool operator==(const Model&) const = default;
};

enum Parameter : std::uint8_t {
  kIntensity = 5,  // after those of heston::Model
  kJumpMean,
  kJumpVolatility,
  kParameters,
};

using Slopes = std::array<double, kParameters>;

/// One expiry of one model, shared by its strikes; see heston::Expiry.
class Expiry {
 public:
  Expiry(const Model& model, double time_to_expiry);

  [[nodiscard]] bool serves(const Model& model, double time_to_expiry) const noexcept {
    return model == model_ && time_to_expiry == time_;
  }

  /// The price of the next alone, with the same bits.
  [[nodiscard]] PriceResult covered_price(double log_strike);

  /// As heston::Expiry::covered_call; kNotConverged as well where over 2000 jumps are likely.
  [[nodiscard]] heston::Result covered_call(double log_strike);

  /// The same and its derivatives by the parameters, with log_strike held.
  [[nodiscard]] heston::Result covered_call(double log_strike, Slopes& slopes);

 private:
  /// Nodes of the first so many members of a side together, the farthest being the first.
  struct Mixture {
    std::vector<double> blocks;
    std::vector<double> slopes;
  };

  /// What the members of a side multiply the characteristic function by, and the mixtures made.
  struct Level {
    std::size_t members = 0;
    std::vector<double> factors;  // by members and blocks
    std::vector<Mixture> mixtures;
  };

  using Side = std::array<Level, heston::Contour::kLevels>;

  [[nodiscard]] int member(heston::Contour::Bend bend, std::size_t place) const noexcept;
  [[nodiscard]] std::size_t members(heston::Contour::Bend bend, double start) const noexcept;
  [[nodiscard]] double log_strike_after(int jumps, double start) const noexcept;
  [[nodiscard]] bool certain(int jumps) const noexcept;
  void join(heston::Contour::Bend bend, const heston::Contour::Nodes& nodes, std::size_t count,
            Level& level);
  [[nodiscard]] const Mixture& mixture(heston::Contour::Bend bend, int level, std::size_t count,
                                       bool with_slopes);
  [[nodiscard]] Status answerable(double start) const noexcept;
  [[nodiscard]] double start_of(double log_strike) const noexcept;
  [[nodiscard]] heston::Values certain_part(double start) const noexcept;
  template <std::size_t count>
  [[nodiscard]] bool sum(double start, std::array<double, count>& found);

  Model model_;
  double time_;
  int least_ = 0;  // jumps; fewer or more have no weight
  std::vector<double> weights_;
  heston::Contours contours_;
  Side up_;
  Side down_;
};

/// Spot, flat rates and Bates's model.
struct Market {
  double spot;  // >= 0
  double rate;
  double dividend_yield;
  Model model;
};

/// Price within 1e-10 of the spot, delta and gamma. The expiry is replaced where it does not serve.
[[nodiscard]] heston::Result value(const VanillaOption& option, const Market& market,
                                   std::optional<Expiry>& expiry);

/// The price alone, with the same bits.
[[nodiscard]] PriceResult price(const VanillaOption& option, const Market& market,
                                std::optional<Expiry>& expiry);

/// Spot, flat rates, a constant volatility and jumps.
struct MertonMarket {
  double spot;  // >= 0
  double rate;
  double dividend_yield;
  double volatility;  // >= 0
  Jumps jumps;
};

/// Merton's series: price to rounding, relative to itself, and the flat market's Greeks by spot.
[[nodiscard]] heston::Result merton_value(const VanillaOption& option,
                                          const MertonMarket& market) noexcept;

}  // namespace strikeproof::bates
