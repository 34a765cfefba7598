#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "store/failure.h"
#include "store/object_store.h"

namespace ionloom::store {

/// A descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  [[nodiscard]] int number() const { return number_; }

 private:
  int number_ = -1;
};

/// The Failure of a system call that failed for a file: kOutOfSpace for a full disk, quota or size
/// limit, kIo otherwise. `doing` completes "cannot ...".
[[nodiscard]] Failure file_failure(const std::filesystem::path& path, std::string_view doing,
                                   int system_error);

/// Reads from byte `offset` of a file until `into` is full. kCorrupt when the file ends before.
[[nodiscard]] Outcome<void> read_fully(const Descriptor& file, std::uint64_t offset,
                                       std::span<std::byte> into,
                                       const std::filesystem::path& path);

/// Bytes of a file that holds an object of this size: the object, the checksums of its blocks, 64
/// bytes of trailer (docs/formats/store.md).
[[nodiscard]] std::uint64_t object_file_bytes(std::uint64_t size_bytes);
/// The reverse.
[[nodiscard]] std::uint64_t object_bytes_in_file(std::uint64_t file_bytes);

/// What follows the object in its file.
[[nodiscard]] std::vector<std::byte> object_file_tail(std::uint64_t size_bytes,
                                                      std::span<const std::uint64_t> blocks);

/// The file of a sealed object, open for reading. Thread-safe.
class ObjectFile {
 public:
  /// kNotFound when there is no such file; kCorrupt when its trailer or checksums are not what was
  /// written. @param object its name, for failures
  [[nodiscard]] static Outcome<std::shared_ptr<const ObjectFile>> open(
      const std::filesystem::path& path, const std::string& object);

  ObjectFile(const ObjectFile&) = delete;
  ObjectFile& operator=(const ObjectFile&) = delete;
  ~ObjectFile();

  [[nodiscard]] const ObjectInfo& info() const { return info_; }

  /// Whether the file still has its name: sealed objects are deleted, never replaced.
  [[nodiscard]] bool exists() const;

  /// Reads the whole blocks that the range (within the object) touches, and verifies them.
  /// @return the range, in a buffer of its own; kCorrupt naming object, file and block
  [[nodiscard]] Outcome<View> read(ByteRange range) const;

  /// The object where the operating system has it, mapped; not verified. The same for every caller.
  /// @param range  within the object, that is about to be read: the first time its pages are looked
  /// up together, which takes half as long as one after the other
  [[nodiscard]] Outcome<std::span<const std::byte>> mapped(ByteRange range) const;

 private:
  struct Mapping;

  ObjectFile(Descriptor descriptor, std::filesystem::path path, std::string object);
  Outcome<void> read_tail();
  [[nodiscard]] std::unexpected<Failure> corrupt(std::string what) const;

  Descriptor descriptor_;
  std::filesystem::path path_;
  std::string object_;
  ObjectInfo info_;
  std::vector<std::uint64_t> blocks_;
  std::unique_ptr<Mapping> mapping_;
};

}  // namespace ionloom::store
