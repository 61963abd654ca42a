// One pool for the process, because a thread costs more to start than a small batch to price. It is
// never destroyed: at exit its threads wait and are ended with the process. After fork the child
// has no threads but may have inherited a locked mutex, so it leaves the pool behind for a new one.
#include "thread_pool.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace strikeproof {
namespace {

std::atomic<ThreadPool*>& current() {
  static std::atomic<ThreadPool*> pool{new ThreadPool};
  return pool;
}

void renew() { current().store(new ThreadPool); }

}  // namespace

ThreadPool& ThreadPool::instance() {
#if defined(__unix__) || defined(__APPLE__)
  static const int watching = pthread_atfork(nullptr, nullptr, renew);
  static_cast<void>(watching);
#endif
  return *current().load();
}

void ThreadPool::grow(std::size_t helpers) {
  try {
    while (threads_ < helpers) {
      std::thread([this] { serve(); }).detach();
      ++threads_;
    }
  } catch (const std::exception&) {
    // no more threads to be had: the ones there are do all the work, with the same results
  }
}

void ThreadPool::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    offered_.wait(lock, [this] { return !offers_.empty(); });
    Offer& offer = *offers_.front();
    ++offer.running;
    if (--offer.open == 0) offers_.pop_front();
    lock.unlock();
    (*offer.work)(false);
    lock.lock();
    if (--offer.running == 0) done_.notify_all();
  }
}

void ThreadPool::share(std::size_t helpers, const std::function<void(bool)>& work) {
  Offer offer{&work, helpers, 0};
  if (helpers > 0) {
    const std::lock_guard lock(mutex_);
    grow(helpers);
    offers_.push_back(&offer);
    for (std::size_t k = 0; k < helpers; ++k) offered_.notify_one();
  }
  work(true);
  if (helpers == 0) return;
  std::unique_lock lock(mutex_);
  const auto mine = std::find(offers_.begin(), offers_.end(), &offer);
  if (mine != offers_.end()) offers_.erase(mine);
  done_.wait(lock, [&offer] { return offer.running == 0; });
}

}  // namespace strikeproof
