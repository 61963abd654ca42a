// The American engine over columns: vector kernels for ordinary rows, the careful engine for the
// others; implied volatility by the secant method within a bracket, on blocks of rows: from the
// European volatility, which is higher, with the European slope.
#include "strikeproof/american.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "simd/american_kernels.hpp"
#include "simd/batch.hpp"
#include "strikeproof/american_careful.hpp"

namespace strikeproof::american {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const simd::AmericanScheme& scheme_of(Accuracy accuracy) {
  using simd::make_american_scheme;
  static const simd::AmericanScheme first = make_american_scheme({4, 5, 1, 8, 1e-1, 1.0}, nullptr);
  static const simd::AmericanScheme second = make_american_scheme({6, 6, 1, 8, 1e-2, 1.0}, nullptr);
  static const simd::AmericanScheme third =
      make_american_scheme({12, 9, 1, 8, 1e-4, 1e-1}, &second);
  static const simd::AmericanScheme usual =
      make_american_scheme({20, 12, 36, 8, 5e-4, 1e-2}, &third);
  static const std::array schemes{
      make_american_scheme({8, 8, 24, 8, 1e-3, 1e-1}, &first),
      usual,
      make_american_scheme({44, 40, 80, 12, 1e-6, 1e-4}, &third),
  };
  return schemes[static_cast<std::size_t>(accuracy)];
}

VanillaOption option_of(const double* in) noexcept {
  return {in[0] > 0.0 ? OptionType::kCall : OptionType::kPut, in[2], in[3]};
}

std::uint8_t rare_price(const double* in, double* values, std::size_t /*count*/) noexcept {
  const PriceResult result = careful::price(option_of(in), {in[1], in[4], in[5], in[6]});
  values[0] = result.value;
  return static_cast<std::uint8_t>(result.status);
}

std::uint8_t rare_greeks(const double* in, double* values, std::size_t /*count*/) noexcept {
  const auto [g, status] = careful::greeks(option_of(in), {in[1], in[4], in[5], in[6]});
  const std::array found{g.price, g.delta, g.gamma, g.vega, g.theta, g.rho};
  std::copy(found.begin(), found.end(), values);
  return static_cast<std::uint8_t>(status);
}

// Without time or volatility exercise is due at the strike, or where the forgone interest and
// dividends are equal; other cases have no boundary that the collocation would know.
std::uint8_t rare_boundary(const double* in, double* values, std::size_t /*count*/) noexcept {
  const bool put = in[0] < 0.0;
  const double rate = put ? in[4] : in[5];
  const double yield = put ? in[5] : in[4];
  const Status status = simd::check_inputs<2, 3>({in[4], in[5]}, {in[2], in[3], in[6]});
  values[0] = kNaN;
  if (status != Status::kOk) return static_cast<std::uint8_t>(status);
  if (in[3] > 0.0 && in[6] > 0.0) return static_cast<std::uint8_t>(Status::kNotConverged);
  if (rate <= 0.0 && yield >= rate) {
    values[0] = put ? 0.0 : std::numeric_limits<double>::infinity();
  } else if (rate < -simd::kNoRate) {
    return static_cast<std::uint8_t>(Status::kNotConverged);
  } else {
    const double ratio = yield > rate ? rate / yield : 1.0;
    values[0] = put ? in[2] * ratio : in[2] / ratio;
  }
  return static_cast<std::uint8_t>(Status::kOk);
}

simd::Inputs inputs_of(const Columns& in) noexcept {
  return {in.option_sign, in.spot,           in.strike,    in.time_to_expiry,
          in.rate,        in.dividend_yield, in.volatility};
}

// What the search for a volatility knows of one row.
struct Search {
  double low, high;  // volatility
  double slope;      // of the price by volatility: of the last two points, first the European one
  bool running;
  Status status;
  double last = 0.0;  // volatility tried, with its price less the price wanted
  double last_miss = 0.0;
  double best = 0.0;  // volatility whose price came closest
  double best_miss = std::numeric_limits<double>::infinity();
};

constexpr std::size_t kBlock = 64;  // rows that are searched together
constexpr double kMissed = 1e-12;   // relative; prices carry more than that of their iteration

// Prices of a block at trial volatilities.
class Trials {
 public:
  Trials(const simd::Inputs& in, std::size_t first, std::size_t rows, Accuracy accuracy) noexcept
      : rows_(rows), accuracy_(accuracy) {
    for (std::size_t k = 0; k + 1 < simd::kInputs; ++k) {
      in_[k] = {in[k].data + static_cast<std::ptrdiff_t>(first) * in[k].step, in[k].step};
    }
    in_[simd::kInputs - 1] = {volatility.data(), 1};
  }

