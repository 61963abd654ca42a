// Threads that wait for work between calls; internal to the core.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

namespace strikeproof {

/// Helpers of the threads that call. Started when first wanted, they live as long as the process.
class ThreadPool {
 public:
  /// The process's pool. A child made by fork gets a new one, since no thread comes along.
  static ThreadPool& instance();

  /// Offers work to up to `helpers` threads, each of which runs it once, if it gets to it before
  /// the caller's own run is over; then runs it here, and waits for the helpers that did begin.
  void share(std::size_t helpers, const std::function<void(bool caller)>& work);

 private:
  struct Offer {
    const std::function<void(bool)>* work;
    std::size_t open;     // places not taken yet
    std::size_t running;  // helpers at work
  };

  void grow(std::size_t helpers);
  void serve();

  std::mutex mutex_;
  std::condition_variable offered_;
  std::condition_variable done_;
  std::deque<Offer*> offers_;
  std::size_t threads_ = 0;
};

}  // namespace strikeproof
