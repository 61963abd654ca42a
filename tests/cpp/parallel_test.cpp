// Blocks: every row once, whatever the threads; a stop leaves rows out and says so.
#include "strikeproof/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace {

using strikeproof::Rows;

TEST(Parallel, EveryRowIsVisitedOnce) {
  for (const unsigned threads : {1U, 2U, 3U, 8U}) {
    for (const std::size_t count : {0UL, 1UL, 99UL, 100UL, 101UL, 12345UL}) {
      std::vector<std::atomic<int>> visits(count);
      const bool finished = strikeproof::for_each_block(count, {threads, 100, {}}, [&](Rows rows) {
        for (std::size_t row = rows.begin; row < rows.end; ++row) ++visits[row];
      });
      EXPECT_TRUE(finished);
      for (const auto& visit : visits) EXPECT_EQ(visit.load(), 1);
    }
  }
}

TEST(Parallel, AStopIsAnsweredAfterTheBlock) {
  std::atomic<std::size_t> rows_done{0};
  const bool finished = strikeproof::for_each_block(
      1000, {1, 10, [] { return false; }}, [&](Rows rows) { rows_done += rows.end - rows.begin; });
  EXPECT_FALSE(finished);
  EXPECT_EQ(rows_done.load(), 10U);
}

}  // namespace
