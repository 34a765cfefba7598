#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasi/errno.h"

/// What a WebAssembly program can have open: streams, files and folders, wherever they are. Folders
/// are what gives access to others (capabilities): a path is resolved below the folder at which it
/// begins and never leaves it (kPerm). One thread at a time.
namespace ionloom::wasi {

/// As WASI numbers them.
enum class FileType : std::uint8_t {
  kUnknown = 0,
  kBlockDevice = 1,
  kCharacterDevice = 2,
  kFolder = 3,
  kRegular = 4,
  kSymlink = 7,
};

struct FileStat {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  FileType type = FileType::kUnknown;
  std::uint64_t links = 1;
  std::uint64_t size_bytes = 0;
  std::uint64_t accessed_ns = 0;  ///< since 1970; 0 where it is not kept
  std::uint64_t modified_ns = 0;
  std::uint64_t changed_ns = 0;
};

struct FolderEntry {
  std::string name;
  FileType type = FileType::kUnknown;
  std::uint64_t inode = 1;  ///< never 0: programs take that for "ask"
};

/// Times to set; a time that is absent stays.
struct NewTimes {
  struct Time {
    bool now = false;
    std::uint64_t ns = 0;  ///< when not now
  };
  std::optional<Time> accessed;
  std::optional<Time> modified;
};

/// How to open what a path names.
struct OpenHow {
  bool create = false;
  bool exclusive = false;  ///< with create: kExist when it is there
  bool truncate = false;
  bool folder = false;  ///< kNotdir for anything else
  bool follow = true;   ///< a symlink at the end
  bool read = true;
  bool write = false;
  bool append = false;

  /// Whether it asks to change anything.
  [[nodiscard]] bool changes() const { return create || truncate || write || append; }
};

class Folder;

class OpenFile {
 public:
  virtual ~OpenFile() = default;

  [[nodiscard]] virtual Answer<FileStat> stat() = 0;

  /// Reads from this byte on; 0 at the end. A stream takes no notice of the offset.
  [[nodiscard]] virtual Answer<std::size_t> read(std::uint64_t /*offset_bytes*/,
                                                 std::span<std::byte> /*into*/) {
    return refuse(Errno::kBadf);
  }
  /// Writes at this byte, or with set_append() at the end.
  [[nodiscard]] virtual Answer<std::size_t> write(std::uint64_t /*offset_bytes*/,
                                                  std::span<const std::byte> /*bytes*/) {
    return refuse(Errno::kBadf);
  }
  virtual void set_append(bool /*append*/) {}

  /// False: a stream, which has no position.
  [[nodiscard]] virtual bool seekable() const { return false; }
  [[nodiscard]] virtual Answer<std::uint64_t> size_bytes() { return refuse(Errno::kBadf); }
  [[nodiscard]] virtual Answer<void> set_size(std::uint64_t /*size_bytes*/) {
    return refuse(Errno::kBadf);
  }
  /// A part that will be read soon; may do nothing.
  virtual void will_need(std::uint64_t /*offset_bytes*/, std::uint64_t /*length_bytes*/) {}
  [[nodiscard]] virtual Answer<void> sync() { return {}; }
  /// Bytes that lie beside a sealed object; kNotsup for all else.
  [[nodiscard]] virtual Answer<std::string> metadata() { return refuse(Errno::kNotsup); }
  [[nodiscard]] virtual Answer<void> set_metadata(const std::string& /*bytes*/) {
    return refuse(Errno::kNotsup);
  }
  [[nodiscard]] virtual Answer<void> set_times(const NewTimes& /*times*/) {
    return refuse(Errno::kNotsup);
  }

  /// The last call: what was written takes effect, or it is told why it does not. A file that is
  /// destroyed unclosed may leave nothing of what was written.
  [[nodiscard]] virtual Answer<void> close() { return {}; }

  /// This as a folder; nullptr for all else.
  [[nodiscard]] virtual Folder* folder() { return nullptr; }
};

class Folder : public OpenFile {
 public:
  [[nodiscard]] Folder* folder() final { return this; }

  /// Without "." and "..", in an order that lasts.
  [[nodiscard]] virtual Answer<std::vector<FolderEntry>> entries() = 0;

  [[nodiscard]] virtual Answer<std::unique_ptr<OpenFile>> open(std::string_view path,
                                                               const OpenHow& how) = 0;
  [[nodiscard]] virtual Answer<FileStat> stat_of(std::string_view path, bool follow) = 0;
  [[nodiscard]] virtual Answer<void> set_times_of(std::string_view path, bool follow,
                                                  const NewTimes& times) = 0;
  [[nodiscard]] virtual Answer<void> make_folder(std::string_view path) = 0;
  [[nodiscard]] virtual Answer<void> remove_folder(std::string_view path) = 0;
  [[nodiscard]] virtual Answer<void> unlink(std::string_view path) = 0;
  /// kXdev when `to` is not of the same file system.
  [[nodiscard]] virtual Answer<void> rename(std::string_view path, Folder& to,
                                            std::string_view new_path) = 0;
  [[nodiscard]] virtual Answer<void> link(std::string_view path, Folder& to,
                                          std::string_view new_path) = 0;
  /// @param target  what the link says; not looked at until it is followed
  [[nodiscard]] virtual Answer<void> make_symlink(std::string_view target,
                                                  std::string_view path) = 0;
  [[nodiscard]] virtual Answer<std::string> read_symlink(std::string_view path) = 0;

  /// A stream of lines about what happens to the objects below it (watch_file.h); kNotsup where
  /// nobody tells.
  [[nodiscard]] virtual Answer<std::unique_ptr<OpenFile>> watch(
      std::chrono::milliseconds /*patience*/) {
    return refuse(Errno::kNotsup);
  }
};

}  // namespace ionloom::wasi
