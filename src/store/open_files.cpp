#include "store/open_files.h"

namespace ionloom::store {

std::shared_ptr<const ObjectFile> OpenFiles::find(const ObjectName& name) {
  std::shared_ptr<const ObjectFile> file;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return nullptr;
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    file = found->second->second;
  }
  if (file->exists()) return file;
  const std::scoped_lock lock(mutex_);
  const auto found = by_name_.find(name);
  if (found != by_name_.end() && found->second->second == file) {
    by_use_.erase(found->second);
    by_name_.erase(found);
  }
  return nullptr;
}

void OpenFiles::keep(const ObjectName& name, std::shared_ptr<const ObjectFile> file) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    found->second->second = std::move(file);
    return;
  }
  by_use_.emplace_front(name, std::move(file));
  by_name_.emplace(name, by_use_.begin());
  if (by_use_.size() > kMaxFiles) {
    by_name_.erase(by_use_.back().first);
    by_use_.pop_back();
  }
}

void OpenFiles::forget(const ObjectName& name) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return;
  by_use_.erase(found->second);
  by_name_.erase(found);
}

}  // namespace ionloom::store
