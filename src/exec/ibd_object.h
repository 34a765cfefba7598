#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "exec/task_objects.h"
#include "imzml/dataset.h"

namespace ionloom::exec {

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

 private:
  std::unique_ptr<TaskObjects> folder_;
  std::string name_;
};

}  // namespace ionloom::exec
