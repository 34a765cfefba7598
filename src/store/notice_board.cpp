#include "store/notice_board.h"

#include <condition_variable>
#include <deque>
#include <utility>

namespace ionloom::store {

class NoticeBoard::Queue {
 public:
  Queue(std::string bucket, std::string prefix)
      : bucket_(std::move(bucket)), prefix_(std::move(prefix)) {}

  void tell(Event::Kind kind, const ObjectName& name) {
    if (name.bucket != bucket_ || !name.key.starts_with(prefix_)) return;
    {
      const std::scoped_lock lock(mutex_);
      if (!events_.empty() && events_.front().kind == Event::Kind::kMissed) return;
      if (events_.size() >= Watch::kMaxWaitingEvents) {
        events_.assign(1, Event{Event::Kind::kMissed, {}});
      } else {
        events_.push_back({kind, name});
      }
    }
    arrived_.notify_one();
  }

  std::optional<Event> next(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, patience, [&] { return !events_.empty(); })) return std::nullopt;
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  const std::string bucket_;
  const std::string prefix_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Event> events_;
};

class NoticeBoard::QueueWatch final : public Watch {
 public:
  explicit QueueWatch(std::shared_ptr<Queue> queue) : queue_(std::move(queue)) {}

  std::optional<Event> next(std::chrono::milliseconds patience) override {
    return queue_->next(patience);
  }

 private:
  std::shared_ptr<Queue> queue_;
};

NoticeBoard::~NoticeBoard() = default;

void NoticeBoard::tell(Event::Kind kind, const ObjectName& name) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(queues_, [&](const std::weak_ptr<Queue>& waiting) {
    const auto queue = waiting.lock();
    if (queue) queue->tell(kind, name);
    return !queue;
  });
}

Outcome<std::unique_ptr<Watch>> NoticeBoard::watch(const std::string& bucket,
                                                   const std::string& prefix) {
  if (auto checked = check_bucket(bucket); !checked) return std::unexpected(checked.error());
  if (auto checked = check_prefix(prefix); !checked) return std::unexpected(checked.error());
  auto queue = std::make_shared<Queue>(bucket, prefix);
  const std::scoped_lock lock(mutex_);
  queues_.push_back(queue);
  return std::make_unique<QueueWatch>(std::move(queue));
}

}  // namespace ionloom::store
