#include "wasi/host_stream.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <unistd.h>

#include "wasi/host_descriptor.h"
#include "wasm/limits.h"

namespace ionloom::wasi {

/// Without what would tell the program apart which file or terminal of the host it is.
Answer<FileStat> HostStream::stat() {
  auto status = stat_of_descriptor(descriptor_);
  if (!status) return status;
  return FileStat{.device = 0, .inode = 0, .type = status->type, .links = 1};
}

bool HostStream::ready(std::chrono::nanoseconds patience) const {
  pollfd input{.fd = descriptor_, .events = POLLIN, .revents = 0};
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(patience);
  return ::poll(&input, 1, static_cast<int>(std::max<std::int64_t>(wait.count(), 0))) != 0;
}

Answer<std::size_t> HostStream::read(std::uint64_t /*offset_bytes*/, std::span<std::byte> into) {
  if (into.empty()) return 0;
  // The clock that stops a program does not reach into calls of the host.
  while (stopped_ && !ready(wasm::kEpoch)) {
    if (stopped_()) return refuse(Errno::kIntr);
  }
  const ssize_t count = ::read(descriptor_, into.data(), into.size());
  if (count < 0) return refuse(errno_of_host(errno));
  return static_cast<std::size_t>(count);
}

Answer<std::size_t> HostStream::write(std::uint64_t /*offset_bytes*/,
                                      std::span<const std::byte> bytes) {
  const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
  if (count < 0) return refuse(errno_of_host(errno));
  return static_cast<std::size_t>(count);
}

}  // namespace ionloom::wasi
