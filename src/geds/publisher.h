#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>

#include "geds/object.h"
#include "geds/subscriptions.h"

namespace ionloom::geds {

/// Something happened to an object. A deletion carries the name only.
struct Event {
  Publication publication = Publication::kNone;
  Object object;
};

/// Where the events of one subscriber go: an open stream. Called from the thread that made the
/// change; must not block.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void deliver(const Event& event) = 0;
  /// A newer stream of the same subscriber has taken over, or the server stops.
  virtual void replaced() = 0;
};

/// Carries events to the subscribers that have a stream open; events for others are dropped, as in
/// IBM's server. A subscriber whose stream ended and who opened no other within a minute is gone,
/// killed perhaps: its subscriptions end with the next call about subscriptions. Thread-safe.
class Publisher {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::minutes kGone{1};

  [[nodiscard]] Outcome<void> subscribe(const Subscription& subscription,
                                        Clock::time_point now = Clock::now());
  [[nodiscard]] Outcome<void> unsubscribe(const Subscription& subscription);

  /// From now on the subscriber's events go to this sink; an earlier one is replaced().
  void attach(const std::string& subscriber, std::shared_ptr<EventSink> sink);
  /// Forgets the sink, unless another has replaced it.
  void detach(const std::string& subscriber, const EventSink* sink,
              Clock::time_point now = Clock::now());
  /// Ends all streams.
  void close();

  /// How many events somebody had subscribed to, and how often one was sent to a sink.
  [[nodiscard]] std::uint64_t matched() const { return matched_; }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }

  /// @return to how many sinks the event went
  std::size_t publish(const Event& event);

 private:
  void forget_gone(Clock::time_point now);

  std::shared_mutex mutex_;
  Subscriptions subscriptions_;
  std::atomic<std::uint64_t> matched_ = 0;
  std::atomic<std::uint64_t> sent_ = 0;
  std::map<std::string, std::shared_ptr<EventSink>, std::less<>> sinks_;
  std::map<std::string, Clock::time_point, std::less<>> left_;  ///< whose stream ended, and when
};

}  // namespace ionloom::geds
