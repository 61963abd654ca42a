// Rows through vectors: columns in any stride, a padded last vector, rare lanes by the scalar
// engine. Internal to the core; included by the kernels' translation units only.
//
// Nothing here may instantiate a function with external linkage: the linker could keep the copy
// made for a wider instruction set and hand it to everyone.
#pragma once

#include "bachelier_kernel.hpp"
#include "black_scholes_kernel.hpp"
#include "implied_volatility_kernel.hpp"
#include "vector_kernels.hpp"

namespace strikeproof::simd {
namespace {

// Rows [first, last) of every column, side by side, for at most one block; the last vector is
// padded with the last row, whose extra results nobody sees.
constexpr std::size_t kBlock = 128;

struct Block {
  const double* column[kInputs];
  double copy[kInputs][kBlock];
};

[[gnu::noinline]] void copy_column(const Column& from, std::size_t first, std::size_t rows,
                                   double* to) noexcept {
  const std::size_t padded = (rows + kLanes - 1) / kLanes * kLanes;
  for (std::size_t k = 0; k < padded; ++k) {
    const std::size_t row = first + (k < rows ? k : rows - 1);
    to[k] = from.data[static_cast<std::ptrdiff_t>(row) * from.step];
  }
}

STRIKEPROOF_INLINE void open_block(const Column* in, std::size_t first, std::size_t rows,
                                   Block& block) noexcept {
  for (std::size_t k = 0; k < kInputs; ++k) {
    if (in[k].step == 1 && rows % kLanes == 0) {
      block.column[k] = in[k].data + first;
    } else {
      copy_column(in[k], first, rows, block.copy[k]);
      block.column[k] = block.copy[k];
    }
  }
}

STRIKEPROOF_INLINE Option option_at(const Block& block, std::size_t at) noexcept {
  return {load(block.column[0] + at), load(block.column[1] + at), load(block.column[2] + at),
          load(block.column[3] + at), load(block.column[4] + at), load(block.column[5] + at),
          load(block.column[6] + at)};
}

// One row of the rare kind. Its inputs come from the vector: an output may have overwritten them.
[[gnu::noinline]] void put_rare(const Job& job, const Option& o, std::size_t lane, std::size_t row,
                                std::size_t count) noexcept {
  const double inputs[kInputs] = {o.sign[lane], o.spot[lane],  o.strike[lane],    o.time[lane],
                                  o.rate[lane], o.yield[lane], o.volatility[lane]};
  double values[kOutputs];
  const std::uint8_t status = job.rare(inputs, values, count);
  if (job.status != nullptr) job.status[row] = status;
  for (std::size_t k = 0; k < count; ++k) {
    if (job.outputs[k] != nullptr) job.outputs[k][row] = values[k];
  }
}

// Results of the vector that starts at row; used lanes of it belong to the caller.
template <std::size_t count>
STRIKEPROOF_INLINE void put(const Job& job, const Option& option, std::size_t row, std::size_t used,
                            Bits answered, const Real (&values)[count]) noexcept {
  const bool whole = used == kLanes;
  for (std::size_t k = 0; k < count; ++k) {
    double* const to = job.outputs[k];
    if (to == nullptr) continue;
    if (whole) [[likely]] {
      store(to + row, values[k]);
    } else {
      for (std::size_t lane = 0; lane < used; ++lane) to[row + lane] = values[k][lane];
    }
  }
  if (job.status != nullptr) __builtin_memset(job.status + row, 0, whole ? kLanes : used);
  if (any(~answered)) [[unlikely]] {
    for (std::size_t lane = 0; lane < used; ++lane) {
      if (answered[lane] == 0) put_rare(job, option, lane, row + lane, count);
    }
  }
}

STRIKEPROOF_INLINE std::size_t lanes_left(std::size_t at, std::size_t rows) noexcept {
  return rows - at < kLanes ? rows - at : kLanes;
}

template <class Work>
STRIKEPROOF_INLINE void for_blocks(const Job& job, Rows rows, Work work) noexcept {
  Block block;
  for (std::size_t first = rows.begin; first < rows.end; first += kBlock) {
    const std::size_t count = rows.end - first < kBlock ? rows.end - first : kBlock;
    open_block(job.inputs, first, count, block);
    work(block, first, count);
  }
}

template <Underlying underlying, std::size_t count>
void quantities(const Job& job, Rows rows) noexcept {
  for_blocks(job, rows, [&](const Block& block, std::size_t first, std::size_t size) noexcept {
    for (std::size_t at = 0; at < size; at += kLanes) {
      const Option option = option_at(block, at);
      Real values[count];
      evaluate<underlying>(option, values);
      put(job, option, first + at, lanes_left(at, size), ordinary(option), values);
    }
  });
}

// A group of vectors iterates together, so that one's arithmetic fills the other's waiting.
constexpr std::size_t kGroup = 4;

void volatilities(const Job& job, Rows rows) noexcept {
  for_blocks(job, rows, [&](const Block& block, std::size_t first, std::size_t size) noexcept {
    for (std::size_t start = 0; start < size; start += kGroup * kLanes) {
      Option options[kGroup];
      Search searches[kGroup];
      for (std::size_t k = 0; k < kGroup; ++k) {
        const std::size_t at = start + k * kLanes;
        options[k] = option_at(block, at < size ? at : start);
        searches[k] = begin_search(options[k]);
      }
      finish(searches);
      for (std::size_t k = 0; k < kGroup && start + k * kLanes < size; ++k) {
        const std::size_t at = start + k * kLanes;
        const Search& search = searches[k];
        const Real values[1] = {search.w / search.root};
        put(job, options[k], first + at, lanes_left(at, size), search.answered & ~search.running,
            values);
      }
    }
  });
}

template <std::size_t count>
void normal_quantities(const Job& job, Rows rows) noexcept {
  for_blocks(job, rows, [&](const Block& block, std::size_t first, std::size_t size) noexcept {
    for (std::size_t at = 0; at < size; at += kLanes) {
      const Option option = option_at(block, at);
      Real values[count];
      evaluate_normal(option, values);
      put(job, option, first + at, lanes_left(at, size), ordinary_normal(option), values);
    }
  });
}

void normal_volatilities(const Job& job, Rows rows) noexcept {
  for_blocks(job, rows, [&](const Block& block, std::size_t first, std::size_t size) noexcept {
    for (std::size_t at = 0; at < size; at += kLanes) {
      const Option option = option_at(block, at);
      const Implied implied = implied_normal(option);
      const Real values[1] = {implied.volatility};
      put(job, option, first + at, lanes_left(at, size), implied.answered, values);
    }
  });
}

template <Underlying underlying>
constexpr Model kLognormal{quantities<underlying, 1>, quantities<underlying, kFirstOrder>,
                           quantities<underlying, kQuantities>, volatilities};
constexpr Model kNormal{normal_quantities<1>, normal_quantities<kNormalQuantities>, nullptr,
                        normal_volatilities};

/// The table of this translation unit's instruction set.
constexpr Kernels table(const char* name) {
  return {name, kLognormal<Underlying::kSpot>, kLognormal<Underlying::kForward>, kNormal};
}

}  // namespace
}  // namespace strikeproof::simd
