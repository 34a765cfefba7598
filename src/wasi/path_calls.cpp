#include "wasi/path_calls.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "wasi/stat_layout.h"

namespace ionloom::wasi {
namespace {

constexpr std::uint32_t kFollow = 1;  ///< the only lookup flag
constexpr std::uint32_t kCreate = 1;
constexpr std::uint32_t kDirectory = 2;
constexpr std::uint32_t kExclusive = 4;
constexpr std::uint32_t kTruncate = 8;
constexpr std::uint32_t kAllOpenFlags = 15;

/// An open folder and a path of the guest's below it.
struct Named {
  Folder* folder;
  std::string_view path;
};

Answer<Named> named(DescriptorTable& table, const GuestMemory& memory, std::uint32_t fd,
                    std::uint32_t path, std::uint32_t size) {
  const auto folder = table.folder_at(fd);
  if (!folder) return refuse(folder.error());
  const auto text = memory.text(path, size);
  if (!text) return refuse(text.error());
  return Named{*folder, *text};
}

}  // namespace

Answer<void> PathCalls::path_create_directory(Memory memory, Fd fd, Address path, Count size) {
  const auto at = named(table_, memory, fd, path, size);
  if (!at) return refuse(at.error());
  return at->folder->make_folder(at->path);
}

Answer<void> PathCalls::path_filestat_get(Memory memory, Fd fd, std::uint32_t flags, Address path,
                                          Count size, Address out) {
  const auto at = named(table_, memory, fd, path, size);
  if (!at) return refuse(at.error());
  if (flags > kFollow) return refuse(Errno::kInval);
  const auto place = memory.range(out, kFilestatBytes);
  if (!place) return refuse(place.error());
  const auto status = at->folder->stat_of(at->path, flags == kFollow);
  if (!status) return refuse(status.error());
  put_stat(*place, *status);
  return {};
}

Answer<void> PathCalls::path_filestat_set_times(Memory memory, Fd fd, std::uint32_t flags,
                                                Address path, Count size, std::uint64_t accessed,
                                                std::uint64_t modified, std::uint32_t which) {
  const auto at = named(table_, memory, fd, path, size);
  if (!at) return refuse(at.error());
  if (flags > kFollow) return refuse(Errno::kInval);
  const auto times = new_times(accessed, modified, which);
  if (!times) return refuse(times.error());
  return at->folder->set_times_of(at->path, flags == kFollow, *times);
}

Answer<void> PathCalls::path_link(Memory memory, Fd fd, std::uint32_t flags, Address path,
                                  Count size, Fd new_fd, Address new_path, Count new_size) {
  const auto at = named(table_, memory, fd, path, size);
  if (!at) return refuse(at.error());
  const auto to = named(table_, memory, new_fd, new_path, new_size);
  if (!to) return refuse(to.error());
  if (flags != 0) return refuse(Errno::kInval);  // a link to what a link leads to: not made
  return at->folder->link(at->path, *to->folder, to->path);
}

Answer<void> PathCalls::path_open(Memory memory, Fd fd, std::uint32_t flags, Address path,
                                  Count size, std::uint32_t how, std::uint64_t rights,
                                  std::uint64_t /*inheriting*/, std::uint32_t fd_flags,
                                  Address out) {
  const auto at = named(table_, memory, fd, path, size);
  if (!at) return refuse(at.error());
  const auto place = memory.place<std::uint32_t>(out);
  if (!place) return refuse(place.error());
  if (flags > kFollow || how > kAllOpenFlags || fd_flags > kAllFlags) return refuse(Errno::kInval);
  if (table_.full()) return refuse(Errno::kMfile);  // before anything is made
  OpenHow open;
  open.create = (how & kCreate) != 0;
  open.exclusive = (how & kExclusive) != 0;
  open.truncate = (how & kTruncate) != 0;
  open.folder = (how & kDirectory) != 0;
  open.follow = flags == kFollow;
  open.write = (rights & kRightWrite) != 0;
  open.read = (rights & kRightRead) != 0 || !open.write;
  open.append = (fd_flags & kFlagAppend) != 0 && open.write;
  auto file = at->folder->open(at->path, open);
  if (!file) return refuse(file.error());
  if (open.append) (*file)->set_append(true);
  const auto number = table_.add({.file = *std::move(file),
                                  .flags = static_cast<std::uint16_t>(fd_flags),
                                  .reads = open.read,
                                  .writes = open.write});
  if (!number) return refuse(number.error());
  put(*place, *number);
  return {};
}

Answer<void> PathCalls::path_readlink(Memory memory, Fd fd, Address path, Count size,
                                      Address buffer, Count buffer_size, Address out) {
  const auto at = named(table_, memory, fd, path, size);
  if (!at) return refuse(at.error());
  const auto place = memory.place<std::uint32_t>(out);
  if (!place) return refuse(place.error());
  const auto room = memory.range(buffer, buffer_size);
  if (!room) return refuse(room.error());
  const auto target = at->folder->read_symlink(at->path);
  if (!target) return refuse(target.error());
  const auto bytes =
      std::as_bytes(std::span(*target)).first(std::min<std::size_t>(target->size(), buffer_size));
  std::ranges::copy(bytes, room->begin());
  put(*place, static_cast<std::uint32_t>(bytes.size()));
  return {};
}

Answer<void> PathCalls::path_remove_directory(Memory memory, Fd fd, Address path, Count size) {
  const auto at = named(table_, memory, fd, path, size);
  if (!at) return refuse(at.error());
  return at->folder->remove_folder(at->path);
}

Answer<void> PathCalls::path_rename(Memory memory, Fd fd, Address path, Count size, Fd new_fd,
                                    Address new_path, Count new_size) {
  const auto at = named(table_, memory, fd, path, size);
  if (!at) return refuse(at.error());
  const auto to = named(table_, memory, new_fd, new_path, new_size);
  if (!to) return refuse(to.error());
  return at->folder->rename(at->path, *to->folder, to->path);
}

Answer<void> PathCalls::path_symlink(Memory memory, Address target, Count target_size, Fd fd,
                                     Address path, Count size) {
  const auto says = memory.text(target, target_size);
  if (!says) return refuse(says.error());
  const auto at = named(table_, memory, fd, path, size);
  if (!at) return refuse(at.error());
  return at->folder->make_symlink(*says, at->path);
}

Answer<void> PathCalls::path_unlink_file(Memory memory, Fd fd, Address path, Count size) {
  const auto at = named(table_, memory, fd, path, size);
  if (!at) return refuse(at.error());
  return at->folder->unlink(at->path);
}

}  // namespace ionloom::wasi
