#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <span>
#include <vector>

#include "geds/object.h"
#include "geds/status.h"

namespace ionloom::geds {

/// The bytes of a sealed object. They stay valid as long as somebody holds this, also after the
/// node has let the object go.
using SealedBytes = std::shared_ptr<const std::vector<std::byte>>;

/// The sealed objects of a node, in its memory, within a bound. Thread-safe.
class HeldObjects {
 public:
  explicit HeldObjects(std::uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  /// Room for an object that is being received. It counts as used until it is given back or the
  /// object it became is removed.
  class Room {
   public:
    Room(Room&& other) noexcept;
    Room& operator=(Room&&) = delete;
    ~Room();

    [[nodiscard]] std::span<std::byte> bytes() { return *bytes_; }

   private:
    friend class HeldObjects;
    Room(HeldObjects& owner, std::uint64_t size_bytes);

    HeldObjects* owner_;
    std::shared_ptr<std::vector<std::byte>> bytes_;
  };

  /// RESOURCE_EXHAUSTED when the bound would be passed.
  [[nodiscard]] Outcome<Room> reserve(std::uint64_t size_bytes);
  /// The object takes its name; one that had it is let go.
  void seal(const ObjectId& id, Room room);
  /// NOT_FOUND when it is not here.
  [[nodiscard]] Outcome<SealedBytes> get(const ObjectId& id) const;
  [[nodiscard]] Outcome<void> remove(const ObjectId& id);

  [[nodiscard]] std::uint64_t used_bytes() const;
  [[nodiscard]] std::uint64_t limit_bytes() const { return limit_bytes_; }
  [[nodiscard]] std::size_t count() const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<ObjectId, SealedBytes> objects_;
  std::uint64_t limit_bytes_;
  std::uint64_t used_bytes_ = 0;
};

}  // namespace ionloom::geds
