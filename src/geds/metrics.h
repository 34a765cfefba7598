#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
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

/// How many of something there are at the moment: as many as Present objects refer to it.
/// Thread-safe.
class Level {
 public:
  class Present {
   public:
    explicit Present(Level& level) : level_(level) { ++level_.value_; }
    ~Present() { --level_.value_; }
    Present(const Present&) = delete;
    Present& operator=(const Present&) = delete;

   private:
    Level& level_;
  };

  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

/// Values by their order of magnitude, with sum and count. Thread-safe.
class Histogram {
 public:
  void add(std::uint64_t value);

  /// The lines of a histogram in Prometheus's text form.
  [[nodiscard]] std::string lines(std::string_view name) const;

 private:
  static constexpr std::size_t kPowersOfTen = 12;  ///< bounds 1, 10, ... : to 100 s in ns

  /// By the first bound that is not below the value; the last one beyond all bounds.
  std::array<std::atomic<std::uint64_t>, kPowersOfTen + 1> counts_{};
  std::atomic<std::uint64_t> sum_ = 0;
};

/// Adds the nanoseconds of its life to a histogram.
class Timing {
 public:
  explicit Timing(Histogram& into) : into_(into) {}
  ~Timing() {
    into_.add(static_cast<std::uint64_t>(
        std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin_).count()));
  }
  Timing(const Timing&) = delete;
  Timing& operator=(const Timing&) = delete;

 private:
  Histogram& into_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// The numbers of one server, in Prometheus's text form. Names follow IBM's: its label in lower
/// case with ':' and ' ' as '_' ("GEDS: Local Storage used" is geds__local_storage_used), so that
/// its dashboard reads them unchanged; docs/formats/geds.md lists all. Thread-safe.
class Metrics {
 public:
  /// Zero, empty. The references stay valid as long as this lives.
  [[nodiscard]] Counter& counter(std::string name, std::string help);
  [[nodiscard]] Level& level(std::string name, std::string help);
  [[nodiscard]] Histogram& histogram(std::string name, std::string help);

  /// Numbers that are asked for whenever somebody reads the metrics.
  void gauge(std::string name, std::string help, std::function<std::uint64_t()> value);
  void counter(std::string name, std::string help, std::function<std::uint64_t()> value);

  /// Text exposition format 0.0.4, in the order of registration.
  [[nodiscard]] std::string text() const;

 private:
  struct Entry {
    std::string name;
    std::string help;
    std::string_view type;
    std::function<std::string()> lines;
  };
  void add_number(std::string name, std::string help, std::string_view type,
                  std::function<std::uint64_t()> value);

  mutable std::mutex mutex_;
  std::deque<Counter> counters_;
  std::deque<Level> levels_;
  std::deque<Histogram> histograms_;
  std::deque<Entry> entries_;
};

}  // namespace ionloom::geds
