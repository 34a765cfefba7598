#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/object_store.h"
#include "store/remote_objects.h"
#include "wasi/open_file.h"
#include "wasi/quotas.h"

namespace ionloom::wasi {

class Draft;

/// A bucket of a store, or what lies under a prefix of one, as files and folders
/// (docs/formats/wasi-files.md). Paths here are plain (path.h) and relative to the mount; "" is its
/// root. What is being written is seen by this program as a file, by others once it is closed.
class BucketMount {
 public:
  struct Place {
    std::shared_ptr<store::ObjectStore> store;
    std::string bucket;
    std::string prefix = {};  ///< of keys; "" or ends in '/'
    bool writable = false;
    /// A store in this process that has some of these objects in memory, under the same names, and
    /// gives whole views of them without a copy; may be `store` itself.
    std::shared_ptr<store::ObjectStore> in_memory = {};
    /// `store` itself where its objects lie elsewhere.
    std::shared_ptr<store::RemoteObjects> remote = {};
  };

  BucketMount(Place place, std::shared_ptr<QuotaCount> quotas)
      : place_(std::move(place)), quotas_(std::move(quotas)) {}

  [[nodiscard]] store::ObjectStore& store() { return *place_.store; }
  [[nodiscard]] store::ObjectName name_of(const std::string& path) const {
    return {place_.bucket, place_.prefix + path};
  }
  /// The whole object where its bytes are in memory here; nothing where they are not.
  [[nodiscard]] std::optional<store::View> in_place(const std::string& path) const;
  /// Nothing where objects are not read so.
  [[nodiscard]] store::RemoteObjects* remote() const { return place_.remote.get(); }
  /// What lies beside an object; kNotsup where the store keeps nothing there.
  [[nodiscard]] Answer<std::string> metadata(const std::string& path) const;
  [[nodiscard]] Answer<void> set_metadata(const std::string& path, const std::string& bytes);
  [[nodiscard]] bool writable() const { return place_.writable; }
  [[nodiscard]] QuotaCount& quotas() { return *quotas_; }

  /// What a path names: kNoent when nothing, kNotdir when it leads through an object.
  [[nodiscard]] Answer<FileStat> stat(const std::string& path);
  [[nodiscard]] Answer<bool> is_folder(const std::string& path);
  /// Whether something may be made at this path: kNoent or kNotdir when its folder is not there.
  [[nodiscard]] Answer<void> check_parent(const std::string& path);
  [[nodiscard]] Answer<std::vector<FolderEntry>> entries(const std::string& path);

  /// Nothing when nobody writes at this path.
  [[nodiscard]] std::shared_ptr<Draft> draft_at(const std::string& path) const;
  void keep_draft(const std::string& path, const std::shared_ptr<Draft>& draft) {
    drafts_[path] = draft;
  }
  /// It is sealed, or nobody will write it any more.
  void forget_draft(const std::shared_ptr<Draft>& draft) {
    std::erase_if(drafts_, [&](const auto& entry) { return entry.second == draft; });
  }

  [[nodiscard]] Answer<void> make_folder(const std::string& path);
  [[nodiscard]] Answer<void> remove_folder(const std::string& path);
  /// Removes an object, or gives up what is being written.
  [[nodiscard]] Answer<void> remove_file(const std::string& path);
  /// Of a file or a folder, object by object; what was at the new path is replaced as POSIX has it.
  [[nodiscard]] Answer<void> rename(const std::string& from, const std::string& to);

  /// What happens below a folder from now on; as GEDS tells it, whoever does it.
  [[nodiscard]] Answer<std::unique_ptr<OpenFile>> watch(const std::string& path,
                                                        std::chrono::milliseconds patience);

  /// A number that is the same for the same name in the same store.
  [[nodiscard]] std::uint64_t inode_of(const std::string& path) const;
  [[nodiscard]] FileStat folder_stat(const std::string& path) const;
  [[nodiscard]] FileStat file_stat(const std::string& path, std::uint64_t size_bytes) const;

 private:
  [[nodiscard]] Answer<store::Listing> list(const std::string& prefix, bool deep);
  [[nodiscard]] Answer<bool> is_empty(const std::string& path);
  [[nodiscard]] Answer<void> move_object(const std::string& from, const std::string& to);
  [[nodiscard]] Answer<void> move_folder(const std::string& from, const std::string& to);
  void remember_parent(const std::string& path);

  Place place_;
  std::shared_ptr<QuotaCount> quotas_;
  std::map<std::string, std::shared_ptr<Draft>> drafts_;
  /// Folders from which this program took the last object: they stay until it removes them.
  std::set<std::string> emptied_;
};

}  // namespace ionloom::wasi
