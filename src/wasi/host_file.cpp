#include "wasi/host_file.h"

#include <cerrno>
#include <limits>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ionloom::wasi {
namespace {

constexpr std::uint64_t kMaxOffset = std::numeric_limits<off_t>::max();

timespec to_host(const std::optional<NewTimes::Time>& time) {
  if (!time) return {.tv_sec = 0, .tv_nsec = UTIME_OMIT};
  if (time->now) return {.tv_sec = 0, .tv_nsec = UTIME_NOW};
  return {.tv_sec = static_cast<time_t>(time->ns / 1'000'000'000),
          .tv_nsec = static_cast<std::int64_t>(time->ns % 1'000'000'000)};
}

}  // namespace

void to_host(const NewTimes& times, std::span<timespec, 2> host) {
  host[0] = to_host(times.accessed);
  host[1] = to_host(times.modified);
}

Answer<std::size_t> HostFile::read(std::uint64_t offset_bytes, std::span<std::byte> into) {
  if (offset_bytes > kMaxOffset) return refuse(Errno::kInval);
  const ssize_t count =
      ::pread(file_.number(), into.data(), into.size(), static_cast<off_t>(offset_bytes));
  if (count < 0) return refuse(errno_of_host(errno));
  return static_cast<std::size_t>(count);
}

Answer<std::size_t> HostFile::write(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
  if (offset_bytes > kMaxOffset) return refuse(Errno::kFbig);
  if (auto left = quotas_->take_bytes(bytes.size()); !left) return refuse(left.error());
  const ssize_t count =
      ::pwrite(file_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset_bytes));
  if (count < 0) return refuse(errno_of_host(errno));
  return static_cast<std::size_t>(count);
}

void HostFile::set_append(bool append) {
  const int flags = ::fcntl(file_.number(), F_GETFL);
  ::fcntl(file_.number(), F_SETFL, append ? flags | O_APPEND : flags & ~O_APPEND);
}

Answer<std::uint64_t> HostFile::size_bytes() {
  const auto status = stat();
  if (!status) return refuse(status.error());
  return status->size_bytes;
}

Answer<void> HostFile::set_size(std::uint64_t size_bytes) {
  if (size_bytes > kMaxOffset) return refuse(Errno::kFbig);
  const auto now = this->size_bytes();
  if (!now) return refuse(now.error());
  if (size_bytes > *now) {
    if (auto left = quotas_->take_bytes(size_bytes - *now); !left) return left;
  }
  if (::ftruncate(file_.number(), static_cast<off_t>(size_bytes)) != 0) {
    return refuse(errno_of_host(errno));
  }
  return {};
}

void HostFile::will_need(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
  if (offset_bytes > kMaxOffset || length_bytes > kMaxOffset) return;
  ::posix_fadvise(file_.number(), static_cast<off_t>(offset_bytes),
                  static_cast<off_t>(length_bytes), POSIX_FADV_WILLNEED);
}

Answer<void> HostFile::sync() {
  if (::fsync(file_.number()) != 0) return refuse(errno_of_host(errno));
  return {};
}

Answer<void> HostFile::set_times(const NewTimes& times) {
  std::array<timespec, 2> host{};
  to_host(times, host);
  if (::futimens(file_.number(), host.data()) != 0) return refuse(errno_of_host(errno));
  return {};
}

}  // namespace ionloom::wasi
