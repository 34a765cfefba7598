#include "wasi/geds_calls.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "wasi/vectors.h"

namespace ionloom::wasi {
namespace {

/// { u64 offset; u32 address; u32 size; }
constexpr std::uint32_t kRangeBytes = 16;
/// Longer no call of the host waits: a program is stopped only between calls.
constexpr std::uint32_t kMaxPatienceMs = 10'000;
constexpr std::uint32_t kMaxMetadataBytes = 64 << 10;

}  // namespace

Answer<void> GedsCalls::read_ranges(GuestMemory memory, std::uint32_t fd, std::uint32_t ranges,
                                    std::uint32_t count, std::uint32_t out) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  const auto place = memory.place<std::uint64_t>(out);
  if (!place) return refuse(place.error());
  if (count > kMaxVectors) return refuse(Errno::kInval);
  const auto list = memory.range(ranges, count * kRangeBytes);
  if (!list) return refuse(list.error());
  OpenFile& file = *(*found)->file;
  if (!(*found)->reads || !file.seekable()) return refuse(Errno::kBadf);
  std::uint64_t total = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto range = list->subspan(std::size_t{i} * kRangeBytes, kRangeBytes);
    auto into = memory.range(value_at<std::uint32_t>(range, 8), value_at<std::uint32_t>(range, 12));
    if (!into) return refuse(into.error());
    auto offset = value_at<std::uint64_t>(range, 0);
    while (!into->empty()) {
      const auto read = file.read(offset, *into);
      if (!read) return refuse(read.error());
      if (*read == 0) break;
      total += *read;
      offset += *read;
      *into = into->subspan(*read);
    }
  }
  put(*place, total);
  return {};
}

Answer<void> GedsCalls::metadata(GuestMemory memory, std::uint32_t fd, std::uint32_t into,
                                 std::uint32_t size, std::uint32_t out) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  const auto room = memory.range(into, size);
  if (!room) return refuse(room.error());
  const auto place = memory.place<std::uint32_t>(out);
  if (!place) return refuse(place.error());
  const auto bytes = (*found)->file->metadata();
  if (!bytes) return refuse(bytes.error());
  const auto there = std::as_bytes(std::span(*bytes));
  std::ranges::copy(there.first(std::min(there.size(), room->size())), room->begin());
  put(*place, static_cast<std::uint32_t>(there.size()));
  return {};
}

Answer<void> GedsCalls::set_metadata(GuestMemory memory, std::uint32_t fd, std::uint32_t bytes,
                                     std::uint32_t size) {
  const auto found = table_.at(fd);
  if (!found) return refuse(found.error());
  const auto text = memory.text(bytes, size);
  if (!text) return refuse(text.error());
  if (size > kMaxMetadataBytes) return refuse(Errno::kInval);
  return (*found)->file->set_metadata(std::string(*text));
}

Answer<void> GedsCalls::watch(GuestMemory memory, std::uint32_t fd, std::uint32_t patience_ms,
                              std::uint32_t out) {
  const auto folder = table_.folder_at(fd);
  if (!folder) return refuse(folder.error());
  const auto place = memory.place<std::uint32_t>(out);
  if (!place) return refuse(place.error());
  if (table_.full()) return refuse(Errno::kMfile);
  auto watch = (*folder)->watch(std::chrono::milliseconds(std::min(patience_ms, kMaxPatienceMs)));
  if (!watch) return refuse(watch.error());
  const auto number = table_.add({.file = *std::move(watch), .writes = false});
  if (!number) return refuse(number.error());
  put(*place, *number);
  return {};
}

}  // namespace ionloom::wasi
