#include "wasi/file_calls.h"

#include <algorithm>
#include <limits>

#include "wasi/stat_layout.h"
#include "wasi/vectors.h"

namespace ionloom::wasi {
namespace {

constexpr std::uint64_t kMaxOffset = std::numeric_limits<std::int64_t>::max();
constexpr std::uint32_t kFdstatBytes = 24;
constexpr std::uint32_t kPrestatBytes = 8;
constexpr std::uint32_t kMaxAdvice = 5;
constexpr std::uint32_t kWillNeed = 3;

enum Whence : std::uint8_t { kSet = 0, kCurrent = 1, kEnd = 2 };

/// @param step  moves one piece at an offset: read or write
/// @return bytes moved; what failed after some had been moved is told by the next call
template <class Step>
Answer<std::uint64_t> move(const Vectors& vectors, std::uint64_t offset, const Step& step) {
  std::uint64_t total = 0;
  for (std::uint32_t i = 0; i < vectors.count(); ++i) {
    const auto piece = vectors[i];
    if (!piece) return refuse(piece.error());
    if (piece->empty()) continue;
    const auto moved = step(offset + total, *piece);
    if (!moved && total == 0) return refuse(moved.error());
    if (!moved) break;
    total += *moved;
    if (*moved < piece->size()) break;
  }
  return total;
}

Answer<std::uint64_t> read_into(Descriptor& from, const Vectors& vectors, std::uint64_t offset) {
  if (from.file->folder() != nullptr) return refuse(Errno::kIsdir);
  if (!from.reads) return refuse(Errno::kBadf);
  return move(vectors, offset, [&](std::uint64_t at, std::span<std::byte> piece) {
    return from.file->read(at, piece);
  });
}

Answer<std::uint64_t> write_from(Descriptor& to, const Vectors& vectors, std::uint64_t offset) {
  if (!to.writes || to.file->folder() != nullptr) return refuse(Errno::kBadf);
  return move(vectors, offset, [&](std::uint64_t at, std::span<std::byte> piece) {
    return to.file->write(at, piece);
  });
}

/// What every call that reads or writes names: from where or to where, in which pieces of the
/// guest's memory, and where it tells how much that was. All of it is there before anything is
/// moved.
struct Transfer {
  Descriptor* descriptor;
  std::span<std::byte> told;
  Vectors vectors;

  [[nodiscard]] static Answer<Transfer> at(DescriptorTable& table, const GuestMemory& memory,
                                           std::uint32_t fd, std::uint32_t vectors,
                                           std::uint32_t count, std::uint32_t out) {
    const auto found = table.at(fd);
    if (!found) return refuse(found.error());
    const auto place = memory.place<std::uint32_t>(out);
    if (!place) return refuse(place.error());
    const auto list = Vectors::at(memory, vectors, count);
    if (!list) return refuse(list.error());
    return Transfer{*found, *place, *list};
  }

  /// Whether it may name an offset: kSpipe for what has none. Folders are told of otherwise.
  [[nodiscard]] Answer<void> check_offset() const {
    if (descriptor->file->folder() != nullptr || descriptor->file->seekable()) return {};
    return refuse(Errno::kSpipe);
  }

