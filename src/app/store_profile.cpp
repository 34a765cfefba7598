#include "app/store_profile.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/core.h>
#include <unistd.h>

#include "app/seconds_since.h"
#include "store/failure.h"

namespace ionloom::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::size_t, 3> kSizes_bytes = {4096, std::size_t{1} << 20,
                                                     std::size_t{8} << 20};
constexpr std::array<unsigned, 3> kTasks = {1, 4, 16};
/// Objects that each task passes in a round: many small ones, few large ones.
constexpr std::size_t kBytesOfATask = std::size_t{8} << 20;
constexpr std::size_t kMostObjects = 32;

struct TaskTimes {
  double write_s = 0;
  double read_s = 0;
  std::optional<store::Failure> failure;
};

/// One task of a round: writes its objects, reads them, removes them.
class Round {
 public:
  Round(store::ObjectStore& store, std::size_t size_bytes)
      : store_(store),
        bytes_(size_bytes),
        objects_(std::min(kMostObjects, std::max<std::size_t>(1, kBytesOfATask / size_bytes))) {
    // Not all equal, so that nothing on the way compresses them.
    std::uint64_t state = 1;
    for (std::byte& byte : bytes_) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      byte = static_cast<std::byte>(state >> 56);
    }
  }

  [[nodiscard]] std::size_t objects() const { return objects_; }

  void run(unsigned task, TaskTimes& times) {
    times.write_s = timed(times, [&](std::size_t i) -> store::Outcome<void> {
      const auto put = store_.put(name(task, i), bytes_);
      if (!put) return std::unexpected(put.error());
      return {};
    });
    std::vector<std::byte> into(bytes_.size());
    times.read_s = timed(times, [&](std::size_t i) -> store::Outcome<void> {
      const auto got = store_.get(name(task, i), 0, into);
      if (!got) return std::unexpected(got.error());
      return {};
    });
    timed(times, [&](std::size_t i) { return store_.remove(name(task, i)); });
  }

 private:
  template <class Work>
  double timed(TaskTimes& times, Work work) {
    const auto start = Clock::now();
    for (std::size_t i = 0; i < objects_ && !times.failure; ++i) {
      if (auto done = work(i); !done) times.failure = done.error();
    }
    return seconds_since(start);
  }

  [[nodiscard]] store::ObjectName name(unsigned task, std::size_t object) const {
    return {"ionloom-calibrate",
            fmt::format("{}-{}/{}/{}", ::getpid(), bytes_.size(), task, object)};
  }

  store::ObjectStore& store_;
  std::vector<std::byte> bytes_;
  std::size_t objects_;
};

}  // namespace

std::string tier_of(const std::string& url) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTiers = {
      {{"memory:", "memory"},
       {"shared:", "memory"},
       {"file:", "disk"},
       {"s3:", "s3"},
       {"geds:", "geds"}}};
  for (const auto& [scheme, tier] : kTiers) {
    if (url.starts_with(scheme)) return std::string(tier);
  }
  return {};
}

Result<std::vector<plan::Measurement>> profile_store(store::ObjectStore& store,
                                                     const std::string& tier,
                                                     const std::string& device, double budget_s) {
  const auto start = Clock::now();
  std::vector<plan::Measurement> measurements;
  for (const std::size_t size_bytes : kSizes_bytes) {
    for (const unsigned tasks : kTasks) {
      if (seconds_since(start) > budget_s) return measurements;
      Round round(store, size_bytes);
      std::vector<TaskTimes> times(tasks);
      {
        std::vector<std::jthread> threads;
        threads.reserve(tasks);
        for (unsigned task = 0; task < tasks; ++task) {
          threads.emplace_back([&, task] { round.run(task, times[task]); });
        }
      }
      const auto requests = static_cast<double>(round.objects());
      const double bytes = requests * static_cast<double>(size_bytes);
      for (const TaskTimes& task : times) {
        if (task.failure) return std::unexpected(store::to_error(*task.failure));
        measurements.push_back(
            {.device = device,
             .dataset = "calibrate",
             .active_tasks = static_cast<double>(tasks),
             .read = {tier, requests, bytes, task.read_s},
             .write = {tier, requests, bytes, task.write_s},
             .recorded_unix_s = std::chrono::duration_cast<std::chrono::seconds>(
                                    std::chrono::system_clock::now().time_since_epoch())
                                    .count()});
      }
    }
  }
  return measurements;
}

}  // namespace ionloom::app
