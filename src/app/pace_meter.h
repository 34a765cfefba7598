#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <limits>
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

/// The least that both parts took: on a core that is this processor's alone.
struct PaceAlone {
  double waiting_s = std::numeric_limits<double>::infinity();
  double filling_s = std::numeric_limits<double>::infinity();
};

/// How much longer a sample's filling part took than alone, beside its waiting part: 1 where the
/// core was this processor's alone, more where another processor of the same core (hyper-threads;
/// on a virtual machine they may be somebody else's) took its share. Turbo and throttling change
/// both parts and are no part of it.
[[nodiscard]] double crowding(const PaceSample& sample, const PaceAlone& alone);

/// How a stage slows down where the probe takes so much longer: by that to the power of this.
/// Between 0.6 (annotate, natively) and 1.1 (the interpreter); reading XML fills a core more than
/// the probe does. docs/decisions/011 has the measurements.
constexpr double kUsualPower = 0.9;
constexpr double kXmlPower = 1.2;

/// Looks at the pace of the processor on which this process computes, every 2 ms of its time, at
/// some 2 % of its cost: of all that slows down a guest, what shares its cores is all that no
/// counter tells. Stages on one thread only.
class PaceMeter {
 public:
  using Clock = std::chrono::steady_clock;

  /// Begins; the calling thread and those that it starts from now on stay on its processor. Null
  /// where that is not permitted.
  /// @param kept  a file that runs on this machine share: what they found of a core alone, since
  /// one that never had it alone cannot know. It need not exist, nor be writable; empty: none
  [[nodiscard]] static std::unique_ptr<PaceMeter> start(std::filesystem::path kept = {});
  ~PaceMeter();
  PaceMeter(const PaceMeter&) = delete;
  PaceMeter& operator=(const PaceMeter&) = delete;

  /// The mean pace of a stage from begin to end, at most 1. Absent when nothing was looked at near
  /// that time.
  [[nodiscard]] std::optional<double> between(Clock::time_point begin, Clock::time_point end,
                                              double power = kUsualPower) const;

 private:
  explicit PaceMeter(std::filesystem::path kept);
  void look();

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool is_over_ = false;
  std::filesystem::path kept_;
  PaceAlone alone_{};
  std::vector<PaceSample> samples_;
  std::thread thread_;  // after what it uses
};

}  // namespace ionloom::app
