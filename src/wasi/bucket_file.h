#pragma once

#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "wasi/bucket_mount.h"
#include "wasi/draft.h"
#include "wasi/open_file.h"

namespace ionloom::wasi {

/// A sealed object, open for reading. Bytes that are in memory here are read where they lie; others
/// are fetched in windows that grow as the program reads on.
class SealedFile final : public OpenFile {
 public:
  SealedFile(std::shared_ptr<BucketMount> mount, std::string path, std::uint64_t size_bytes);

  Answer<FileStat> stat() override { return mount_->file_stat(path_, size_bytes_); }
  Answer<std::size_t> read(std::uint64_t offset_bytes, std::span<std::byte> into) override;
  [[nodiscard]] bool seekable() const override { return true; }
  Answer<std::uint64_t> size_bytes() override { return size_bytes_; }
  /// What is sealed does not change.
  Answer<void> set_size(std::uint64_t /*size_bytes*/) override { return refuse(Errno::kRofs); }
  Answer<std::string> metadata() override { return mount_->metadata(path_); }
  Answer<void> set_metadata(const std::string& bytes) override {
    return mount_->set_metadata(path_, bytes);
  }
  /// Fetched by another thread while the program goes on; one part at a time.
  void will_need(std::uint64_t offset_bytes, std::uint64_t length_bytes) override;

 private:
  /// The part that was fetched ahead becomes the window if it has this byte.
  [[nodiscard]] bool take_ahead(std::uint64_t offset_bytes);
  /// Past the window, of which so large a part would not be read twice.
  [[nodiscard]] Answer<std::size_t> read_past(store::RemoteObjects& remote,
                                              std::uint64_t offset_bytes,
                                              std::span<std::byte> into);
  [[nodiscard]] Answer<void> fetch(std::uint64_t offset_bytes, std::uint64_t length_bytes);

  std::shared_ptr<BucketMount> mount_;
  std::string path_;
  std::uint64_t size_bytes_;
  store::View window_;
  std::uint64_t window_offset_bytes_ = 0;
  std::uint64_t ahead_bytes_;  ///< how large the next window is
  std::future<store::Outcome<store::View>> coming_;
  std::uint64_t coming_offset_bytes_ = 0;
};

/// A handle on an object in the making.
class DraftFile final : public OpenFile {
 public:
  DraftFile(std::shared_ptr<BucketMount> mount, std::string path, std::shared_ptr<Draft> draft);
  ~DraftFile() override;

  Answer<FileStat> stat() override { return mount_->file_stat(path_, draft_->size_bytes()); }
  Answer<std::size_t> read(std::uint64_t offset_bytes, std::span<std::byte> into) override {
    return draft_->read(offset_bytes, into);
  }
  Answer<std::size_t> write(std::uint64_t offset_bytes, std::span<const std::byte> bytes) override {
    return draft_->write(append_ ? draft_->size_bytes() : offset_bytes, bytes, mount_->quotas());
  }
  void set_append(bool append) override { append_ = append; }
  [[nodiscard]] bool seekable() const override { return true; }
  Answer<std::uint64_t> size_bytes() override { return draft_->size_bytes(); }
  Answer<void> set_size(std::uint64_t size_bytes) override {
    return draft_->set_size(size_bytes, mount_->quotas());
  }
  Answer<void> close() override;

 private:
  /// @return whether this was the last handle
  bool leave();

  std::shared_ptr<BucketMount> mount_;
  std::string path_;
  std::shared_ptr<Draft> draft_;  ///< none once closed
  bool append_ = false;
};

}  // namespace ionloom::wasi
