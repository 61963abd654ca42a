// Work over rows in blocks, by several threads, stoppable; results cannot depend on either.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

#include "strikeproof/column.hpp"

namespace strikeproof {

struct Parallel {
  unsigned threads = 1;              // at least 1, the calling thread included
  std::size_t block_rows = 4096;     // rows between two looks at keep_going
  std::function<bool()> keep_going;  // called by the calling thread only; may be empty
};

/// Call work on every block of [0, count). Returns false when keep_going said to stop: then some
/// blocks were left out. work must not throw; rows must be independent of each other.
[[nodiscard]] bool for_each_block(std::size_t count, const Parallel& parallel,
                                  const std::function<void(Rows)>& work);

}  // namespace strikeproof
