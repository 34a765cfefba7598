#include "geds/held_objects.h"

#include <mutex>
#include <utility>

#include <fmt/core.h>

namespace ionloom::geds {

HeldObjects::Room::Room(HeldObjects& owner, std::uint64_t size_bytes)
    : owner_(&owner), bytes_(std::make_shared<std::vector<std::byte>>(size_bytes)) {}

HeldObjects::Room::Room(Room&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), bytes_(std::move(other.bytes_)) {}

HeldObjects::Room::~Room() {
  if (!owner_) return;
  const std::unique_lock lock(owner_->mutex_);
  owner_->used_bytes_ -= bytes_->size();
}

Outcome<HeldObjects::Room> HeldObjects::reserve(std::uint64_t size_bytes) {
  {
    const std::unique_lock lock(mutex_);
    if (size_bytes > limit_bytes_ - used_bytes_) {
      return refuse(StatusCode::kResourceExhausted,
                    fmt::format("{} bytes do not fit: {} of the node's {} are used", size_bytes,
                                used_bytes_, limit_bytes_));
    }
    used_bytes_ += size_bytes;
  }
  return Room(*this, size_bytes);
}

void HeldObjects::seal(const ObjectId& id, Room room) {
  SealedBytes before;  // freed outside the lock
  const std::unique_lock lock(mutex_);
  before = std::exchange(objects_[id], std::move(room.bytes_));
  room.owner_ = nullptr;
  if (before) used_bytes_ -= before->size();
}

Outcome<SealedBytes> HeldObjects::get(const ObjectId& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = objects_.find(id);
  if (found == objects_.end()) {
    return refuse(StatusCode::kNotFound, id.text() + " is not on this node");
  }
  return found->second;
}

Outcome<void> HeldObjects::remove(const ObjectId& id) {
  SealedBytes before;  // freed outside the lock
  const std::unique_lock lock(mutex_);
  const auto found = objects_.find(id);
  if (found == objects_.end()) {
    return refuse(StatusCode::kNotFound, id.text() + " is not on this node");
  }
  before = std::move(found->second);
  used_bytes_ -= before->size();
  objects_.erase(found);
  return {};
}

std::uint64_t HeldObjects::used_bytes() const {
  const std::shared_lock lock(mutex_);
  return used_bytes_;
}

std::size_t HeldObjects::count() const {
  const std::shared_lock lock(mutex_);
  return objects_.size();
}

}  // namespace ionloom::geds
