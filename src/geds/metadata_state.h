#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "geds/object.h"
#include "geds/status.h"

namespace ionloom::geds {

/// Part of a bucket: what lies directly under a prefix, and the folders there.
struct Listing {
  std::vector<Object> objects;               ///< by key
  std::vector<std::string> common_prefixes;  ///< by name, each ending in the delimiter
};

/// What a metadata server knows: buckets, their objects, the S3 stores behind buckets, and
/// which nodes hold leases. Pure: no
/// I/O, no clock, no locks (the caller serialises changes). Where IBM's C++ server has an answer,
/// this gives the same one.
class MetadataState {
 public:
  /// ALREADY_EXISTS when there is such a bucket.
  [[nodiscard]] Outcome<void> create_bucket(const std::string& bucket);
  /// The bucket goes with all objects in it. NOT_FOUND without such a bucket.
  /// @return what was in it
  [[nodiscard]] Outcome<std::vector<Object>> delete_bucket(const std::string& bucket);
  [[nodiscard]] Outcome<void> lookup_bucket(const std::string& bucket) const;
  /// By name.
  [[nodiscard]] std::vector<std::string> buckets() const;

  /// An object of that name is overwritten. NOT_FOUND without the bucket.
  [[nodiscard]] Outcome<void> create(const Object& object);
  /// NOT_FOUND without the bucket or the key.
  [[nodiscard]] Outcome<void> update(const Object& object);
  /// @return what was removed
  [[nodiscard]] Outcome<Object> remove(const ObjectId& id);
  /// Removes all keys that begin with id.key. NOT_FOUND only when no key sorts at or after the
  /// prefix (so an existing later key makes an empty match a success, as IBM's server has it).
  /// @return what was removed
  [[nodiscard]] Outcome<std::vector<Object>> remove_prefix(const ObjectId& id);
  [[nodiscard]] Outcome<Object> lookup(const ObjectId& id) const;

  /// Objects whose key begins with prefix.key. With a delimiter, keys that contain it behind the
  /// prefix are not listed themselves; what they begin with, up to it, is a common prefix.
  /// @param delimiter 0 for none
  [[nodiscard]] Outcome<Listing> list(const ObjectId& prefix, char delimiter) const;

  /// Replaces an earlier registration of the same bucket.
  void register_store(const ObjectStoreConfig& config);
  /// By bucket.
  [[nodiscard]] std::vector<ObjectStoreConfig> stores() const;

  /// Which nodes hold leases, and of which length; whether these have run out is for Leases to say.
  using LeaseLengths = std::map<std::string, std::uint32_t, std::less<>>;  ///< ms, by location
  void note_lease(const std::string& location, std::uint32_t duration_ms);
  [[nodiscard]] const LeaseLengths& leases() const { return leases_; }

  /// Of every object that lies at this location and has copies, the first copy becomes the location
  /// and this the last copy: the node may have lost what it held.
  /// @return whether there are such objects
  [[nodiscard]] bool put_last(const std::string& location);

  using IsDead = std::function<bool(const std::string& location)>;
  /// Objects that have copies, but of whose places only `location` is not dead: so many of them at
  /// most, by bucket and key.
  [[nodiscard]] std::vector<Object> lacking_copies(const std::string& location,
                                                   const IsDead& is_dead, std::size_t most) const;
  /// Of an object that lies at `location`, among other places perhaps, that becomes the location,
  /// and `copy` the last copy; places that are dead are forgotten. NOT_FOUND when no object of this
  /// name and size lies there.
  /// @return the object as it is then
  [[nodiscard]] Outcome<Object> add_copy(const Object& at_location, const std::string& copy,
                                         const IsDead& is_dead);

  /// Calls `visit` for every object, by bucket and key.
  void for_each(const std::function<void(const Object&)>& visit) const;

 private:
  using Keys = std::map<std::string, ObjectInfo, std::less<>>;

  std::map<std::string, Keys, std::less<>> buckets_;
  std::map<std::string, ObjectStoreConfig, std::less<>> stores_;
  LeaseLengths leases_;
};

}  // namespace ionloom::geds
