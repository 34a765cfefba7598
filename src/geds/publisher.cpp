#include "geds/publisher.h"

#include <mutex>
#include <utility>
#include <vector>

namespace ionloom::geds {

void Publisher::forget_gone(Clock::time_point now) {
  std::erase_if(left_, [&](const auto& entry) {
    const bool gone = now - entry.second >= kGone;
    if (gone) subscriptions_.forget(entry.first);
    return gone;
  });
}

Outcome<void> Publisher::subscribe(const Subscription& subscription, Clock::time_point now) {
  const std::unique_lock lock(mutex_);
  forget_gone(now);
  return subscriptions_.subscribe(subscription);
}

Outcome<void> Publisher::unsubscribe(const Subscription& subscription) {
  const std::unique_lock lock(mutex_);
  return subscriptions_.unsubscribe(subscription);
}

void Publisher::attach(const std::string& subscriber, std::shared_ptr<EventSink> sink) {
  {
    const std::unique_lock lock(mutex_);
    std::swap(sinks_[subscriber], sink);
    left_.erase(subscriber);
  }
  if (sink) sink->replaced();
}

void Publisher::detach(const std::string& subscriber, const EventSink* sink,
                       Clock::time_point now) {
  std::shared_ptr<EventSink> last;  // may be the last reference: let it go outside the lock
  const std::unique_lock lock(mutex_);
  const auto found = sinks_.find(subscriber);
  if (found == sinks_.end() || found->second.get() != sink) return;
  last = std::move(found->second);
  sinks_.erase(found);
  forget_gone(now);
  left_[subscriber] = now;
}

void Publisher::close() {
  std::map<std::string, std::shared_ptr<EventSink>, std::less<>> open;
  {
    const std::unique_lock lock(mutex_);
    open.swap(sinks_);
  }
  for (auto& [name, sink] : open) sink->replaced();
}

std::size_t Publisher::publish(const Event& event) {
  std::vector<std::shared_ptr<EventSink>> to;
  {
    const std::shared_lock lock(mutex_);
    if (subscriptions_.empty()) return 0;
    const auto names = subscriptions_.subscribers_of(event.object.id);
    if (!names.empty()) ++matched_;
    for (const std::string& name : names) {
      if (const auto sink = sinks_.find(name); sink != sinks_.end()) to.push_back(sink->second);
    }
  }
  for (const auto& sink : to) sink->deliver(event);
  sent_ += to.size();
  return to.size();
}

}  // namespace ionloom::geds
