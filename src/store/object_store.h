#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "store/failure.h"
#include "store/object_name.h"

/// One interface for objects, wherever their bytes are: this process's memory, memory shared by the
/// node's processes, the local disk, other nodes, S3, or several of them as tiers (tiered_store.h).
///
/// An object is made by a writer and appears when it is sealed, whole; before that nobody sees it,
/// and a writer that goes away unsealed, with its process or without, leaves nothing. Sealed
/// objects never change. A name that was deleted may be used again.
///
/// Every call of a store may come from any thread at any time. A writer or a watch is used by one
/// thread at a time, and a writer does not outlive its store. Names are checked by every call
/// (kBadName). Calls of stores elsewhere also fail with kUnavailable, kRemote and kIo.
namespace ionloom::store {

/// What a store knows of a sealed object.
struct ObjectInfo {
  std::uint64_t size_bytes = 0;
  /// object_checksum() of block_checksums.h; absent where the place keeps none: objects that other
  /// programs put into S3 or onto a GEDS node
  std::optional<std::uint64_t> checksum;

  friend bool operator==(const ObjectInfo&, const ObjectInfo&) = default;
};

/// A stretch of an object. The part beyond the object's end is not there: a range that passes it is
/// shortened, one that begins at or after it is empty. Neither is a failure.
struct ByteRange {
  std::uint64_t offset_bytes = 0;
  std::uint64_t length_bytes = std::numeric_limits<std::uint64_t>::max();

  /// The range within an object of this size.
  [[nodiscard]] ByteRange within(std::uint64_t size_bytes) const {
    const std::uint64_t offset = offset_bytes < size_bytes ? offset_bytes : size_bytes;
    const std::uint64_t rest = size_bytes - offset;
    return {offset, length_bytes < rest ? length_bytes : rest};
  }
};

/// Bytes of a sealed object, valid as long as this or a copy of it lives, also after the object was
/// deleted or moved to another tier. May outlive its store.
class View {
 public:
  View() = default;
  View(std::shared_ptr<const void> owner, std::span<const std::byte> bytes)
      : owner_(std::move(owner)), bytes_(bytes) {}

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::byte> bytes_;
};

/// An object in the making. Destroyed unsealed, it leaves nothing.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;

  /// Adds bytes at the end. kOutOfSpace when there is no room; kSealed after seal(). After a
  /// failure the object cannot be sealed any more: drop the writer.
  [[nodiscard]] virtual Outcome<void> append(std::span<const std::byte> bytes) = 0;

  /// Finds room for so many more bytes at once: for those who know how many come. kOutOfSpace when
  /// there is none; the object cannot be sealed any more then. Nothing has to be found beforehand,
  /// so a store may leave it at nothing.
  [[nodiscard]] virtual Outcome<void> reserve(std::uint64_t more_bytes);

  /// Where the next bytes, so many at most, may be written before they are appended: append() of
  /// the beginning of this very span, as the next call, copies nothing. Empty where the store has
  /// no such place; never beyond what was reserved.
  [[nodiscard]] virtual std::span<std::byte> place_for(std::size_t most_bytes);

  /// Appends to another writer what was appended here, also after this one has run out of space.
  /// Not for every store: kIo where the bytes have left already.
  [[nodiscard]] virtual Outcome<void> copy_to(ObjectWriter& other);

  /// The object appears. kExists when the name was taken meanwhile, kSealed the second time.
  [[nodiscard]] virtual Outcome<ObjectInfo> seal() = 0;
};

struct ListQuery {
  std::string bucket;
  std::string prefix;             ///< of the key; "" for all
  std::optional<char> delimiter;  ///< as in S3: keys that have it after the prefix are given by
                                  ///< their common prefix, up to and with the first one
};

struct ListedObject {
  std::string key;
  std::uint64_t size_bytes = 0;

  friend bool operator==(const ListedObject&, const ListedObject&) = default;
};

struct Listing {
  std::vector<ListedObject> objects;         ///< by key, bytewise
  std::vector<std::string> common_prefixes;  ///< ascending, each once

  friend bool operator==(const Listing&, const Listing&) = default;
};

/// Something that happened to an object.
struct Event {
  enum class Kind : std::uint8_t {
    kSealed,
    kDeleted,
    kMissed,  ///< the reader was too slow and events were lost: list again; `name` is empty
  };
  Kind kind = Kind::kSealed;
  ObjectName name;

  friend bool operator==(const Event&, const Event&) = default;
};

/// Events from the moment of watch() on, in the order in which they happened to each object. At
/// most kMaxWaitingEvents wait; when one more comes all of them become one kMissed.
class Watch {
 public:
  static constexpr std::size_t kMaxWaitingEvents = 65536;

  virtual ~Watch() = default;

  /// The next event; nothing when none came within `patience`.
  [[nodiscard]] virtual std::optional<Event> next(std::chrono::milliseconds patience) = 0;
};

/// How full a store is.
struct Usage {
  std::uint64_t used_bytes = 0;   ///< by sealed objects and by those being written
  std::uint64_t limit_bytes = 0;  ///< the most that may be used
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  /// A writer for a new object. kExists when a sealed object has the name. Several writers of one
  /// name may be open: the first that seals has it. (S3 alone cannot tell at that moment: of two
  /// that seal at the same time there the last one stays.)
  [[nodiscard]] virtual Outcome<std::unique_ptr<ObjectWriter>> create(const ObjectName& name) = 0;

  /// A whole object at once: create(), append(), seal().
  [[nodiscard]] virtual Outcome<ObjectInfo> put(const ObjectName& name,
                                                std::span<const std::byte> bytes);

  /// kNotFound when there is no sealed object of this name; so do get, view and remove.
  [[nodiscard]] virtual Outcome<ObjectInfo> stat(const ObjectName& name) = 0;

  /// Copies the object's bytes from `offset_bytes` on into `into`, and says how many there were:
  /// fewer than asked for only at the object's end. Reads the blocks (of 1 MiB) that the range
  /// touches and no others. kCorrupt when one differs from its checksum; `into` then holds nothing
  /// that may be used.
  [[nodiscard]] Outcome<std::size_t> get(const ObjectName& name, std::uint64_t offset_bytes,
                                         std::span<std::byte> into);

  /// The bytes in place. Memory of this process or of the node is given out without a copy; from
  /// elsewhere the blocks that the range touches are fetched. Fails as get() does.
  [[nodiscard]] virtual Outcome<View> view(const ObjectName& name, ByteRange range = {}) = 0;

  /// The sealed objects of a bucket; nothing, not a failure, when the bucket has none.
  [[nodiscard]] virtual Outcome<Listing> list(const ListQuery& query) = 0;

  /// Deletes a sealed object. Its views stay valid.
  [[nodiscard]] virtual Outcome<void> remove(const ObjectName& name) = 0;

  /// Events of the objects of `bucket` whose key begins with `prefix`, as far as they are made
  /// through this very store: other processes' are for the GEDS metadata service to tell.
  [[nodiscard]] virtual Outcome<std::unique_ptr<Watch>> watch(const std::string& bucket,
                                                              const std::string& prefix) = 0;

  [[nodiscard]] virtual Usage usage() const = 0;
};

}  // namespace ionloom::store
