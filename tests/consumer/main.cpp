// Prices one American put and the European one beside it, from an installed strikeproof.
#include <cstdio>

#include "strikeproof/american.hpp"
#include "strikeproof/black_scholes.hpp"

int main() {
  using namespace strikeproof;
  const VanillaOption put{OptionType::kPut, 95.0, 0.5};
  const FlatMarket market{100.0, 0.03, 0.0, 0.2};
  const PriceResult european = black_scholes::price(put, market);
  const PriceResult american = american::price(put, market, american::Accuracy::kAccurate);
  if (european.status != Status::kOk || american.status != Status::kOk) return 1;
  std::printf("%.17g %.17g\n", european.value, american.value);
  return 0;
}
