#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace ionloom::app {

/// One look at a processor, seconds of its time: steps that wait for each other, of which a core
/// has room for more, and as many that do not, which fill it.
struct PaceSample {
  std::chrono::steady_clock::time_point at{};
  double waiting_s = 0;
  double filling_s = 0;
};

/// The pace of each: 1 where the core was this processor's alone, less where another processor of
/// the same core (hyper-threads; on a virtual machine they may be somebody else's) took its share.
/// Alone is what the best of the samples are. Turbo and throttling change both parts of a sample
/// and are no part of it.
[[nodiscard]] std::vector<double> paces(const std::vector<PaceSample>& samples);

/// Looks at the pace of the processor on which this process computes, every 2 ms of its time, at
/// some 2 % of its cost: of all that slows down a guest, what shares its cores is all that no
/// counter tells. Stages on one thread only.
class PaceMeter {
 public:
  using Clock = std::chrono::steady_clock;

  /// Begins; the calling thread and those that it starts from now on stay on its processor. Null
  /// where that is not permitted.
  [[nodiscard]] static std::unique_ptr<PaceMeter> start();
  ~PaceMeter();
  PaceMeter(const PaceMeter&) = delete;
  PaceMeter& operator=(const PaceMeter&) = delete;

  /// The mean pace from begin to end. Absent when nothing was looked at near that time.
  [[nodiscard]] std::optional<double> between(Clock::time_point begin, Clock::time_point end) const;

 private:
  PaceMeter() : thread_([this] { look(); }) {}
  void look();

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool is_over_ = false;
  std::vector<PaceSample> samples_;
  std::thread thread_;  // after what it uses
};

}  // namespace ionloom::app
