// Batches of European and American options. The closed formulas' kernels are taken from the table
// of their instruction set, so that every machine counts the same ones.
#include <array>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>

#include "../contracts.hpp"
#include "kernels.hpp"
#include "simd/batch.hpp"
#include "strikeproof/american.hpp"
#include "strikeproof/black_scholes.hpp"

namespace strikeproof::counts {
namespace {

using benchmarks::column;
using benchmarks::RandomOptions;

constexpr std::size_t kSmall = 128;
constexpr std::size_t kLarge = 640;
constexpr std::size_t kOutputs = simd::kOutputs;

/// Ordinary options: no row may fall to the careful engine, whose instructions are another matter.
const RandomOptions& options() {
  static const RandomOptions made(kLarge, 1.5);
  return made;
}

std::uint8_t not_ordinary(const double* /*inputs*/, double* values, std::size_t count) noexcept {
  for (std::size_t k = 0; k < count; ++k) values[k] = std::numeric_limits<double>::quiet_NaN();
  return static_cast<std::uint8_t>(Status::kNotConverged);
}

enum class Quotes : int { kSpot, kForward, kNormal };

simd::Inputs inputs(Quotes quotes, const std::vector<double>& last) {
  const RandomOptions& o = options();
  const bool normal = quotes == Quotes::kNormal;
  return {column(o.sign), column(o.spot), column(normal ? o.normal_strike : o.strike),
          column(o.time), column(o.rate), column(quotes == Quotes::kSpot ? o.yield : o.rate),
          column(last)};
}

const std::vector<double>& volatilities(Quotes quotes) {
  return quotes == Quotes::kNormal ? options().normal_volatility : options().volatility;
}

struct Outputs {
  Outputs() : values(kOutputs * kLarge), status(kLarge) {
    for (std::size_t k = 0; k < kOutputs; ++k) to[k] = values.data() + k * kLarge;
  }
  std::vector<double> values;
  std::vector<std::uint8_t> status;
  std::array<double*, kOutputs> to{};
};

double run(simd::Kernel kernel, const simd::Inputs& in, std::size_t count) {
  static Outputs out;
  kernel({in.data(), out.to.data(), out.status.data(), not_ordinary}, {0, count});
  return std::accumulate(out.to[0], out.to[0] + count, 0.0);
}

void add(Kernels& kernels, const std::string& name, const simd::Kernels& set, Quotes quotes,
         simd::Kernel kernel) {
  kernels.push_back({name, set.name, "option", kSmall, kLarge, [kernel, quotes](std::size_t count) {
                       return run(kernel, inputs(quotes, volatilities(quotes)), count);
                     }});
}

void add_implied(Kernels& kernels, const std::string& name, const simd::Kernels& set, Quotes quotes,
                 const simd::Model& model) {
  const auto work = [&model, quotes](std::size_t count) {
    static std::array<std::vector<double>, 3> made;
    std::vector<double>& prices = made[static_cast<std::size_t>(quotes)];
    if (prices.empty()) {
      prices.resize(kLarge);
      double* to = prices.data();
      const simd::Inputs in = inputs(quotes, volatilities(quotes));
      model.price({in.data(), &to, nullptr, not_ordinary}, {0, kLarge});
    }
    return run(model.implied_volatility, inputs(quotes, prices), count);
  };
  kernels.push_back({name, set.name, "option", kSmall, kLarge, work});
}

template <american::Accuracy accuracy>
double american_price(std::size_t count) {
  const RandomOptions& o = options();
  static Outputs out;
  const american::Columns in{column(o.sign), column(o.spot),  column(o.strike),    column(o.time),
                             column(o.rate), column(o.yield), column(o.volatility)};
  american::price(in, {0, count}, accuracy, out.to[0], out.status.data());
  return std::accumulate(out.to[0], out.to[0] + count, 0.0);
}

double american_greeks(std::size_t count) {
  const RandomOptions& o = options();
  static Outputs out;
  const american::Columns in{column(o.sign), column(o.spot),  column(o.strike),    column(o.time),
                             column(o.rate), column(o.yield), column(o.volatility)};
  american::OutputColumns to{};
  for (std::size_t k = 0; k < to.size(); ++k) to[k] = out.to[k];
  american::greeks(in, {0, count}, american::Accuracy::kAccurate, to, out.status.data());
  return std::accumulate(out.to[2], out.to[2] + count, 0.0);
}

}  // namespace

void add_vanilla(Kernels& kernels) {
  for (const simd::Kernels* set : simd::supported()) {
    if (set == nullptr) break;
    if (std::string(set->name) == "avx512") continue;  // unknown to the counter
    add(kernels, "black_scholes/price", *set, Quotes::kSpot, set->spot.price);
    add(kernels, "black_scholes/greeks", *set, Quotes::kSpot, set->spot.first_order);
    add(kernels, "black_scholes/second_order", *set, Quotes::kSpot, set->spot.second_order);
    add_implied(kernels, "black_scholes/implied_volatility", *set, Quotes::kSpot, set->spot);
    add(kernels, "black/price", *set, Quotes::kForward, set->forward.price);
    add_implied(kernels, "black/implied_volatility", *set, Quotes::kForward, set->forward);
    add(kernels, "bachelier/price", *set, Quotes::kNormal, set->normal.price);
    add_implied(kernels, "bachelier/implied_volatility", *set, Quotes::kNormal, set->normal);
  }
  using american::Accuracy;
  kernels.push_back({"american/fast", "", "option", 32, 96, american_price<Accuracy::kFast>});
  kernels.push_back(
      {"american/accurate", "", "option", 32, 96, american_price<Accuracy::kAccurate>});
  kernels.push_back({"american/greeks", "", "option", 32, 96, american_greeks});
}

}  // namespace strikeproof::counts
