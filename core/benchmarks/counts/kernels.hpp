// The kernels whose instructions are counted.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace strikeproof::counts {

/// Of engines without vector kernels.
inline constexpr const char* kScalar = "scalar";

/// Work of a size: its instructions grow by the same number with every unit.
struct Kernel {
  std::string name;             // engine/operation
  std::string instruction_set;  // "": the one that the core chooses
  std::string unit;             // what is counted per
  std::size_t small;            // units of the two counted calls
  std::size_t large;
  std::function<double(std::size_t)> work;  // NaN where something could not be answered
};

using Kernels = std::vector<Kernel>;

void add_vanilla(Kernels& kernels);
void add_exotic(Kernels& kernels);
void add_smiles(Kernels& kernels);
void add_simulation(Kernels& kernels);

}  // namespace strikeproof::counts
