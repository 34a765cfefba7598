#pragma once

#include <atomic>
#include <cstdint>

namespace ionloom::exec {

/// Bytes that went between a run and its store.
struct StoreTraffic {
  std::uint64_t put_bytes = 0;
  std::uint64_t got_bytes = 0;

  friend StoreTraffic operator-(const StoreTraffic& later, const StoreTraffic& before) {
    return {later.put_bytes - before.put_bytes, later.got_bytes - before.got_bytes};
  }
  friend bool operator==(const StoreTraffic&, const StoreTraffic&) = default;
};

/// Counts them. Thread-safe.
class StoreMeter {
 public:
  void add_put(std::uint64_t bytes) { put_bytes_ += bytes; }
  void add_got(std::uint64_t bytes) { got_bytes_ += bytes; }
  [[nodiscard]] StoreTraffic so_far() const { return {put_bytes_, got_bytes_}; }

 private:
  std::atomic<std::uint64_t> put_bytes_ = 0;
  std::atomic<std::uint64_t> got_bytes_ = 0;
};

}  // namespace ionloom::exec
