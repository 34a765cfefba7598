#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wasi/open_file.h"
#include "wasi/rights.h"

namespace ionloom::wasi {

/// Bits of a descriptor's flags, as WASI has them.
inline constexpr std::uint16_t kFlagAppend = 1;
inline constexpr std::uint16_t kFlagNonblock = 4;
inline constexpr std::uint16_t kAllFlags = 31;

/// An open file, stream or folder and where the program is in it.
struct Descriptor {
  std::unique_ptr<OpenFile> file;
  std::uint64_t position_bytes = 0;
  std::uint16_t flags = 0;
  bool reads = true;
  bool writes = true;
  std::optional<std::string> given_as = {};  ///< its path, for a folder that the program was given
  std::vector<FolderEntry> listed = {};      ///< what a reading of the folder from its start saw

  [[nodiscard]] std::uint64_t rights() const {
    if (file->folder() != nullptr) return kRightsOfFolder;
    return (file->seekable() ? kRightsOfFile : kRightsOfStream) &
           ~((reads ? 0 : kRightRead) | (writes ? 0 : kRightWrite));
  }
  /// Of what is opened below it.
  [[nodiscard]] std::uint64_t inheriting() const {
    return file->folder() != nullptr ? kRightsOfFolder | kRightsOfFile : 0;
  }
};

/// What a program has open, by the numbers that it knows.
class DescriptorTable {
 public:
  /// @param most  open at a time
  explicit DescriptorTable(std::uint32_t most) : most_(most) {}

  /// At the lowest free number; kMfile when there are `most`.
  [[nodiscard]] Answer<std::uint32_t> add(Descriptor descriptor);
  /// kBadf when nothing is open by this number.
  [[nodiscard]] Answer<Descriptor*> at(std::uint32_t number) {
    if (number >= open_.size() || !open_[number]) return refuse(Errno::kBadf);
    return &*open_[number];
  }
  [[nodiscard]] Answer<Folder*> folder_at(std::uint32_t number);
  [[nodiscard]] bool full() const { return count_ >= most_; }

  [[nodiscard]] Answer<void> close(std::uint32_t number);
  /// `to` is closed and then is what `from` was.
  [[nodiscard]] Answer<void> renumber(std::uint32_t from, std::uint32_t to);
  /// The first thing that went wrong; all are closed.
  [[nodiscard]] Answer<void> close_all();

 private:
  std::vector<std::optional<Descriptor>> open_;
  std::uint32_t count_ = 0;
  std::uint32_t most_;
};

}  // namespace ionloom::wasi
