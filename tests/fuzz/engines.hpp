// The engines that are tried, each by a function that draws a contract and a market for it.
#pragma once

#include "draw.hpp"

namespace strikeproof::fuzz {

// vanilla.cpp
void black_scholes_engine(Draw& draw);
void black_engine(Draw& draw);
void bachelier_engine(Draw& draw);
void american_engine(Draw& draw);
void american_approximation_engine(Draw& draw);
void digital_engine(Draw& draw);
void touch_engine(Draw& draw);

// path_dependent.cpp
void barrier_engine(Draw& draw);
void partial_barrier_engine(Draw& draw);
void discrete_barrier_engine(Draw& draw);
void double_barrier_engine(Draw& draw);
void asian_engine(Draw& draw);
void lookback_engine(Draw& draw);

// several_assets.cpp
void exchange_engine(Draw& draw);
void rainbow_engine(Draw& draw);
void spread_engine(Draw& draw);
void basket_engine(Draw& draw);
void best_or_worst_engine(Draw& draw);

// models.cpp
void merton_engine(Draw& draw);
void kou_engine(Draw& draw);
void variance_gamma_engine(Draw& draw);
void heston_engine(Draw& draw);
void heston_wing_engine(Draw& draw);
void bates_engine(Draw& draw);

// grids.cpp
void lattice_engine(Draw& draw);
void finite_difference_engine(Draw& draw);
void grid_contract_engine(Draw& draw);
void dividends_engine(Draw& draw);
void heston_grid_engine(Draw& draw);

// curves.cpp
void rate_curve_engine(Draw& draw);
void volatility_curve_engine(Draw& draw);
void svi_engine(Draw& draw);
void ssvi_engine(Draw& draw);

}  // namespace strikeproof::fuzz