  void tell(std::uint64_t moved_bytes) const { put(told, static_cast<std::uint32_t>(moved_bytes)); }
};

Answer<Descriptor*> seekable_at(DescriptorTable& table, std::uint32_t fd) {
  const auto found = table.at(fd);
  if (!found) return found;
  if ((*found)->file->folder() != nullptr) return refuse(Errno::kBadf);
  if (!(*found)->file->seekable()) return refuse(Errno::kSpipe);
  return found;
}

Answer<Descriptor*> writable_at(DescriptorTable& table, std::uint32_t fd) {
  const auto found = table.at(fd);
  if (found && (!(*found)->writes || (*found)->file->folder() != nullptr)) {
    return refuse(Errno::kBadf);
  }
  return found;
}

}  // namespace

Answer<void> FileCalls::fd_advise(Memory /*memory*/, Fd fd, std::uint64_t offset,
                                  std::uint64_t length, std::uint32_t advice) {
  const auto found = seekable_at(table_, fd);
  if (!found) return refuse(found.error());
  if (advice > kMaxAdvice || offset > kMaxOffset || length > kMaxOffset) {
    return refuse(Errno::kInval);
  }
  if (advice == kWillNeed && (*found)->reads) (*found)->file->will_need(offset, length);
  return {};
}

Answer<void> FileCalls::fd_allocate(Memory /*memory*/, Fd fd, std::uint64_t offset,
                                    std::uint64_t length) {
  const auto found = writable_at(table_, fd);
  if (!found) return refuse(found.error());
  if (length == 0 || offset > kMaxOffset || length > kMaxOffset - offset) {
    return refuse(Errno::kInval);
  }
  const auto size = (*found)->file->size_bytes();
  if (!size) return refuse(size.error());
  return *size >= offset + length ? Answer<void>{} : (*found)->file->set_size(offset + length);
}

Answer<void> FileCalls::fd_close(Memory /*memory*/, Fd fd) {
  return table_.close(fd);
}

Answer<void> FileCalls::fd_datasync(Memory memory, Fd fd) {
  return fd_sync(memory, fd);
}

Answer<void> FileCalls::fd_sync(Memory /*memory*/, Fd fd) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  return (*found)->file->sync();
}

Answer<void> FileCalls::fd_fdstat_get(Memory memory, Fd fd, Address out) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  const auto place = memory.range(out, kFdstatBytes);
  if (!place) return refuse(place.error());
  const auto status = (*found)->file->stat();
  if (!status) return refuse(status.error());
  put(*place, std::uint16_t{static_cast<std::uint8_t>(status->type)});
  put(*place, std::uint32_t{(*found)->flags}, 2);
  put(*place, std::uint16_t{0}, 6);
  put(*place, (*found)->rights(), 8);
  put(*place, (*found)->inheriting(), 16);
  return {};
}

Answer<void> FileCalls::fd_fdstat_set_flags(Memory /*memory*/, Fd fd, std::uint32_t flags) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  if (flags > kAllFlags) return refuse(Errno::kInval);
  (*found)->flags = static_cast<std::uint16_t>(flags);
  (*found)->file->set_append((flags & kFlagAppend) != 0);
  return {};
}

Answer<void> FileCalls::fd_fdstat_set_rights(Memory /*memory*/, Fd fd, std::uint64_t base,
                                             std::uint64_t inheriting) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  const bool more =
      (base & ~(*found)->rights()) != 0 || (inheriting & ~(*found)->inheriting()) != 0;
  if (more) return refuse(Errno::kNotcapable);
  (*found)->reads = (*found)->reads && (base & kRightRead) != 0;
  (*found)->writes = (*found)->writes && (base & kRightWrite) != 0;
  return {};
}

Answer<void> FileCalls::fd_filestat_get(Memory memory, Fd fd, Address out) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  const auto place = memory.range(out, kFilestatBytes);
  if (!place) return refuse(place.error());
  const auto status = (*found)->file->stat();
  if (!status) return refuse(status.error());
  put_stat(*place, *status);
  return {};
}

Answer<void> FileCalls::fd_filestat_set_size(Memory /*memory*/, Fd fd, std::uint64_t size) {
  const auto found = writable_at(table_, fd);
  if (!found) return refuse(found.error());
  if (size > kMaxOffset) return refuse(Errno::kInval);
  return (*found)->file->set_size(size);
}

Answer<void> FileCalls::fd_filestat_set_times(Memory /*memory*/, Fd fd, std::uint64_t accessed,
                                              std::uint64_t modified, std::uint32_t which) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  const auto times = new_times(accessed, modified, which);
  if (!times) return refuse(times.error());
  return (*found)->file->set_times(*times);
}

Answer<void> FileCalls::fd_pread(Memory memory, Fd fd, Address vectors, Count count,
                                 std::uint64_t offset, Address out) {
  const auto call = Transfer::at(table_, memory, fd, vectors, count, out);
  if (!call) return refuse(call.error());
  if (const auto may = call->check_offset(); !may) return may;
  const auto read = read_into(*call->descriptor, call->vectors, offset);
  if (!read) return refuse(read.error());
  call->tell(*read);
  return {};
}

