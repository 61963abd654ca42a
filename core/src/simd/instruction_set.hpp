// Choice of the instruction set at run time; internal to the core.
//
// Each family of kernels picks from its own tables in a source file of its own, so that an engine
// is linked with the kernels it uses and no others: what an artifact depends on is read from there.
#pragma once

#include <array>
#include <cstddef>

namespace strikeproof::simd {

struct InstructionSets {
  bool avx512;  // with its instructions for double words and for vectors of half the width
  bool avx2;    // with fused multiplication and addition
};

/// What this processor has, of the sets that kernels were compiled for.
[[nodiscard]] const InstructionSets& instruction_sets() noexcept;

/// Name of the widest set in use.
[[nodiscard]] const char* instruction_set_name() noexcept;

/// `tables` without those that this processor cannot run, in their order, null at the end. The
/// first is for AVX-512, the second for AVX2, the others for every processor.
template <class Table, std::size_t count>
[[nodiscard]] std::array<const Table*, count> runnable(
    const std::array<const Table*, count>& tables) noexcept {
  const InstructionSets& sets = instruction_sets();
  std::array<const Table*, count> found{};
  std::size_t next = 0;
  for (std::size_t k = 0; k < count; ++k) {
    if ((k == 0 && !sets.avx512) || (k == 1 && !sets.avx2)) continue;
    found[next++] = tables[k];
  }
  return found;
}

}  // namespace strikeproof::simd
