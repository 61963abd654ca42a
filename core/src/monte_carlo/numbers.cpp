// Numbers by Philox, each where it is wanted; and by Sobol's sequence, all steps of a block at once
// because the first coordinates, which are the best, go to the bridge's longest strides [1].
//
// Bridge increments divided by the roots of their variances are independent standard normals again,
// so that a model need not know where its numbers come from.
//
// [1] Caflisch, R., Morokoff, W. and Owen, A. (1997), J. Computational Finance 1(1), 27-46.
#include "numbers.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>

#include "strikeproof/random.hpp"

namespace strikeproof::monte_carlo {
namespace {

constexpr std::size_t kPseudoBlock = 512;  // a few rows of it stay in the first cache
constexpr std::size_t kSobolBytes =
    std::size_t{512} * 1024;  // all rows of a block stay in the second
constexpr std::size_t kLeastBlock = 64;

class Pseudo final : public NumberSource {
 public:
  Pseudo(const Demand& demand, std::uint64_t seed, std::uint16_t stream)
      : demand_(demand), seed_(seed), stream_(stream) {}

  [[nodiscard]] std::size_t block() const noexcept override { return kPseudoBlock; }

  [[nodiscard]] Buffer buffer() const override {
    return {std::vector<double>(demand_.normals * kPseudoBlock),
            std::vector<double>(demand_.uniforms * kPseudoBlock),
            {},
            0,
            0};
  }

  void begin(std::uint32_t /*replicate*/, std::uint64_t first, std::size_t count,
             Buffer& buffer) const noexcept override {
    buffer.first = first;
    buffer.count = count;
  }

  StepRows step(std::size_t step, Buffer& buffer) const noexcept override {
    random::Place place{seed_, static_cast<std::uint32_t>(step), 0, stream_};
    for (std::size_t row = 0; row < demand_.normals; ++row, ++place.dimension) {
      random::normals(place, buffer.first,
                      {buffer.normals.data() + row * kPseudoBlock, buffer.count});
    }
    for (std::size_t row = 0; row < demand_.uniforms; ++row, ++place.dimension) {
      random::uniforms(place, buffer.first,
                       {buffer.uniforms.data() + row * kPseudoBlock, buffer.count});
    }
    return {{buffer.normals.data(), kPseudoBlock}, {buffer.uniforms.data(), kPseudoBlock}};
  }

 private:
  Demand demand_;
  std::uint64_t seed_;
  std::uint16_t stream_;
};

class SobolNumbers final : public NumberSource {
 public:
  SobolNumbers(const Demand& demand, std::uint64_t seed, std::uint32_t replicates);

  [[nodiscard]] std::size_t block() const noexcept override { return block_; }

  [[nodiscard]] Buffer buffer() const override {
    const std::size_t rows = demand_.steps.size() * block_;
    return {std::vector<double>(demand_.normals * rows),
            std::vector<double>(demand_.uniforms * rows), std::vector<double>(rows), 0, 0};
  }

  void begin(std::uint32_t replicate, std::uint64_t first, std::size_t count,
             Buffer& buffer) const noexcept override;

  StepRows step(std::size_t step, Buffer& buffer) const noexcept override {
    const std::size_t stride = demand_.steps.size() * buffer.count;
    const std::size_t at = step * buffer.count;
    return {{buffer.normals.data() + at, stride}, {buffer.uniforms.data() + at, stride}};
  }

 private:
  Demand demand_;
  std::size_t block_;
  std::vector<random::Sobol> replicates_;
  std::optional<random::BrownianBridge> bridge_;
  std::vector<double> scales_;  // one over the root of a step's variance on the clock
};

SobolNumbers::SobolNumbers(const Demand& demand, std::uint64_t seed, std::uint32_t replicates)
    : demand_(demand), block_(kPseudoBlock) {
  const std::size_t a_step = demand.normals + demand.uniforms;
  const std::size_t dimensions = demand.steps.size() * a_step;
  if (dimensions == 0 || dimensions > random::kSobolDimensions) {
    throw std::invalid_argument("method is sobol: a path takes " + std::to_string(dimensions) +
                                " numbers, must be within 1 and " +
                                std::to_string(random::kSobolDimensions));
  }
  const std::size_t bytes = demand.steps.size() * (a_step + 1) * sizeof(double);
  while (block_ > kLeastBlock && block_ * bytes > kSobolBytes) block_ /= 2;
  replicates_.reserve(replicates);
  const random::Sobol sequence(dimensions);
  for (std::uint32_t r = 0; r < replicates; ++r) {
    replicates_.push_back(sequence.scrambled(seed, r));
  }

  std::vector<double> clock;
  double last = 0.0;
  for (const Step& step : demand.steps) {
    if (!(step.clock > last)) return;  // no motion to bridge: numbers in the order of steps
    scales_.push_back(1.0 / std::sqrt(step.clock - last));
    clock.push_back(step.clock);
    last = step.clock;
  }
  if (clock.size() > 1) bridge_.emplace(clock);
}

void SobolNumbers::begin(std::uint32_t replicate, std::uint64_t first, std::size_t count,
                         Buffer& buffer) const noexcept {
  const random::Sobol& sobol = replicates_[replicate];
  const std::size_t steps = demand_.steps.size();
  buffer.first = first;
  buffer.count = count;
  for (std::size_t factor = 0; factor < demand_.normals; ++factor) {
    double* const rows = buffer.normals.data() + factor * steps * count;
    double* const raw = bridge_ ? buffer.spare.data() : rows;
    for (std::size_t k = 0; k < steps; ++k) {
      sobol.normals(k * demand_.normals + factor, first, {raw + k * count, count});
    }
    if (!bridge_) continue;
    bridge_->build(raw, count, rows);
    for (std::size_t k = steps; k-- > 0;) {
      double* const row = rows + k * count;
      const double scale = scales_[k];
      if (k == 0) {
        for (std::size_t p = 0; p < count; ++p) row[p] *= scale;
      } else {
        const double* const before = row - count;
        for (std::size_t p = 0; p < count; ++p) row[p] = (row[p] - before[p]) * scale;
      }
    }
  }
  for (std::size_t row = 0; row < demand_.uniforms; ++row) {
    for (std::size_t k = 0; k < steps; ++k) {
      sobol.uniforms(steps * demand_.normals + k * demand_.uniforms + row, first,
                     {buffer.uniforms.data() + (row * steps + k) * count, count});
    }
  }
}

}  // namespace

std::unique_ptr<NumberSource> pseudo_numbers(const Demand& demand, std::uint64_t seed,
                                             std::uint16_t stream) {
  return std::make_unique<Pseudo>(demand, seed, stream);
}

std::unique_ptr<NumberSource> sobol_numbers(const Demand& demand, std::uint64_t seed,
                                            std::uint32_t replicates) {
  return std::make_unique<SobolNumbers>(demand, seed, replicates);
}

}  // namespace strikeproof::monte_carlo
