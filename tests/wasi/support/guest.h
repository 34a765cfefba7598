#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wasi/file_calls.h"
#include "wasi/geds_calls.h"
#include "wasi/path_calls.h"

namespace ionloom::wasi::testing {

/// A program of WASI preview 1 as the host sees it: a memory, and calls with addresses in it. It
/// has one folder, as descriptor 3; 0 to 2 are folders too, so that numbers begin at 4.
class Guest {
 public:
  static constexpr std::uint32_t kPath = 1024;
  static constexpr std::uint32_t kOtherPath = 8192;
  static constexpr std::uint32_t kData = 65536;
  static constexpr std::uint32_t kOut = 16;
  static constexpr std::uint32_t kVectors = 64;
  static constexpr std::uint32_t kFolder = 3;

  explicit Guest(std::unique_ptr<Folder> folder, std::uint32_t handles = 64);

  [[nodiscard]] GuestMemory memory() { return GuestMemory(bytes_); }
  std::vector<std::uint8_t>& bytes() { return bytes_; }
  DescriptorTable& table() { return table_; }
  FileCalls& files() { return files_; }
  PathCalls& paths() { return paths_; }
  GedsCalls& geds() { return geds_; }

  /// Bits of path_open.
  enum Open : std::uint32_t { kPlain = 0, kCreate = 1, kDirectory = 2, kExclusive = 4, kCut = 8 };
  static constexpr std::uint64_t kRead = kRightRead;
  static constexpr std::uint64_t kBoth = kRightRead | kRightWrite;

  Answer<std::uint32_t> open(const std::string& path, std::uint32_t how = kPlain,
                             std::uint64_t rights = kRead, std::uint32_t flags = 0,
                             std::uint32_t folder = kFolder, std::uint32_t lookup = 1);
  Answer<std::string> read(std::uint32_t fd, std::uint32_t count);
  Answer<std::string> read_at(std::uint32_t fd, std::uint32_t count, std::uint64_t offset);
  Answer<std::uint32_t> write(std::uint32_t fd, const std::string& text);
  Answer<std::uint32_t> write_at(std::uint32_t fd, const std::string& text, std::uint64_t offset);
  Answer<std::uint64_t> seek(std::uint32_t fd, std::int64_t delta, std::uint32_t whence);
  Answer<std::uint64_t> tell(std::uint32_t fd);
  Answer<void> close(std::uint32_t fd) { return files_.fd_close(memory(), fd); }

  struct Stat {
    std::uint64_t inode = 0;
    std::uint8_t type = 0;
    std::uint64_t size = 0;
    std::uint64_t modified_ns = 0;
  };
  Answer<Stat> stat(std::uint32_t fd);
  Answer<Stat> stat(const std::string& path, std::uint32_t lookup = 1);
  struct Fdstat {
    std::uint8_t type = 0;
    std::uint16_t flags = 0;
    std::uint64_t rights = 0;
    std::uint64_t inheriting = 0;
  };
  Answer<Fdstat> fdstat(std::uint32_t fd);
  /// Names, by several calls with a buffer of this size.
  Answer<std::vector<std::string>> list(std::uint32_t fd, std::uint32_t buffer = 4096);

  Answer<void> make_folder(const std::string& path);
  Answer<void> remove_folder(const std::string& path);
  Answer<void> unlink(const std::string& path);
  Answer<void> rename(const std::string& from, const std::string& to);
  Answer<void> link(const std::string& from, const std::string& to);
  Answer<void> symlink(const std::string& target, const std::string& path);
  Answer<std::string> readlink(const std::string& path, std::uint32_t room = 256);

  /// A file with this text, closed.
  Answer<void> make_file(const std::string& path, const std::string& text = {});
  /// All of a file.
  Answer<std::string> content(const std::string& path);

 private:
  /// Puts a path into memory. @return its length
  std::uint32_t place(std::uint32_t at, const std::string& text);
  void one_vector(std::uint32_t count);
  template <class Value>
  Value out(std::uint32_t offset = 0) const {
    Value value;
    std::memcpy(&value, bytes_.data() + kOut + offset, sizeof(Value));
    return value;
  }
  Answer<std::string> after_read(const Answer<void>& done);

  std::vector<std::uint8_t> bytes_;
  DescriptorTable table_;
  FileCalls files_;
  PathCalls paths_;
  GedsCalls geds_;
};

}  // namespace ionloom::wasi::testing
