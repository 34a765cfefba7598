#include "wasi/geds_calls.h"

#include <algorithm>
#include <chrono>

#include "wasi/vectors.h"

namespace ionloom::wasi {
namespace {

/// { u64 offset; u32 address; u32 size; }
constexpr std::uint32_t kRangeBytes = 16;
/// Longer no call of the host waits: a program is stopped only between calls.
constexpr std::uint32_t kMaxPatienceMs = 10'000;

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
