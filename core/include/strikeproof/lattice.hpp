// European, American and Bermudan options on trees; see src/lattice.cpp for method and sources.
#pragma once

#include "strikeproof/exercise.hpp"
#include "strikeproof/result.hpp"

namespace strikeproof::lattice {

enum class Tree : int {
  kLeisenReimer = 0,  // binomial, centred on the strike; exercise dates move to the nearest step
  kTrinomial = 1,     // its time grid holds every exercise date
};

struct Settings {
  Tree tree;
  int steps;           // 1 to kMaximumSteps; Leisen-Reimer makes an even number odd
  bool extrapolation;  // Richardson's, from this tree and one of twice the steps
};

inline constexpr int kMaximumSteps = 20'000;

/// Present value; its error is that of the tree, kNotConverged where a probability leaves (0, 1).
[[nodiscard]] PriceResult price(const ExercisableOption& option, const FlatMarket& market,
                                const Settings& settings) noexcept;

/// The same with delta and gamma from neighbouring nodes, vega and rho carried through the tree,
/// theta from the Black-Scholes equation.
[[nodiscard]] GreeksResult greeks(const ExercisableOption& option, const FlatMarket& market,
                                  const Settings& settings) noexcept;

}  // namespace strikeproof::lattice
