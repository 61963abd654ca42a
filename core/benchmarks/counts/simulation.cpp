// Random numbers and simulated paths.
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "../simulations.hpp"
#include "kernels.hpp"
#include "simd/random_kernels.hpp"
#include "simd/vector_kernels.hpp"
#include "strikeproof/random.hpp"

namespace strikeproof::counts {
namespace {

namespace mc = monte_carlo;

constexpr std::size_t kSmall = 1024;
constexpr std::size_t kLarge = 4096;

double total(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

double sobol_normals(std::size_t count) {
  static const random::Sobol sobol(64, 1, 0);
  static std::vector<double> values(kLarge);
  sobol.normals(40, 0, {values.data(), count});
  return total(values);
}

/// Adds the normals of each table; tables and names come in the same order, the widest first.
void add_normals(Kernels& kernels) {
  const auto sets = simd::supported();
  const auto tables = simd::supported_random();
  for (std::size_t k = 0; k < sets.size() && sets[k] != nullptr; ++k) {
    if (std::string(sets[k]->name) == "avx512") continue;  // unknown to the counter
    const simd::RandomKernels* table = tables[k];
    const auto work = [table](std::size_t count) {
      static std::vector<double> values(kLarge);
      table->normals({7, 1, 0, 0}, 0, count, values.data());
      return total(values);
    };
    kernels.push_back({"random/normals", sets[k]->name, "number", kSmall, kLarge, work});
  }
}

double simulate(const mc::Payoff& payoff, std::size_t path_steps, mc::Method method) {
  const auto dynamics = mc::black_scholes(benchmarks::simulated_model(), payoff.schedule());
  mc::Settings settings;
  settings.method = method;
  settings.replicates = 2;
  settings.paths = path_steps / dynamics->steps().size();
  const auto found = mc::price(*dynamics, payoff, {}, settings, {1, 1, {}});
  return found->outputs[0].value;
}

template <mc::Method method>
double european(std::size_t paths) {
  static const auto payoff = benchmarks::simulated_european();
  return simulate(*payoff, paths, method);
}

constexpr std::size_t kFixings = 32;

template <mc::Method method>
double asian(std::size_t path_steps) {
  static const auto payoff = benchmarks::simulated_asian(kFixings);
  return simulate(*payoff, path_steps, method);
}

}  // namespace

void add_simulation(Kernels& kernels) {
  add_normals(kernels);
  kernels.push_back({"random/sobol_normals", "", "number", kSmall, kLarge, sobol_normals});
  const auto add = [&](const std::string& name, double (*work)(std::size_t), std::size_t steps) {
    kernels.push_back({name, "", "path step", 2048 * steps, 4096 * steps, work});
  };
  add("monte_carlo/european", european<mc::Method::kPseudo>, 1);
  add("monte_carlo/european_sobol", european<mc::Method::kSobol>, 1);
  add("monte_carlo/asian", asian<mc::Method::kPseudo>, kFixings);
  add("monte_carlo/asian_sobol", asian<mc::Method::kSobol>, kFixings);
}

}  // namespace strikeproof::counts