  void run() noexcept {
    double* out = price.data();
    simd::american_kernels().price({in_.data(), &out, status.data(), rare_price},
                                   scheme_of(accuracy_), {0, rows_});
  }

  [[nodiscard]] double input(std::size_t column, std::size_t row) const noexcept {
    return in_[column][row];
  }

  std::array<double, kBlock> volatility{};
  std::array<double, kBlock> price{};
  std::array<std::uint8_t, kBlock> status{};

 private:
  simd::Inputs in_{};
  std::size_t rows_;
  Accuracy accuracy_;
};

// The European volatility bounds the American one from above, where there is one.
Search begin(const Trials& trials, std::size_t row, double wanted) noexcept {
  const VanillaOption option{trials.input(0, row) > 0.0 ? OptionType::kCall : OptionType::kPut,
                             trials.input(2, row), trials.input(3, row)};
  const FlatMarket market{trials.input(1, row), trials.input(4, row), trials.input(5, row), 0.0};
  if (!std::isfinite(wanted)) return {0, 0, 0, false, Status::kNonFinite};
  if (wanted < 0.0) return {0, 0, 0, false, Status::kOutOfDomain};
  const PriceResult least = careful::price(option, market);
  if (least.status != Status::kOk) return {0, 0, 0, false, least.status};
  const double rounding = 4e-16 * wanted;
  if (wanted < least.value - rounding) return {0, 0, 0, false, Status::kBelowIntrinsic};
  if (wanted <= least.value + rounding) return {0, 0, 0, false, Status::kNoTimeValue};
  const PriceResult european = black_scholes::implied_volatility(wanted, option, market);
  const bool bounded = european.status == Status::kOk;
  const double high = bounded ? 1.000001 * european.value : 8.0;
  FlatMarket top = market;
  top.volatility = high;
  return {0.0, high, black_scholes::greeks(option, top).value.vega, true, Status::kOk};
}

// One more price at trial: the bracket shrinks, the last two points make the next secant.
void learn(Search& s, double trial, double miss, double wanted) noexcept {
  if (std::fabs(miss) < s.best_miss) {
    s.best = trial;
    s.best_miss = std::fabs(miss);
  }
  if (trial != s.last) s.slope = (miss - s.last_miss) / (trial - s.last);
  s.last = trial;
  s.last_miss = miss;
  (miss < 0.0 ? s.low : s.high) = trial;
  if (s.best_miss <= kMissed * wanted || s.high - s.low <= kMissed * s.high) s.running = false;
}

// A price that is flat in volatility, or rough in its last digits, ends no bracket: what counts is
// whether the price was met.
void settle(Search& s, double wanted) noexcept {
  constexpr double kMet = 1e-9;
  if (s.status == Status::kOk && !(s.best_miss <= kMet * wanted)) s.status = Status::kNotConverged;
}

double next_trial(const Search& s) noexcept {
  if (std::isinf(s.best_miss)) return s.high;
  const double secant = s.last - s.last_miss / s.slope;
  return secant > s.low && secant < s.high ? secant : 0.5 * (s.low + s.high);
}

void search_block(Trials& trials, std::size_t rows, std::array<Search, kBlock>& searches,
                  const std::array<double, kBlock>& wanted) noexcept {
  constexpr int kMostTrials = 100;
  for (int trial = 0; trial < kMostTrials; ++trial) {
    bool any = false;
    for (std::size_t k = 0; k < rows; ++k) {
      any = any || searches[k].running;
      trials.volatility[k] = searches[k].running ? next_trial(searches[k]) : 0.2;
    }
    if (!any) return;
    trials.run();
    for (std::size_t k = 0; k < rows; ++k) {
      Search& s = searches[k];
      if (!s.running) continue;
      const double miss = trials.price[k] - wanted[k];
      const bool top = std::isinf(s.best_miss);
      if (trials.status[k] != 0 || (top && miss < -1e-9 * wanted[k])) {
        s.running = false;
        s.status = trials.status[k] != 0 ? Status::kNotConverged : Status::kAboveMaximum;
      } else if (top) {
        s.last = s.best = trials.volatility[k];
        s.last_miss = std::max(miss, 0.0);
        s.best_miss = s.last_miss;
        if (s.best_miss <= kMissed * wanted[k]) s.running = false;
      } else {
        learn(s, trials.volatility[k], miss, wanted[k]);
      }
    }
  }
}

simd::OneRow row_of(const VanillaOption& o, const FlatMarket& m, double last) noexcept {
  return simd::OneRow({static_cast<double>(o.type), m.spot, o.strike, o.time_to_expiry, m.rate,
                       m.dividend_yield, last});
}

Columns columns_of(const simd::Inputs& in) noexcept {
  return {in[0], in[1], in[2], in[3], in[4], in[5], in[6]};
}

}  // namespace

