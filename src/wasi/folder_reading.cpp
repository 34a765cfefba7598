#include <algorithm>
#include <array>
#include <string>

#include "wasi/file_calls.h"

namespace ionloom::wasi {
namespace {

constexpr std::size_t kDirentBytes = 24;

/// As many of the bytes as there is room for.
void append(std::span<std::byte>& room, std::span<const std::byte> bytes) {
  const std::size_t count = std::min(room.size(), bytes.size());
  std::copy_n(bytes.begin(), count, room.begin());
  room = room.subspan(count);
}

}  // namespace

/// Entries from a cookie on, the cookie being the number of entries before; the last one may be cut
/// off, by which a program knows that there are more. What the folder has is looked up at cookie 0.
Answer<void> FileCalls::fd_readdir(Memory memory, Fd fd, Address buffer, Count size,
                                   std::uint64_t cookie, Address out) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  Folder* folder = (*found)->file->folder();
  if (folder == nullptr) return refuse(Errno::kNotdir);
  const auto place = memory.place<std::uint32_t>(out);
  if (!place) return refuse(place.error());
  const auto all_room = memory.range(buffer, size);
  if (!all_room) return refuse(all_room.error());
  std::vector<FolderEntry>& listed = (*found)->listed;
  if (cookie == 0 || listed.empty()) {
    const auto self = folder->stat();
    if (!self) return refuse(self.error());
    auto entries = folder->entries();
    if (!entries) return refuse(entries.error());
    listed = {{".", FileType::kFolder, self->inode}, {"..", FileType::kFolder, self->inode}};
    std::ranges::move(*entries, std::back_inserter(listed));
  }
  std::span<std::byte> room = *all_room;
  for (std::uint64_t at = cookie; at < listed.size() && !room.empty(); ++at) {
    const FolderEntry& entry = listed[at];
    std::array<std::byte, kDirentBytes> head{};
    put(std::span(head), at + 1);
    put(std::span(head), entry.inode, 8);
    put(std::span(head), static_cast<std::uint32_t>(entry.name.size()), 16);
    put(std::span(head), std::uint32_t{static_cast<std::uint8_t>(entry.type)}, 20);
    append(room, head);
    append(room, std::as_bytes(std::span(entry.name)));
  }
  put(*place, static_cast<std::uint32_t>(size - room.size()));
  return {};
}

}  // namespace ionloom::wasi
