#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace ionloom::geds {

/// A number that only grows. Thread-safe.
class Counter {
 public:
  void add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

/// The numbers of one server, in Prometheus's text form. Names follow IBM's: its label in lower
/// case with ':' and ' ' as '_' ("GEDS: Local Storage used" is geds__local_storage_used), so that
/// its dashboard reads them unchanged. Thread-safe.
class Metrics {
 public:
  /// A new counter, zero. The reference stays valid as long as this lives.
  [[nodiscard]] Counter& counter(std::string name, std::string help);

  /// A number that is asked for whenever somebody reads the metrics.
  void gauge(std::string name, std::string help, std::function<std::uint64_t()> value);

  /// Text exposition format 0.0.4, in the order of registration.
  [[nodiscard]] std::string text() const;

 private:
  struct Entry {
    std::string name;
    std::string help;
    std::string_view type;
    std::function<std::uint64_t()> value;
  };

  mutable std::mutex mutex_;
  std::deque<Counter> counters_;
  std::deque<Entry> entries_;
};

}  // namespace ionloom::geds