void price(const Columns& in, Rows rows, Accuracy accuracy, double* out,
           std::uint8_t* status) noexcept {
  const simd::Inputs inputs = inputs_of(in);
  simd::american_kernels().price({inputs.data(), &out, status, rare_price}, scheme_of(accuracy),
                                 rows);
}

void greeks(const Columns& in, Rows rows, Accuracy accuracy, const OutputColumns& out,
            std::uint8_t* status) noexcept {
  const simd::Inputs inputs = inputs_of(in);
  simd::american_kernels().greeks({inputs.data(), out.data(), status, rare_greeks},
                                  scheme_of(accuracy), rows);
}

void exercise_boundary(const Columns& in, Rows rows, Accuracy accuracy, double* out,
                       std::uint8_t* status) noexcept {
  const simd::Inputs inputs = inputs_of(in);
  simd::american_kernels().boundary({inputs.data(), &out, status, rare_boundary},
                                    scheme_of(accuracy), rows);
}

void implied_volatility(const Columns& in, Rows rows, Accuracy accuracy, double* out,
                        std::uint8_t* status) noexcept {
  const simd::Inputs inputs = inputs_of(in);
  for (std::size_t first = rows.begin; first < rows.end; first += kBlock) {
    const std::size_t count = std::min(kBlock, rows.end - first);
    Trials trials(inputs, first, count, accuracy);
    std::array<Search, kBlock> searches{};
    std::array<double, kBlock> wanted{};
    for (std::size_t k = 0; k < count; ++k) {
      wanted[k] = in.volatility[first + k];
      searches[k] = begin(trials, k, wanted[k]);
    }
    search_block(trials, count, searches, wanted);
    for (std::size_t k = 0; k < count; ++k) {
      Search& s = searches[k];
      settle(s, wanted[k]);
      out[first + k] = s.status == Status::kOk ? s.best : kNaN;
      status[first + k] = static_cast<std::uint8_t>(s.status);
    }
  }
}

PriceResult price(const VanillaOption& option, const FlatMarket& market,
                  Accuracy accuracy) noexcept {
  const simd::OneRow row = row_of(option, market, market.volatility);
  double value = 0.0;
  std::uint8_t status = 0;
  price(columns_of(row.columns()), {0, 1}, accuracy, &value, &status);
  return {value, static_cast<Status>(status)};
}

GreeksResult greeks(const VanillaOption& option, const FlatMarket& market,
                    Accuracy accuracy) noexcept {
  const simd::OneRow row = row_of(option, market, market.volatility);
  Greeks g{};
  std::uint8_t status = 0;
  greeks(columns_of(row.columns()), {0, 1}, accuracy,
         {&g.price, &g.delta, &g.gamma, &g.vega, &g.theta, &g.rho}, &status);
  return {g, static_cast<Status>(status)};
}

PriceResult implied_volatility(double price, const VanillaOption& option, const FlatMarket& market,
                               Accuracy accuracy) noexcept {
  const simd::OneRow row = row_of(option, market, price);
  double value = 0.0;
  std::uint8_t status = 0;
  implied_volatility(columns_of(row.columns()), {0, 1}, accuracy, &value, &status);
  return {value, static_cast<Status>(status)};
}

PriceResult exercise_boundary(const VanillaOption& option, const FlatMarket& market,
                              Accuracy accuracy) noexcept {
  const simd::OneRow row = row_of(option, market, market.volatility);
  double value = 0.0;
  std::uint8_t status = 0;
  exercise_boundary(columns_of(row.columns()), {0, 1}, accuracy, &value, &status);
  return {value, static_cast<Status>(status)};
}

}  // namespace strikeproof::american
