// European and American options on a stock with known cash dividends; see src/dividends.cpp for
// methods and sources.
#pragma once

#include "strikeproof/exercise.hpp"
#include "strikeproof/finite_difference.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::dividends {

enum class Method : int {
  kAccurate = 0,          // the closed form, else quadrature where it applies, else the grid
  kQuadrature = 1,        // spot model; European, or a call on a stock without yield at rate >= 0
  kFiniteDifference = 2,  // any
  kBosVandermark = 3,     // an approximation to the European option of the spot model
};

struct Settings {
  Method method;
  finite_difference::Settings grid;  // read where the grid is used
};

/// Present value. kOutOfDomain where the method does not apply, or where the escrowed model has no
/// answer: dividends worth more than the spot. Bermudan options are kOutOfDomain here.
[[nodiscard]] PriceResult price(const ExercisableOption& option, const CashDividends& dividends,
                                DividendModel model, const FlatMarket& market,
                                const Settings& settings) noexcept;

/// The same with Greeks; the dates of the dividends come nearer as time passes.
[[nodiscard]] GreeksResult greeks(const ExercisableOption& option, const CashDividends& dividends,
                                  DividendModel model, const FlatMarket& market,
                                  const Settings& settings) noexcept;

}  // namespace strikeproof::dividends
