#include <algorithm>
#include <cmath>
#include <cstdint>

#include "stages/ingest.h"

namespace ionloom::stages {
namespace {

using imaging::Peak;

/// Peaks that are distributed at once: 8 MB of scratch.
constexpr std::size_t kScratchPeaks = std::size_t{1} << 19;
/// Up to so many peaks are sorted by insertion.
constexpr std::size_t kInsertionPeaks = 32;
/// Slots that peaks are distributed over: half as many as there are peaks.
constexpr std::size_t kMaxSlots = kScratchPeaks / 2;

void insertion_sort(std::span<Peak> peaks) {
  for (std::size_t i = 1; i < peaks.size(); ++i) {
    if (peaks[i - 1].mz <= peaks[i].mz) continue;
    const Peak peak = peaks[i];
    std::size_t k = i;
    for (; k > 0 && peaks[k - 1].mz > peak.mz; --k) peaks[k] = peaks[k - 1];
    peaks[k] = peak;
  }
}

/// Merges two neighbouring sorted runs without scratch: the longer one is halved, the same place
/// found in the other, what lies between rotated, both sides merged.
/// Source: the buffer-less merge of A. Stepanov's generic algorithms (Elements of
/// Programming, 11.3).
void merge_in_place(std::span<Peak> peaks, std::size_t middle) {
  if (middle == 0 || middle == peaks.size()) return;
  if (peaks[middle - 1].mz <= peaks[middle].mz) return;
  if (peaks.size() == 2) {
    std::swap(peaks[0], peaks[1]);
    return;
  }
  const auto begin = peaks.begin();
  const auto split = begin + static_cast<std::ptrdiff_t>(middle);
  auto left = begin;
  auto right = split;
  if (middle > peaks.size() - middle) {
    left += static_cast<std::ptrdiff_t>(middle / 2);
    right = std::ranges::lower_bound(split, peaks.end(), left->mz, {}, &Peak::mz);
  } else {
    right += static_cast<std::ptrdiff_t>((peaks.size() - middle) / 2);
    left = std::ranges::upper_bound(begin, split, right->mz, {}, &Peak::mz);
  }
  const auto left_length = static_cast<std::size_t>(left - begin);
  const auto pivot = static_cast<std::size_t>(std::rotate(left, split, right) - begin);
  merge_in_place(peaks.first(pivot), left_length);
  merge_in_place(peaks.subspan(pivot), middle - left_length);
}

}  // namespace

PeakSorter::PeakSorter()
    : scratch_(std::make_unique_for_overwrite<Peak[]>(kScratchPeaks)), ends_(kMaxSlots + 1) {}

void PeakSorter::sort(std::span<Peak> peaks) {
  if (peaks.size() <= kInsertionPeaks) {
    insertion_sort(peaks);
  } else if (std::ranges::is_sorted(peaks, {}, &Peak::mz)) {
    return;
  } else if (peaks.size() <= kScratchPeaks) {
    distribute(peaks);
  } else {
    const std::size_t middle = peaks.size() / 2;
    sort(peaks.first(middle));
    sort(peaks.subspan(middle));
    merge_in_place(peaks, middle);
  }
}

void PeakSorter::distribute(std::span<Peak> peaks) {
  const auto [low, high] = std::ranges::minmax(peaks, {}, &Peak::mz);
  const std::size_t slots = peaks.size() / 2;
  const double scale = static_cast<double>(slots) / (high.mz - low.mz);
  if (!std::isfinite(scale)) {  // m/z that differ by next to nothing around 0
    std::ranges::stable_sort(peaks, {}, &Peak::mz);
    return;
  }
  // Monotonic in m/z, since every rounded operation is.
  const auto slot_of = [&](const Peak& peak) {
    // By way of a signed number, which every machine converts to in one instruction.
    const auto slot = static_cast<std::int32_t>((peak.mz - low.mz) * scale);
    return std::min(static_cast<std::size_t>(slot), slots - 1);
  };
  const auto ends = std::span(ends_).first(slots + 1);
  std::ranges::fill(ends, 0);
  for (const Peak& peak : peaks) ++ends[slot_of(peak) + 1];
  for (std::size_t slot = 0; slot < slots; ++slot) ends[slot + 1] += ends[slot];
  for (const Peak& peak : peaks) scratch_[ends[slot_of(peak)]++] = peak;
  std::ranges::copy_n(scratch_.get(), static_cast<std::ptrdiff_t>(peaks.size()), peaks.begin());

  // ends[s] is the end of slot s now. Slots that a few near m/z share are sorted like the whole;
  // their own range is what is distributed then, so that this ends.
  std::uint32_t longest = 0;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    longest = std::max(longest, ends[slot] - (slot == 0 ? 0 : ends[slot - 1]));
  }
  if (longest <= kInsertionPeaks) {
    insertion_sort(peaks);
    return;
  }
  const std::vector<std::uint32_t> slot_ends(ends.begin(), ends.end());
  std::size_t begin = 0;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    sort(peaks.subspan(begin, slot_ends[slot] - begin));
    begin = slot_ends[slot];
  }
}

std::uint64_t PeakSorter::memory_bound_bytes() {
  // distribute() keeps the ends of its slots while it sorts what shares one; slots in use at every
  // depth add up to less than twice the first's.
  return kScratchPeaks * sizeof(Peak) + 3 * (kMaxSlots + 1) * sizeof(std::uint32_t);
}

}  // namespace ionloom::stages
