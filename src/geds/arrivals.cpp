#include "geds/arrivals.h"

namespace ionloom::geds {

void Arrivals::begin(const ObjectId& id) {
  std::unique_lock lock(mutex_);
  released_.wait(lock, [&] { return held_ != id; });
  ++counts_[id];
}

bool Arrivals::hold(const ObjectId& id, Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  forget_settled(now);
  if (held_ || counts_.contains(id)) return false;
  held_ = id;
  return true;
}

void Arrivals::release() {
  {
    const std::scoped_lock lock(mutex_);
    held_.reset();
  }
  released_.notify_all();
}

void Arrivals::end(const ObjectId& id, Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  forget_settled(now);
  lately_.emplace_back(now, id);
}

bool Arrivals::unless_arriving(const ObjectId& id, Clock::time_point now,
                               const std::function<void()>& act) {
  const std::scoped_lock lock(mutex_);
  forget_settled(now);
  if (now < start_ + settled_ || counts_.contains(id)) return false;
  act();
  return true;
}

void Arrivals::forget_settled(Clock::time_point now) {
  for (; !lately_.empty() && lately_.front().first + settled_ <= now; lately_.pop_front()) {
    const auto count = counts_.find(lately_.front().second);
    if (--count->second == 0) counts_.erase(count);
  }
}

}  // namespace ionloom::geds
