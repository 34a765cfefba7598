#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "store/object_file.h"

namespace ionloom::store {

/// Bytes used in a folder by all processes that have it open, counted in its file ".usage" that
/// each of them maps. A process that is killed while it writes leaves its part counted until the
/// folder is next opened while nobody else has it; then the bytes are counted anew.
class FolderUsage {
 public:
  /// @param count  counts the bytes of the sealed objects in the folder
  [[nodiscard]] static Outcome<FolderUsage> open(const std::filesystem::path& folder,
                                                 std::uint64_t limit_bytes,
                                                 const std::function<std::uint64_t()>& count);

  FolderUsage(FolderUsage&& other) noexcept;
  FolderUsage& operator=(FolderUsage&&) = delete;
  ~FolderUsage();

  /// Whether so many more may be used; they are, then.
  [[nodiscard]] bool take(std::uint64_t bytes);
  void give_back(std::uint64_t bytes);

  [[nodiscard]] std::uint64_t used_bytes() const;
  [[nodiscard]] std::uint64_t limit_bytes() const { return limit_bytes_; }

 private:
  FolderUsage(Descriptor lock, std::uint64_t* used, std::uint64_t limit_bytes)
      : lock_(std::move(lock)), used_(used), limit_bytes_(limit_bytes) {}

  Descriptor lock_;
  std::uint64_t* used_;
  std::uint64_t limit_bytes_;
};

}  // namespace ionloom::store
