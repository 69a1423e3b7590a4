// The same ring in C++, for comparison: cached opposite index, indices and slots on lines of their
// own, one producer and one consumer thread, 1024 floats.
//
//   ring <policy> <items>   prints the nanoseconds per item
//
// Policies: `seq_cst` stores each index with sequential consistency after each item, which is what
// Atomics.store and Atomics.exchange of JavaScript do; `seq_cst-batched` hands slots back 64 at
// once, as this package does; `release` is what C++ can do and JavaScript cannot.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

namespace {

constexpr uint32_t kSlots = 1024;

struct Ring {
  alignas(128) std::atomic<uint32_t> tail{0};
  alignas(128) std::atomic<uint32_t> head{0};
  alignas(128) float slots[kSlots] = {};
};

template <std::memory_order Load, std::memory_order Store>
double Run(uint32_t items, uint32_t free_every) {
  auto ring = std::make_unique<Ring>();
  uint64_t wrong = 0;
  const auto begin = std::chrono::steady_clock::now();
  std::thread producer([&ring, items] {
    uint32_t head = 0;
    for (uint32_t at = 0; at != items; at++) {
      while (at - head == kSlots) head = ring->head.load(Load);
      ring->slots[at % kSlots] = static_cast<float>(at & 1023);
      ring->tail.store(at + 1, Store);
    }
  });
  uint32_t tail = 0;
  uint32_t pending = 0;
  for (uint32_t at = 0; at != items; at++) {
    while (at == tail) tail = ring->tail.load(Load);
    if (ring->slots[at % kSlots] != static_cast<float>(at & 1023)) wrong++;
    if (++pending >= free_every) {
      ring->head.store(at + 1, Store);
      pending = 0;
    }
  }
  producer.join();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  if (wrong != 0) {
    std::fprintf(stderr, "%llu items were wrong\n", static_cast<unsigned long long>(wrong));
    std::exit(1);
  }
  return took.count() / items;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string policy = argv[1];
  const auto items = static_cast<uint32_t>(std::strtoul(argv[2], nullptr, 10));
  constexpr auto kSeqCst = std::memory_order_seq_cst;
  double nanoseconds = 0;
  if (policy == "seq_cst") {
    nanoseconds = Run<kSeqCst, kSeqCst>(items, 1);
  } else if (policy == "seq_cst-batched") {
    nanoseconds = Run<kSeqCst, kSeqCst>(items, 64);
  } else if (policy == "release") {
    nanoseconds = Run<std::memory_order_acquire, std::memory_order_release>(items, 1);
  } else {
    return 2;
  }
  std::printf("%.3f\n", nanoseconds);
  return 0;
}
