#include "exec/run_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "files/output_file.h"
#include "files/read_at.h"
#include "tasks/checksum.h"

namespace ionloom::exec {

using tasks::checksum;

namespace {

/// Blocks that are read at once: 1 MB.
constexpr std::size_t kBlocksPerRead = 16;

}  // namespace

Result<RunFile> RunFile::write(const std::filesystem::path& path,
                               std::span<const imaging::Peak> peaks, std::uint64_t first_spectrum,
                               std::uint64_t last_spectrum) {
  auto file = files::OutputFile::create(path);
  if (!file) return std::unexpected(file.error());
  RunFile run;
  run.path_ = path;
  run.header_ = {.peaks = peaks.size(),
                 .first_spectrum = first_spectrum,
                 .last_spectrum = last_spectrum,
                 .index_checksum = 0};
  run.index_.reserve(run.header_.blocks());

  std::vector<std::byte> bytes(stages::kRunBlockBytes);
  auto written = file->write(stages::encode_run_header(run.header_));
  for (std::uint64_t block = 0; written && block < run.header_.blocks(); ++block) {
    const std::size_t count = run.header_.peaks_of(block);
    const auto rows = peaks.subspan(block * stages::kRunBlockPeaks, count);
    const auto encoded = std::span(bytes).first(count * sizeof(imaging::Peak));
    stages::encode_run_block(rows, encoded);
    run.index_.push_back({rows.front().mz, checksum(encoded)});
    written = file->write(std::span<const std::byte>(encoded));
  }
  const auto index = std::as_bytes(std::span(run.index_));
  run.header_.index_checksum = checksum(index);
  if (written) written = file->write(index);
  if (written) {
    const auto header = stages::encode_run_header(run.header_);
    written = file->overwrite(0, {reinterpret_cast<const char*>(header.data()), header.size()});
  }
  run.size_bytes_ = file->size_bytes();
  if (written) written = file->commit();
  if (!written) return std::unexpected(written.error());
  if (auto opened = run.open(); !opened) return std::unexpected(opened.error());
  return run;
}

Result<void> RunFile::open() {
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) return std::unexpected(files::file_error(path_, "be opened", errno));
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  return {};
}

Result<RunFile> RunFile::adopt(const std::filesystem::path& path) {
  RunFile run;
  run.path_ = path;
  std::error_code error;
  run.size_bytes_ = std::filesystem::file_size(path, error);
  if (error) return std::unexpected(files::file_error(path, "be read", error.value()));
  if (auto opened = run.open(); !opened) return std::unexpected(opened.error());
  std::array<std::byte, stages::kRunHeaderBytes> bytes{};
  if (run.size_bytes_ < bytes.size()) return data_error(path.string(), "too short for a run");
  if (auto read = run.read_bytes(0, bytes); !read) return std::unexpected(read.error());
  const auto header = stages::decode_run_header(bytes);
  if (!header) return data_error(path.string(), header.error().what);
  run.header_ = *header;
  if (header->peaks > run.size_bytes_ || file_bytes(header->peaks) != run.size_bytes_) {
    return data_error(path.string(), "has " + std::to_string(run.size_bytes_) +
                                         " bytes, which is no run of " +
                                         std::to_string(header->peaks) + " peaks");
  }
  run.index_.resize(header->blocks());
  const auto index = std::as_writable_bytes(std::span(run.index_));
  if (auto read = run.read_bytes(header->index_offset_bytes(), index); !read) {
    return std::unexpected(read.error());
  }
  if (checksum(index) == header->index_checksum) return run;
  return data_error(path.string(), "its index is not what was written");
}

RunFile::RunFile(RunFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_bytes_(other.size_bytes_),
      header_(other.header_),
      index_(std::move(other.index_)) {}

RunFile::~RunFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> RunFile::read_bytes(std::uint64_t offset_bytes, std::span<std::byte> into) const {
  return files::read_at(descriptor_, path_, offset_bytes, into);
}

Result<void> RunFile::read_blocks(std::size_t first, std::size_t last,
                                  std::vector<std::byte>& bytes) const {
  const std::uint64_t begin = stages::RunHeader::block_offset_bytes(first);
  const std::uint64_t end =
      std::min(stages::RunHeader::block_offset_bytes(last), header_.index_offset_bytes());
  bytes.resize(end - begin);
  return read_bytes(begin, bytes);
}

Result<std::size_t> RunFile::read_buckets(std::uint32_t first_bucket, std::uint32_t last_bucket,
                                          std::span<imaging::Peak> peaks,
                                          std::vector<std::byte>& bytes) const {
  const auto [first, last] = stages::blocks_in_buckets(index_, first_bucket, last_bucket);
  std::size_t count = 0;
  for (std::size_t block = first; block < last; block += kBlocksPerRead) {
    const std::size_t end = std::min(last, block + kBlocksPerRead);
    if (auto read = read_blocks(block, end, bytes); !read) return std::unexpected(read.error());
    for (std::size_t b = block; b < end; ++b) {
      const auto encoded = std::span<const std::byte>(bytes).subspan(
          (b - block) * stages::kRunBlockBytes, header_.peaks_of(b) * sizeof(imaging::Peak));
      if (checksum(encoded) != index_[b].checksum) {
        return data_error(path_.string(),
                          "block " + std::to_string(b) + " (at byte " +
                              std::to_string(stages::RunHeader::block_offset_bytes(b)) +
                              ") is not what was written; the disk is faulty, or "
                              "another program changed it");
      }
      const auto [from, to] = stages::rows_in_buckets(encoded, first_bucket, last_bucket);
      if (to - from > peaks.size() - count) {
        return data_error(path_.string(), "has more peaks between two m/z than were counted");
      }
      stages::decode_run_block(encoded, from, to, peaks.subspan(count, to - from));
      count += to - from;
    }
  }
  return count;
}

std::uint64_t RunFile::file_bytes(std::uint64_t peaks) {
  const stages::RunHeader header{.peaks = peaks};
  return header.index_offset_bytes() + header.blocks() * sizeof(stages::RunIndexEntry);
}

std::uint64_t RunFile::read_memory_bound_bytes() {
  return kBlocksPerRead * stages::kRunBlockBytes;
}

}  // namespace ionloom::exec
