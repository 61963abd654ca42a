// Replaces operator new and delete of the benchmark program, to count bytes on request.
//
// ISO/IEC 14882:2020, 17.6.3: the throwing scalar forms are enough, since the others of the
// library call them; forms with an alignment are replaced too.
#include "memory.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<bool> watched{false};
std::atomic<std::int64_t> held{0};
std::atomic<std::int64_t> most{0};

void* counted(void* block) {
  if (block == nullptr) throw std::bad_alloc();
  if (!watched.load(std::memory_order_relaxed)) return block;
  const auto size = static_cast<std::int64_t>(malloc_usable_size(block));
  const std::int64_t now = held.fetch_add(size) + size;
  std::int64_t before = most.load();
  while (before < now && !most.compare_exchange_weak(before, now)) {
  }
  return block;
}

void release(void* block) {
  if (watched.load(std::memory_order_relaxed)) {
    held.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(block)));
  }
  std::free(block);
}

}  // namespace

namespace strikeproof::benchmarks {

HeapWatch::HeapWatch() {
  held = 0;
  most = 0;
  watched = true;
}

HeapWatch::~HeapWatch() { watched = false; }

std::int64_t HeapWatch::peak() { return most; }

}  // namespace strikeproof::benchmarks

void* operator new(std::size_t size) { return counted(std::malloc(size == 0 ? 1 : size)); }

void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto align = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(align, (size + align - 1) / align * align));
}

void operator delete(void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete(void* block, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { release(block); }
