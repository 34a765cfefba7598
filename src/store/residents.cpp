#include "store/residents.h"

#include <iterator>
#include <utility>

namespace ionloom::store {

void Residents::add(Resident resident) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = by_name_.find(resident.name); found != by_name_.end()) {
    by_use_.erase(found->second);
    by_name_.erase(found);
  }
  by_use_.push_back(std::move(resident));
  by_name_.emplace(by_use_.back().name, std::prev(by_use_.end()));
}

void Residents::use(const ObjectName& name) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) by_use_.splice(by_use_.end(), by_use_, found->second);
}

void Residents::forget(const ObjectName& name) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return;
  by_use_.erase(found->second);
  by_name_.erase(found);
}

std::optional<Resident> Residents::take_oldest() {
  const std::scoped_lock lock(mutex_);
  if (by_use_.empty()) return std::nullopt;
  Resident oldest = std::move(by_use_.front());
  by_name_.erase(oldest.name);
  by_use_.pop_front();
  return oldest;
}

}  // namespace ionloom::store
