#include "exec/run_file.h"

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "files/output_file.h"
#include "files/read_at.h"
#include "tasks/checksum.h"

namespace ionloom::exec {
namespace {

using tasks::checksum;

struct OpenFile {
  explicit OpenFile(const std::filesystem::path& path)
      : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor >= 0) ::close(descriptor);
  }

  int descriptor;
};

/// A file that is open and has no name any more.
Result<RunReader::ReadBytes> open_nameless(const std::filesystem::path& path) {
  auto file = std::make_shared<const OpenFile>(path);
  if (file->descriptor < 0) return std::unexpected(files::file_error(path, "be opened", errno));
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  return [file, path](std::uint64_t offset_bytes, std::span<std::byte> into) {
    return files::read_at(file->descriptor, path, offset_bytes, into);
  };
}

}  // namespace

Result<RunReader> write_run_file(const std::filesystem::path& path,
                                 std::span<const imaging::Peak> peaks, std::uint64_t first_spectrum,
                                 std::uint64_t last_spectrum) {
  auto file = files::OutputFile::create(path);
  if (!file) return std::unexpected(file.error());
  stages::RunHeader header{.peaks = peaks.size(),
                           .first_spectrum = first_spectrum,
                           .last_spectrum = last_spectrum,
                           .index_checksum = 0};
  std::vector<stages::RunIndexEntry> entries;
  entries.reserve(header.blocks());

  std::vector<std::byte> bytes(stages::kRunBlockBytes);
  auto written = file->write(stages::encode_run_header(header));
  for (std::uint64_t block = 0; written && block < header.blocks(); ++block) {
    const std::size_t count = header.peaks_of(block);
    const auto rows = peaks.subspan(block * stages::kRunBlockPeaks, count);
    const auto encoded = std::span(bytes).first(count * sizeof(imaging::Peak));
    stages::encode_run_block(rows, encoded);
    entries.push_back({rows.front().mz, checksum(encoded)});
    written = file->write(std::span<const std::byte>(encoded));
  }
  const auto index = std::as_bytes(std::span(entries));
  header.index_checksum = checksum(index);
  if (written) written = file->write(index);
  if (written) {
    const auto first = stages::encode_run_header(header);
    written = file->overwrite(0, {reinterpret_cast<const char*>(first.data()), first.size()});
  }
  if (written) written = file->commit();
  if (!written) return std::unexpected(written.error());
  auto read = open_nameless(path);
  if (!read) return std::unexpected(read.error());
  return RunReader(path.string(), header, std::move(entries), std::move(*read));
}

Result<RunReader> adopt_run_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::uint64_t size_bytes = std::filesystem::file_size(path, error);
  if (error) return std::unexpected(files::file_error(path, "be read", error.value()));
  auto read = open_nameless(path);
  if (!read) return std::unexpected(read.error());
  return RunReader::open(path.string(), size_bytes, std::move(*read));
}

}  // namespace ionloom::exec
