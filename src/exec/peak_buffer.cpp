#include "exec/peak_buffer.h"

#include <string>
#include <utility>

#include <sys/mman.h>

namespace ionloom::exec {

Result<PeakBuffer> PeakBuffer::create(std::uint64_t peaks) {
  PeakBuffer buffer;
  if (peaks == 0) return buffer;
  const std::size_t size_bytes = peaks * sizeof(imaging::Peak);
  void* memory =
      ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return fail(ErrorCode::kResource, {},
                "the system has no " + std::to_string(size_bytes >> 20) + " MB of memory for " +
                    std::to_string(peaks) + " peaks");
  }
  ::madvise(memory, size_bytes, MADV_HUGEPAGE);  // a wish; small pages do as well
  buffer.peaks_ = static_cast<imaging::Peak*>(memory);
  buffer.capacity_ = peaks;
  return buffer;
}

PeakBuffer::PeakBuffer(PeakBuffer&& other) noexcept
    : peaks_(std::exchange(other.peaks_, nullptr)), capacity_(std::exchange(other.capacity_, 0)) {}

PeakBuffer& PeakBuffer::operator=(PeakBuffer&& other) noexcept {
  std::swap(peaks_, other.peaks_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

PeakBuffer::~PeakBuffer() {
  if (peaks_ != nullptr) ::munmap(peaks_, capacity_ * sizeof(imaging::Peak));
}

}  // namespace ionloom::exec
