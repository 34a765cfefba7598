#include "plan/peak_histogram.h"

#include <algorithm>

namespace ionloom::plan {

PeakHistogram::PeakHistogram(std::span<const std::uint64_t> counts, BucketOf bucket_of)
    : before_(counts.size() + 1), bucket_of_(bucket_of) {
  for (std::size_t i = 0; i < counts.size(); ++i) before_[i + 1] = before_[i] + counts[i];
}

std::uint64_t PeakHistogram::between(std::uint64_t first, std::uint64_t last) const {
  return first < last ? before_[last] - before_[first] : 0;
}

PeakRange PeakHistogram::peaks_in(MzRange range) const {
  if (!(range.low_mz <= range.high_mz)) return {};
  const std::uint64_t low = bucket_of_(range.low_mz);
  const std::uint64_t high = bucket_of_(range.high_mz);
  return {.least = between(low + 1, high), .most = between(low, high + 1)};
}

PeakRange PeakHistogram::peaks_in_each(std::span<const MzRange> ranges) const {
  PeakRange sum;
  for (const MzRange& range : ranges) {
    const PeakRange peaks = peaks_in(range);
    sum.least += peaks.least;
    sum.most += peaks.most;
  }
  return sum;
}

PeakRange PeakHistogram::peaks_in_union(std::span<const MzRange> ranges) const {
  PeakRange sum;
  std::uint64_t inside_end = 0;   // buckets before it are counted in `least`
  std::uint64_t touched_end = 0;  // buckets before it are counted in `most`
  for (const MzRange& range : ranges) {
    if (!(range.low_mz <= range.high_mz)) continue;
    const std::uint64_t low = bucket_of_(range.low_mz);
    const std::uint64_t high = bucket_of_(range.high_mz);
    sum.least += between(std::max(low + 1, inside_end), high);
    inside_end = std::max(inside_end, high);
    sum.most += between(std::max(low, touched_end), high + 1);
    touched_end = std::max(touched_end, high + 1);
  }
  return sum;
}

std::vector<std::uint32_t> PeakHistogram::equal_parts(std::uint32_t parts) const {
  std::vector<std::uint32_t> first;
  first.reserve(parts);
  for (std::uint32_t part = 0; part < parts; ++part) {
    // size() x part / parts without overflow.
    const std::uint64_t wanted = size() / parts * part + size() % parts * part / parts;
    const auto found = std::ranges::lower_bound(before_, wanted);
    first.push_back(static_cast<std::uint32_t>(found - before_.begin()));
  }
  return first;
}

}  // namespace ionloom::plan
