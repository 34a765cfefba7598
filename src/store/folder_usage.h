#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "store/object_file.h"

namespace ionloom::store {

/// Bytes used in a folder by all processes that have it open, and those of spare files
/// (spare_files.h), counted in its file ".usage" that each of them maps. A process that is killed
/// while it writes leaves its part counted until the folder is next opened while nobody else has
/// it; then the bytes are counted anew.
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
  /// Whether take() would.
  [[nodiscard]] bool has_room_for(std::uint64_t bytes) const;

  void add_spare(std::uint64_t bytes);
  void remove_spare(std::uint64_t bytes);
  [[nodiscard]] std::uint64_t spare_bytes() const;

  /// Whether no other process or store has the folder open now; none opens it while `act` runs.
  bool if_alone(const std::function<void()>& act);

  [[nodiscard]] std::uint64_t used_bytes() const;
  [[nodiscard]] std::uint64_t limit_bytes() const { return limit_bytes_; }

 private:
  /// What the file holds.
  struct Counts {
    std::uint64_t used_bytes;
    std::uint64_t spare_bytes;
  };

  FolderUsage(Descriptor lock, Counts* counts, std::uint64_t limit_bytes)
      : lock_(std::move(lock)), counts_(counts), limit_bytes_(limit_bytes) {}

  Descriptor lock_;
  Counts* counts_;
  std::uint64_t limit_bytes_;
};

}  // namespace ionloom::store
