#include "chem/mass_order.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "chem/lanes.h"

namespace ionloom::chem {
namespace {

/// Comparisons grow with the square: from here on sorting is faster.
constexpr std::size_t kMostCounted = 256;
/// A key's unit, 1.5e-8 u: finer than the differences of isotopologues, so that keys are distinct.
constexpr double kKeysPerMass = 0x1p26;
constexpr double kKeyRange = 0x1p30;

}  // namespace

/// @return false when two keys are equal or masses further apart than keys reach; the peaks are
/// then as they were
bool MassOrder::sort_by_counting(std::vector<PatternPeak>& peaks) {
  constexpr std::size_t kLanes = 4;
  const std::size_t count = peaks.size();
  keys_.resize((count + kLanes - 1) / kLanes * kLanes);
  const double origin = peaks.front().mz;
  bool in_range = true;
  for (std::size_t i = 0; i < count; ++i) {
    const double key = (peaks[i].mz - origin) * kKeysPerMass;
    in_range &= key > -kKeyRange && key < kKeyRange;
    keys_[i] = static_cast<std::int32_t>(std::clamp(key, -kKeyRange, kKeyRange));
  }
  if (!in_range) return false;
  std::fill(keys_.begin() + static_cast<std::ptrdiff_t>(count), keys_.end(),
            std::numeric_limits<std::int32_t>::max());

  sorted_.resize(count);
  std::size_t places = 0;
  for (std::size_t i = 0; i < count; i += kLanes) {
    QuadBits own;
    std::memcpy(&own, keys_.data() + i, sizeof own);
    QuadBits place{};
    for (std::size_t j = 0; j < count; ++j) {
      const QuadBits other = {keys_[j], keys_[j], keys_[j], keys_[j]};
      place -= other < own;
    }
    for (std::size_t k = 0; k < std::min(kLanes, count - i); ++k) {
      const auto to = static_cast<std::size_t>(place[k]);
      sorted_[to] = peaks[i + k];
      places += to;
    }
  }
  // Two with one key share a place.
  if (places != count * (count - 1) / 2) return false;
  std::ranges::copy(sorted_, peaks.begin());
  return true;
}

std::uint64_t MassOrder::memory_bound_bytes() {
  return kMostCounted * (sizeof(std::int32_t) + sizeof(PatternPeak));
}

void MassOrder::sort(std::vector<PatternPeak>& peaks) {
  if (peaks.size() <= kMostCounted && sort_by_counting(peaks)) return;
  std::ranges::sort(peaks, [](const PatternPeak& a, const PatternPeak& b) {
    return a.mz != b.mz ? a.mz < b.mz : a.intensity > b.intensity;
  });
}

}  // namespace ionloom::chem
