// What every engine returns for one contract.
#pragma once

#include "strikeproof/status.hpp"

namespace strikeproof {

/// Price and raw derivatives: vega per 1.00 of volatility, theta per year, rho per 1.00 of rate.
struct Greeks {
  double price;
  double delta;
  double gamma;
  double vega;
  double theta;
  double rho;
};

struct PriceResult {
  double value;  // NaN unless status is kOk
  Status status;
};

struct GreeksResult {
  Greeks value;  // all NaN unless status is kOk
  Status status;
};

/// Price and its derivatives by the spot.
struct SpotGreeks {
  double price;
  double delta;
  double gamma;
};

struct SpotGreeksResult {
  SpotGreeks value;  // all NaN unless status is kOk
  Status status;
};

}  // namespace strikeproof
