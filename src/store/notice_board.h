#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/object_store.h"

namespace ionloom::store {

/// Where a store tells its watches what happened. Thread-safe; watches may outlive it.
class NoticeBoard {
 public:
  NoticeBoard() = default;
  NoticeBoard(const NoticeBoard&) = delete;
  NoticeBoard& operator=(const NoticeBoard&) = delete;
  ~NoticeBoard();

  void tell(Event::Kind kind, const ObjectName& name);

  /// A watch from now on. kBadName when bucket or prefix may not be used.
  [[nodiscard]] Outcome<std::unique_ptr<Watch>> watch(const std::string& bucket,
                                                      const std::string& prefix);

 private:
  class Queue;
  class QueueWatch;

  std::mutex mutex_;
  std::vector<std::weak_ptr<Queue>> queues_;
};

}  // namespace ionloom::store
