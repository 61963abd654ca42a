// The best or the worst of several assets against a strike.
//
//   call on the maximum = sum_i S_i exp(-q_i T) N_n(x_i, y_ij; R_i) - K exp(-r T) (1 - N_n(-d; R))
//   call on the minimum = sum_i S_i exp(-q_i T) N_n(x_i, -y_ij; R_i') - K exp(-r T) N_n(d; R)   [1]
//
//   x_i = d_1(S_i, K),  d = d_2,  y_ij = (ln(S_i/S_j) + (q_j - q_i + s_ij^2/2) T) / (s_ij sqrt T)
//   s_ij^2 = s_i^2 - 2 r_ij s_i s_j + s_j^2,  corr(x_i, y_ij) = (s_i - r_ij s_j) / s_ij,
//   corr(y_ij, y_ik) = (s_i^2 - r_ij s_i s_j - r_ik s_i s_k + r_jk s_j s_k) / (s_ij s_ik)
//
// R_i' has the sign of corr(x_i, y_ij) changed. Each sum's term is S_i times its delta, and puts
// follow from the option of strike 0, whose terms lack x_i.
//
// [1] Johnson, H. (1987), Options on the maximum or the minimum of several assets, J. Financial and
//     Quantitative Analysis 22(3), 277-283.
#include <algorithm>
#include <cmath>

#include "basket_result.hpp"
#include "strikeproof/basket.hpp"
#include "strikeproof/math/multivariate_normal.hpp"

namespace strikeproof::basket {
namespace {

struct Problem {
  const ExtremeOption& option;
  const Market& market;
  double root;  // sqrt(T)
  double eta;   // +1 for the maximum

  [[nodiscard]] double covariance(std::size_t i, std::size_t j) const noexcept {
    return market.correlation[i][j] * market.volatility[i] * market.volatility[j];
  }
  [[nodiscard]] double ratio_volatility(std::size_t i, std::size_t j) const noexcept {
    return std::sqrt(covariance(i, i) - 2.0 * covariance(i, j) + covariance(j, j));
  }
};

// d_1 of asset i against the strike.
double moneyness(const Problem& p, std::size_t i) noexcept {
  const Market& m = p.market;
  const double w = m.volatility[i] * p.root;
  const double carry = (m.rate - m.dividend_yield[i]) * p.option.time_to_expiry;
  return (std::log(m.spot[i] / p.option.strike) + carry) / w + 0.5 * w;
}

// Probability, under the measure of asset i, that it is the extreme one and, if asked, beyond the
// strike.
double chosen(const Problem& p, std::size_t i, bool beyond) noexcept {
  const Market& m = p.market;
  const double T = p.option.time_to_expiry;
  math::Limits limit{};
  math::Correlations r{};
  std::array<std::size_t, kMostAssets> other{};
  std::size_t count = 0;
  if (beyond) limit[count++] = moneyness(p, i);
  for (std::size_t j = 0; j < m.count; ++j) {
    if (j == i) continue;
    const double s = p.ratio_volatility(i, j);
    const double drift = (m.dividend_yield[j] - m.dividend_yield[i] + 0.5 * s * s) * T;
    limit[count] = p.eta * (std::log(m.spot[i] / m.spot[j]) + drift) / (s * p.root);
    other[count++] = j;
  }
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      if (a == b) {
        r[a][b] = 1.0;
      } else if (beyond && (a == 0 || b == 0)) {
        const std::size_t j = other[a == 0 ? b : a];
        const double own = p.covariance(i, i) - p.covariance(i, j);
        r[a][b] = p.eta * own / (m.volatility[i] * p.ratio_volatility(i, j));
      } else {
        const std::size_t j = other[a];
        const std::size_t k = other[b];
        const double shared =
            p.covariance(i, i) - p.covariance(i, j) - p.covariance(i, k) + p.covariance(j, k);
        r[a][b] = shared / (p.ratio_volatility(i, j) * p.ratio_volatility(i, k));
      }
    }
  }
  return math::multivariate_normal_cdf(count, limit, r);
}

// Probability, without any measure change, that the extreme one ends beyond the strike.
double paid(const Problem& p) noexcept {
  math::Limits limit{};
  math::Correlations r{};
  for (std::size_t i = 0; i < p.market.count; ++i) {
    limit[i] = -p.eta * (moneyness(p, i) - p.market.volatility[i] * p.root);
    for (std::size_t j = 0; j < p.market.count; ++j) r[i][j] = p.market.correlation[i][j];
  }
  const double all = math::multivariate_normal_cdf(p.market.count, limit, r);
  return p.eta > 0.0 ? 1.0 - all : all;
}

}  // namespace

DeltasResult price(const ExtremeOption& option, const Market& market) noexcept {
  const Status status = check(market);
  if (status != Status::kOk) return failed(status);
  if (!std::isfinite(option.strike + option.time_to_expiry)) return failed(Status::kNonFinite);
  if (!(option.strike > 0.0 && option.time_to_expiry > 0.0)) return failed(Status::kOutOfDomain);
  DeltasResult result{0.0, {}, Status::kOk};
  const Problem p{option, market, std::sqrt(option.time_to_expiry), option.best ? 1.0 : -1.0};
  const double cash = option.strike * std::exp(-market.rate * option.time_to_expiry);
  const bool put = option.type == OptionType::kPut;
  double value = -cash * paid(p) + (put ? cash : 0.0);
  double assets = 0.0;
  for (std::size_t i = 0; i < market.count; ++i) {
    const double kept = std::exp(-market.dividend_yield[i] * option.time_to_expiry);
    const double share = chosen(p, i, true) - (put ? chosen(p, i, false) : 0.0);
    result.delta[i] = kept * share;
    assets += kept * market.spot[i];
    value += market.spot[i] * result.delta[i];
  }
  // rounding is that of the largest term
  result.price = std::min(std::max(value, 0.0), put ? cash : assets);
  return in_range(result, market.count);
}

}  // namespace strikeproof::basket
