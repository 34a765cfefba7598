#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>

#include "base/error.h"
#include "exec/task_objects.h"
#include "imzml/dataset.h"

namespace ionloom::exec {

/// Hashes of ranges of an .ibd (offset, length: 32 hexadecimal digits), which are a part of the
/// names of what is made of them (docs/formats/stage-store.md).
using RangeHashes = std::map<std::pair<std::uint64_t, std::uint64_t>, std::string>;

/// A dataset's .ibd, which tasks read where it lies. Thread-safe.
class IbdObject {
 public:
  explicit IbdObject(const imzml::Dataset& dataset)
      : folder_(folder_objects(dataset.ibd_path.parent_path())),
        name_(dataset.ibd_path.filename().string()) {}

  [[nodiscard]] Result<std::uint64_t> size_bytes() const { return folder_->size_bytes(name_); }
  [[nodiscard]] Result<void> read(std::uint64_t offset_bytes, std::span<std::byte> into) const {
    return folder_->read(name_, offset_bytes, into);
  }

  /// Says that the file holds only parts, and what the hashes of its ranges are. REQUIRES: no hash
  /// was asked for.
  void know(RangeHashes hashes);

  /// Hash of a range. Fails when it cannot be read, or is not known of a file of parts.
  [[nodiscard]] Result<std::string> hash(std::uint64_t offset_bytes, std::uint64_t length_bytes);

  /// All that were asked for, and those that were known.
  [[nodiscard]] RangeHashes hashes() const;

 private:
  std::unique_ptr<TaskObjects> folder_;
  std::string name_;
  bool has_parts_ = false;
  mutable std::mutex mutex_;
  RangeHashes hashes_;
};

}  // namespace ionloom::exec
