#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "store/block_checksums.h"
#include "store/folder_usage.h"
#include "store/object_file.h"
#include "store/object_store.h"
#include "store/spare_files.h"

namespace ionloom::store {

/// Writes the file of an object under a hidden name in the store's folder ".partial"; seal() gives
/// it its name, in one step that fails when there is a file of that name. The file is locked as
/// long as it is written, so that what a killed process left can be told from what is being
/// written.
class FolderWriter final : public ObjectWriter {
 public:
  struct Place {
    std::filesystem::path root;
    std::filesystem::path path;  ///< of the sealed object
    ObjectName name;
    FolderUsage* usage = nullptr;
    SpareFiles* spares = nullptr;  ///< none: every file is new
    std::function<void()> sealed;  ///< called when the object has appeared
  };

  [[nodiscard]] static Outcome<std::unique_ptr<ObjectWriter>> open(Place place);

  FolderWriter(Place place, std::filesystem::path partial, Descriptor descriptor);
  ~FolderWriter() override;

  Outcome<void> reserve(std::uint64_t more_bytes) override;
  Outcome<void> append(std::span<const std::byte> bytes) override;
  Outcome<void> copy_to(ObjectWriter& other) override;
  Outcome<ObjectInfo> seal() override;

 private:
  Outcome<void> write(std::span<const std::byte> bytes);
  Outcome<void> flush();
  Outcome<void> take_name();
  void take_spare();

  Place place_;
  std::filesystem::path partial_;
  Descriptor descriptor_;
  std::vector<std::byte> buffer_;     ///< follows `written_bytes_` of the file
  std::uint64_t written_bytes_ = 0;   ///< in the file, in full
  std::uint64_t appended_bytes_ = 0;  ///< by calls that succeeded
  BlockChecksums checksums_;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t taken_bytes_ = 0;  ///< of the folder's limit
  bool reuses_file_ = false;       ///< whose old bytes follow the new ones
  bool sealed_ = false;
  std::optional<Failure> failed_;
};

/// Removes from ".partial" what processes left that were killed.
void remove_abandoned(const std::filesystem::path& root);

}  // namespace ionloom::store
