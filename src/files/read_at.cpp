#include "files/read_at.h"

#include <cerrno>

#include <fmt/core.h>
#include <unistd.h>

#include "files/output_file.h"

namespace ionloom::files {

Result<void> read_at(int descriptor, const std::filesystem::path& path, std::uint64_t offset_bytes,
                     std::span<std::byte> into) {
  while (!into.empty()) {
    const ssize_t got =
        ::pread(descriptor, into.data(), into.size(), static_cast<off_t>(offset_bytes));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(file_error(path, "be read", errno));
    if (got == 0) {
      return data_error(path.string(),
                        fmt::format("ends at byte {}, expected {} more; it was cut while it was "
                                    "read",
                                    offset_bytes, into.size()));
    }
    offset_bytes += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

}  // namespace ionloom::files
