#include "wasi/host_descriptor.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ionloom::wasi {
namespace {

constexpr std::uint64_t kNewFileMode = 0666;

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::kRegular;
  if (S_ISDIR(mode)) return FileType::kFolder;
  if (S_ISLNK(mode)) return FileType::kSymlink;
  if (S_ISCHR(mode)) return FileType::kCharacterDevice;
  if (S_ISBLK(mode)) return FileType::kBlockDevice;
  return FileType::kUnknown;
}

std::uint64_t nanoseconds(const timespec& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

Answer<FileStat> stat_of_descriptor(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return refuse(errno_of_host(errno));
  return FileStat{.device = status.st_dev,
                  .inode = status.st_ino,
                  .type = type_of(status.st_mode),
                  .links = status.st_nlink,
                  .size_bytes = static_cast<std::uint64_t>(status.st_size),
                  .accessed_ns = nanoseconds(status.st_atim),
                  .modified_ns = nanoseconds(status.st_mtim),
                  .changed_ns = nanoseconds(status.st_ctim)};
}

Answer<store::Descriptor> open_beneath(int folder, const std::string& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.mode = (flags & O_CREAT) != 0 ? kNewFileMode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (;;) {
    const auto opened = ::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof(how));
    if (opened >= 0) return store::Descriptor(static_cast<int>(opened));
    if (errno == EAGAIN || errno == EINTR) continue;  // another process renamed what was looked at
    return refuse(errno == EXDEV ? Errno::kPerm : errno_of_host(errno));
  }
}

}  // namespace ionloom::wasi