Answer<void> FileCalls::fd_read(Memory memory, Fd fd, Address vectors, Count count, Address out) {
  const auto call = Transfer::at(table_, memory, fd, vectors, count, out);
  if (!call) return refuse(call.error());
  Descriptor& from = *call->descriptor;
  const auto read = read_into(from, call->vectors, from.position_bytes);
  if (!read) return refuse(read.error());
  from.position_bytes += *read;
  call->tell(*read);
  return {};
}

Answer<void> FileCalls::fd_pwrite(Memory memory, Fd fd, Address vectors, Count count,
                                  std::uint64_t offset, Address out) {
  const auto call = Transfer::at(table_, memory, fd, vectors, count, out);
  if (!call) return refuse(call.error());
  if (const auto may = call->check_offset(); !may) return may;
  const auto written = write_from(*call->descriptor, call->vectors, offset);
  if (!written) return refuse(written.error());
  call->tell(*written);
  return {};
}

Answer<void> FileCalls::fd_write(Memory memory, Fd fd, Address vectors, Count count, Address out) {
  const auto call = Transfer::at(table_, memory, fd, vectors, count, out);
  if (!call) return refuse(call.error());
  Descriptor& to = *call->descriptor;
  const auto written = write_from(to, call->vectors, to.position_bytes);
  if (!written) return refuse(written.error());
  to.position_bytes += *written;
  if ((to.flags & kFlagAppend) != 0) {
    if (const auto size = to.file->size_bytes()) to.position_bytes = *size;
  }
  call->tell(*written);
  return {};
}

Answer<void> FileCalls::fd_prestat_get(Memory memory, Fd fd, Address out) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  if (!(*found)->given_as) return refuse(Errno::kBadf);
  const auto place = memory.range(out, kPrestatBytes);
  if (!place) return refuse(place.error());
  put(*place, std::uint32_t{0});  // a folder
  put(*place, static_cast<std::uint32_t>((*found)->given_as->size()), 4);
  return {};
}

Answer<void> FileCalls::fd_prestat_dir_name(Memory memory, Fd fd, Address path, Count size) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  if (!(*found)->given_as) return refuse(Errno::kBadf);
  const std::string& name = *(*found)->given_as;
  if (size < name.size()) return refuse(Errno::kNametoolong);
  const auto place = memory.range(path, static_cast<std::uint32_t>(name.size()));
  if (!place) return refuse(place.error());
  std::ranges::copy(std::as_bytes(std::span(name)), place->begin());
  return {};
}

Answer<void> FileCalls::fd_renumber(Memory /*memory*/, Fd from, Fd to) {
  return table_.renumber(from, to);
}

Answer<void> FileCalls::fd_seek(Memory memory, Fd fd, std::int64_t delta, std::uint32_t whence,
                                Address out) {
  const auto found = seekable_at(table_, fd);
  if (!found) return refuse(found.error());
  const auto place = memory.place<std::uint64_t>(out);
  if (!place) return refuse(place.error());
  std::uint64_t base = 0;
  if (whence == kCurrent) {
    base = (*found)->position_bytes;
  } else if (whence == kEnd) {
    const auto size = (*found)->file->size_bytes();
    if (!size) return refuse(size.error());
    base = *size;
  } else if (whence != kSet) {
    return refuse(Errno::kInval);
  }
  // Unsigned, so that what wraps around is seen to be too large, below 0 or beyond the end.
  const std::uint64_t position = base + static_cast<std::uint64_t>(delta);
  if (base > kMaxOffset || position > kMaxOffset) return refuse(Errno::kInval);
  (*found)->position_bytes = position;
  put(*place, position);
  return {};
}

Answer<void> FileCalls::fd_tell(Memory memory, Fd fd, Address out) {
  return fd_seek(memory, fd, 0, kCurrent, out);
}

}  // namespace ionloom::wasi
