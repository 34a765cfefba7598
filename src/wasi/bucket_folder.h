#pragma once

#include <memory>
#include <string>

#include "wasi/bucket_mount.h"
#include "wasi/open_file.h"
#include "wasi/path.h"

namespace ionloom::wasi {

/// A folder of a mounted bucket.
class BucketFolder final : public Folder {
 public:
  explicit BucketFolder(std::shared_ptr<BucketMount> mount, std::string path = {})
      : mount_(std::move(mount)), path_(std::move(path)) {}

  Answer<FileStat> stat() override { return mount_->folder_stat(path_); }
  Answer<std::vector<FolderEntry>> entries() override { return mount_->entries(path_); }
  Answer<std::unique_ptr<OpenFile>> open(std::string_view path, const OpenHow& how) override;
  Answer<FileStat> stat_of(std::string_view path, bool follow) override;
  /// GEDS keeps no times: kNotsup.
  Answer<void> set_times_of(std::string_view path, bool follow, const NewTimes& times) override;
  Answer<void> make_folder(std::string_view path) override;
  Answer<void> remove_folder(std::string_view path) override;
  Answer<void> unlink(std::string_view path) override;
  Answer<void> rename(std::string_view path, Folder& to, std::string_view new_path) override;
  /// A name of an object is the object: no links, kNotsup.
  Answer<void> link(std::string_view path, Folder& to, std::string_view new_path) override;
  Answer<void> make_symlink(std::string_view target, std::string_view path) override;
  /// kInval, as for all that is no link.
  Answer<std::string> read_symlink(std::string_view path) override;
  Answer<std::unique_ptr<OpenFile>> watch(std::chrono::milliseconds patience) override {
    return mount_->watch(path_, patience);
  }

 private:
  [[nodiscard]] Answer<PlainPath> resolve(std::string_view path) const;
  /// The same for what is about to change: kRofs where nothing may be.
  [[nodiscard]] Answer<PlainPath> resolve_to_change(std::string_view path) const;
  [[nodiscard]] Answer<std::unique_ptr<OpenFile>> create(const std::string& path, bool replaces);

  std::shared_ptr<BucketMount> mount_;
  std::string path_;
};

}  // namespace ionloom::wasi
