#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "geds/object.h"

namespace ionloom::geds {

/// The objects that are coming to a node, or came so lately that the metadata server may not know
/// of them yet. Thread-safe.
class Arrivals {
 public:
  using Clock = std::chrono::steady_clock;

  /// An object is coming as long as this lives.
  class Arrival {
   public:
    Arrival(Arrivals& arrivals, ObjectId id) : arrivals_(arrivals), id_(std::move(id)) {
      arrivals_.begin(id_);
    }
    ~Arrival() { arrivals_.end(id_, Clock::now()); }
    Arrival(const Arrival&) = delete;
    Arrival& operator=(const Arrival&) = delete;

   private:
    Arrivals& arrivals_;
    ObjectId id_;
  };

  /// While it lives, no object of this name comes: who brings one waits. There is one at a time.
  class Hold {
   public:
    /// Not had (false) when an object of the name is coming, or came lately.
    Hold(Arrivals& arrivals, const ObjectId& id, Clock::time_point now)
        : arrivals_(arrivals), held_(arrivals.hold(id, now)) {}
    ~Hold() {
      if (held_) arrivals_.release();
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    [[nodiscard]] explicit operator bool() const { return held_; }

   private:
    Arrivals& arrivals_;
    bool held_;
  };

  /// @param settled so long after an object has come, whoever registers it has done so or given up
  /// @param start   of the node: what came before may be on its way to be registered too
  explicit Arrivals(Clock::duration settled, Clock::time_point start = Clock::now())
      : settled_(settled), start_(start) {}

  /// Waits while the name is held.
  void begin(const ObjectId& id);
  void end(const ObjectId& id, Clock::time_point now);

  /// Calls `act` unless the object is one of these; none of its name begins to come meanwhile.
  /// @return whether it was called
  bool unless_arriving(const ObjectId& id, Clock::time_point now, const std::function<void()>& act);

 private:
  [[nodiscard]] bool hold(const ObjectId& id, Clock::time_point now);
  void release();
  void forget_settled(Clock::time_point now);

  std::mutex mutex_;
  std::optional<ObjectId> held_;
  std::condition_variable released_;
  const Clock::duration settled_;
  const Clock::time_point start_;
  std::map<ObjectId, int> counts_;  ///< how many of a name are coming or in `lately_`
  std::deque<std::pair<Clock::time_point, ObjectId>> lately_;
};

}  // namespace ionloom::geds
