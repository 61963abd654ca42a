// Blocks are handed out by one counter; which thread gets which block does not matter, because a
// row's result depends on that row alone.
#include "strikeproof/parallel.hpp"

#include <algorithm>
#include <atomic>

#include "thread_pool.hpp"

namespace strikeproof {

bool for_each_block(std::size_t count, const Parallel& parallel,
                    const std::function<void(Rows)>& work) {
  const std::size_t block = std::max<std::size_t>(parallel.block_rows, 1);
  const std::size_t blocks = (count + block - 1) / block;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};

  const auto run = [&](bool caller) {
    while (!stopped.load(std::memory_order_relaxed)) {
      const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed);
      if (mine >= blocks) return;
      work({mine * block, std::min(count, (mine + 1) * block)});
      if (caller && parallel.keep_going && !parallel.keep_going()) stopped.store(true);
    }
  };

  const std::size_t threads = std::min<std::size_t>(std::max(parallel.threads, 1U), blocks);
  if (threads <= 1) {
    run(true);
  } else {
    ThreadPool::instance().share(threads - 1, run);
  }
  return !stopped.load();
}

}  // namespace strikeproof
