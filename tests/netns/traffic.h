#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "geds/client.h"
#include "geds/names.h"

namespace ionloom::netns {

/// Bytes that follow from the name, so that any reader can check them; 0 to 3 MB of them.
[[nodiscard]] std::string content_of(const geds::ObjectId& id);

/// Threads that put objects on nodes and read what was acknowledged, all the time, and note what
/// came of it. The bucket is "bucket".
class Traffic {
 public:
  /// @param client must outlive this
  Traffic(geds::Client& client, std::vector<geds::HostPort> nodes, int writers, int readers);
  /// Ends it.
  ~Traffic();
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  /// What was seen.
  struct Observed {
    std::map<geds::ObjectId, std::size_t> acknowledged;  ///< object, index of its node
    std::map<std::string, int> puts;                     ///< calls by status, "OK" too
    std::map<std::string, int> reads;
    int wrong_reads = 0;  ///< a byte that was not put, or a success that is not the whole object
    std::chrono::milliseconds longest_read{0};
    std::chrono::milliseconds longest_put{0};
  };

  /// Waits until so many more puts and reads succeeded; false when that takes over 30 s.
  [[nodiscard]] bool wait_for_successes(int puts, int reads);

  /// Ends all threads.
  void stop();
  [[nodiscard]] Observed observed() const;

 private:
  void write(int writer);
  void read(int reader);

  geds::Client& client_;
  const std::vector<geds::HostPort> nodes_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Observed observed_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace ionloom::netns
