// Market and results that the engines on two assets share.
#pragma once

#include "strikeproof/result.hpp"

namespace strikeproof {

/// Two lognormal assets with flat rates and constant volatilities.
struct TwoAssetMarket {
  double spot1;            // >= 0
  double spot2;            // >= 0
  double rate;             // per year
  double dividend_yield1;  // per year
  double dividend_yield2;  // per year
  double volatility1;      // >= 0, per square root of a year
  double volatility2;      // >= 0
  double correlation;      // of the logarithms, -1 to 1
};

/// Raw derivatives; theta by calendar time.
struct TwoAssetGreeks {
  double price;
  double delta1;
  double delta2;
  double gamma1;
  double gamma2;
  double cross_gamma;  // by spot1 and spot2
  double vega1;
  double vega2;
  double correlation_sensitivity;
  double theta;
  double rho;
};

struct TwoAssetGreeksResult {
  TwoAssetGreeks value;  // all NaN unless status is kOk
  Status status;
};

}  // namespace strikeproof
