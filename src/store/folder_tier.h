#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/folder_usage.h"
#include "store/notice_board.h"
#include "store/object_file.h"
#include "store/object_store.h"
#include "store/open_files.h"
#include "store/spare_files.h"

namespace ionloom::store {

/// Objects as files of a folder, ROOT/BUCKET/KEY (key_path.h), that several processes may have open
/// at once: each sees what any of them seals or deletes. They share one count of the bytes used;
/// each refuses what would pass its own limit. How the bytes are read is for the two kinds of
/// folder to say: disk_tier.h, shared_memory_tier.h.
class FolderTier : public ObjectStore {
 public:
  ~FolderTier() override;
  Outcome<std::unique_ptr<ObjectWriter>> create(const ObjectName& name) override;
  Outcome<ObjectInfo> stat(const ObjectName& name) override;
  Outcome<Listing> list(const ListQuery& query) override;
  Outcome<void> remove(const ObjectName& name) override;
  Outcome<std::unique_ptr<Watch>> watch(const std::string& bucket,
                                        const std::string& prefix) override;
  Usage usage() const override;

  /// Every object in the folder, in the order in which they were sealed.
  [[nodiscard]] std::vector<std::pair<ObjectName, std::uint64_t>> names_and_sizes_by_age() const;

 protected:
  /// A folder made ready: its subfolders exist, what killed processes left is gone.
  struct Folder {
    std::filesystem::path root;
    FolderUsage usage;
  };
  [[nodiscard]] static Outcome<Folder> prepare(const std::filesystem::path& root,
                                               std::uint64_t limit_bytes);

  /// @param reuses_files files of deleted objects are kept for new ones
  explicit FolderTier(Folder folder, bool reuses_files = false);

  /// The file of a sealed object: kNotFound, kBadName, kCorrupt.
  [[nodiscard]] Outcome<std::shared_ptr<const ObjectFile>> find(const ObjectName& name);

 private:
  [[nodiscard]] std::filesystem::path path_of(const ObjectName& name) const;
  /// Takes the file's name away, and perhaps keeps the file. @return 0, or the system's error
  [[nodiscard]] int take_away(const std::filesystem::path& path, std::uint64_t bytes);

  Folder folder_;
  std::optional<SpareFiles> spares_;
  OpenFiles open_files_;
  NoticeBoard notices_;
};

}  // namespace ionloom::store
