#include "exec/joined_reads.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "stages/peak_run.h"

namespace ionloom::exec {
namespace {

/// Of all objects together. Half of what a place far away keeps (StageStore): a task reads again
/// some blocks that the one before has read.
constexpr std::uint64_t kAheadBytes = std::uint64_t{32} << 20;

}  // namespace

JoinedReads::JoinedReads(std::span<const tasks::Task> tasks, TaskObjects& objects,
                         std::uint64_t readers)
    : objects_(objects) {
  std::map<std::string, std::vector<std::pair<std::uint64_t, std::uint64_t>>> ranges;
  std::uint64_t places = 1;
  for (const tasks::Task& task : tasks) {
    std::set<std::string_view> own;
    for (const tasks::TaskInput& input : task.inputs) {
      ranges[input.object].emplace_back(input.offset_bytes,
                                        input.offset_bytes + input.length_bytes);
      own.insert(input.object);
    }
    places = std::max<std::uint64_t>(places, own.size());
  }
  places *= std::max<std::uint64_t>(readers, 1);
  ahead_bytes_ = std::max<std::uint64_t>(1, kAheadBytes / places / stages::kRunBlockBytes) *
                 stages::kRunBlockBytes;
  for (auto& [object, own] : ranges) {
    std::ranges::sort(own);
    Stretches& stretches = stretches_[object];
    auto last = stretches.end();
    for (const auto& [begin, end] : own) {
      if (last != stretches.end() && begin <= last->second) {
        last->second = std::max(last->second, end);
      } else {
        last = stretches.emplace(begin, end).first;
      }
    }
  }
}

Result<void> JoinedReads::read_within(const std::string& object, store::ByteRange range,
                                      std::uint64_t offset_bytes, std::span<std::byte> into) {
  const auto stretches = stretches_.find(object);
  if (stretches == stretches_.end()) {
    return objects_.read_within(object, range, offset_bytes, into);
  }
  const auto after = stretches->second.upper_bound(offset_bytes);
  const std::uint64_t wanted_end = offset_bytes + into.size();
  if (after == stretches->second.begin() || std::prev(after)->second < wanted_end) {
    return objects_.read_within(object, range, offset_bytes, into);
  }
  const std::uint64_t end =
      std::min(std::prev(after)->second, std::max(wanted_end, offset_bytes + ahead_bytes_));
  return objects_.read_within(object, {offset_bytes, end - offset_bytes}, offset_bytes, into);
}

}  // namespace ionloom::exec
