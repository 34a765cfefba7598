#include "wasi/support/guest.h"

#include <array>

namespace ionloom::wasi::testing {
namespace {

/// What stands for the standard streams.
class Nothing final : public OpenFile {
 public:
  Answer<FileStat> stat() override { return FileStat{}; }
};

}  // namespace

Guest::Guest(std::unique_ptr<Folder> folder, std::uint32_t handles)
    : bytes_(std::size_t{1} << 20), table_(handles), files_(table_), paths_(table_), geds_(table_) {
  for (int i = 0; i < 3; ++i) {
    static_cast<void>(table_.add({.file = std::make_unique<Nothing>()}));
  }
  static_cast<void>(table_.add({.file = std::move(folder), .given_as = "/given"}));
}

std::uint32_t Guest::place(std::uint32_t at, const std::string& text) {
  std::memcpy(bytes_.data() + at, text.data(), text.size());
  return static_cast<std::uint32_t>(text.size());
}

void Guest::one_vector(std::uint32_t count) {
  const std::array<std::uint32_t, 2> vector = {kData, count};
  std::memcpy(bytes_.data() + kVectors, vector.data(), sizeof(vector));
}

Answer<std::uint32_t> Guest::open(const std::string& path, std::uint32_t how, std::uint64_t rights,
                                  std::uint32_t flags, std::uint32_t folder, std::uint32_t lookup) {
  const std::uint32_t size = place(kPath, path);
  const auto done =
      paths_.path_open(memory(), folder, lookup, kPath, size, how, rights, rights, flags, kOut);
  if (!done) return refuse(done.error());
  return out<std::uint32_t>();
}

Answer<std::string> Guest::after_read(const Answer<void>& done) {
  if (!done) return refuse(done.error());
  return std::string(reinterpret_cast<const char*>(bytes_.data()) + kData, out<std::uint32_t>());
}

Answer<std::string> Guest::read(std::uint32_t fd, std::uint32_t count) {
  one_vector(count);
  return after_read(files_.fd_read(memory(), fd, kVectors, 1, kOut));
}

Answer<std::string> Guest::read_at(std::uint32_t fd, std::uint32_t count, std::uint64_t offset) {
  one_vector(count);
  return after_read(files_.fd_pread(memory(), fd, kVectors, 1, offset, kOut));
}

Answer<std::uint32_t> Guest::write(std::uint32_t fd, const std::string& text) {
  one_vector(place(kData, text));
  const auto done = files_.fd_write(memory(), fd, kVectors, 1, kOut);
  if (!done) return refuse(done.error());
  return out<std::uint32_t>();
}

Answer<std::uint32_t> Guest::write_at(std::uint32_t fd, const std::string& text,
                                      std::uint64_t offset) {
  one_vector(place(kData, text));
  const auto done = files_.fd_pwrite(memory(), fd, kVectors, 1, offset, kOut);
  if (!done) return refuse(done.error());
  return out<std::uint32_t>();
}

Answer<std::uint64_t> Guest::seek(std::uint32_t fd, std::int64_t delta, std::uint32_t whence) {
  const auto done = files_.fd_seek(memory(), fd, delta, whence, kOut);
  if (!done) return refuse(done.error());
  return out<std::uint64_t>();
}

Answer<std::uint64_t> Guest::tell(std::uint32_t fd) {
  const auto done = files_.fd_tell(memory(), fd, kOut);
  if (!done) return refuse(done.error());
  return out<std::uint64_t>();
}

Answer<Guest::Stat> Guest::stat(std::uint32_t fd) {
  const auto done = files_.fd_filestat_get(memory(), fd, kOut);
  if (!done) return refuse(done.error());
  return Stat{out<std::uint64_t>(8), out<std::uint8_t>(16), out<std::uint64_t>(32),
              out<std::uint64_t>(48)};
}

Answer<Guest::Stat> Guest::stat(const std::string& path, std::uint32_t lookup) {
  const std::uint32_t size = place(kPath, path);
  const auto done = paths_.path_filestat_get(memory(), kFolder, lookup, kPath, size, kOut);
  if (!done) return refuse(done.error());
  return Stat{out<std::uint64_t>(8), out<std::uint8_t>(16), out<std::uint64_t>(32),
              out<std::uint64_t>(48)};
}

Answer<Guest::Fdstat> Guest::fdstat(std::uint32_t fd) {
  const auto done = files_.fd_fdstat_get(memory(), fd, kOut);
  if (!done) return refuse(done.error());
  return Fdstat{out<std::uint8_t>(), out<std::uint16_t>(2), out<std::uint64_t>(8),
                out<std::uint64_t>(16)};
}

Answer<std::vector<std::string>> Guest::list(std::uint32_t fd, std::uint32_t buffer) {
  std::vector<std::string> names;
  std::uint64_t cookie = 0;
  for (;;) {
    const auto done = files_.fd_readdir(memory(), fd, kData, buffer, cookie, kOut);
    if (!done) return refuse(done.error());
    const auto used = out<std::uint32_t>();
    std::uint32_t at = 0;
    while (used - at >= 24) {
      std::uint32_t length = 0;
      std::memcpy(&length, bytes_.data() + kData + at + 16, sizeof(length));
      if (used - at - 24 < length) break;
      std::memcpy(&cookie, bytes_.data() + kData + at, sizeof(cookie));
      names.emplace_back(reinterpret_cast<const char*>(bytes_.data()) + kData + at + 24, length);
      at += 24 + length;
    }
    if (used < buffer) return names;
    if (at == 0) return refuse(Errno::kInval);
  }
}

Answer<void> Guest::make_folder(const std::string& path) {
  return paths_.path_create_directory(memory(), kFolder, kPath, place(kPath, path));
}

Answer<void> Guest::remove_folder(const std::string& path) {
  return paths_.path_remove_directory(memory(), kFolder, kPath, place(kPath, path));
}

Answer<void> Guest::unlink(const std::string& path) {
  return paths_.path_unlink_file(memory(), kFolder, kPath, place(kPath, path));
}

Answer<void> Guest::rename(const std::string& from, const std::string& to) {
  const std::uint32_t size = place(kPath, from);
  return paths_.path_rename(memory(), kFolder, kPath, size, kFolder, kOtherPath,
                            place(kOtherPath, to));
}

Answer<void> Guest::link(const std::string& from, const std::string& to) {
  const std::uint32_t size = place(kPath, from);
  return paths_.path_link(memory(), kFolder, 0, kPath, size, kFolder, kOtherPath,
                          place(kOtherPath, to));
}

Answer<void> Guest::symlink(const std::string& target, const std::string& path) {
  const std::uint32_t size = place(kPath, target);
  return paths_.path_symlink(memory(), kPath, size, kFolder, kOtherPath, place(kOtherPath, path));
}

Answer<std::string> Guest::readlink(const std::string& path, std::uint32_t room) {
  const std::uint32_t size = place(kPath, path);
  return after_read(paths_.path_readlink(memory(), kFolder, kPath, size, kData, room, kOut));
}

Answer<void> Guest::make_file(const std::string& path, const std::string& text) {
  const auto fd = open(path, kCreate | kCut, kBoth);
  if (!fd) return refuse(fd.error());
  if (const auto written = write(*fd, text); !written) return refuse(written.error());
  return close(*fd);
}

Answer<std::string> Guest::content(const std::string& path) {
  const auto fd = open(path);
  if (!fd) return refuse(fd.error());
  const auto size = stat(*fd);
  if (!size) return refuse(size.error());
  auto text = read(*fd, static_cast<std::uint32_t>(size->size));
  if (auto closed = close(*fd); !closed) return refuse(closed.error());
  return text;
}

}  // namespace ionloom::wasi::testing
