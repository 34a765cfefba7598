#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "imaging/peak_table.h"

namespace ionloom::exec {

/// Memory for many peaks, mapped by itself: nothing is written before the peaks are, large pages
/// are asked for (peaks are put into thousands of places at once), and all of it goes back to the
/// system at the end.
class PeakBuffer {
 public:
  PeakBuffer() = default;
  /// Room for `peaks` peaks. Fails (kResource) when the system has no such address range.
  [[nodiscard]] static Result<PeakBuffer> create(std::uint64_t peaks);

  PeakBuffer(PeakBuffer&& other) noexcept;
  PeakBuffer& operator=(PeakBuffer&& other) noexcept;
  PeakBuffer(const PeakBuffer&) = delete;
  PeakBuffer& operator=(const PeakBuffer&) = delete;
  ~PeakBuffer();

  [[nodiscard]] std::span<imaging::Peak> peaks() const { return {peaks_, capacity_}; }

 private:
  imaging::Peak* peaks_ = nullptr;
  std::size_t capacity_ = 0;
};

}  // namespace ionloom::exec
