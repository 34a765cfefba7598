#include "exec/run_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tasks/checksum.h"

namespace ionloom::exec {

using tasks::checksum;

namespace {

/// Blocks that are read at once: 1 MB.
constexpr std::size_t kBlocksPerRead = 16;

}  // namespace

RunReader::RunReader(std::string place, stages::RunHeader header,
                     std::vector<stages::RunIndexEntry> index, ReadBytes read)
    : place_(std::move(place)), header_(header), index_(std::move(index)), read_(std::move(read)) {}

Result<RunReader> RunReader::open(std::string place, std::uint64_t size_bytes, ReadBytes read) {
  std::array<std::byte, stages::kRunHeaderBytes> bytes{};
  if (size_bytes < bytes.size()) return data_error(place, "too short for a run");
  if (auto done = read(0, bytes); !done) return std::unexpected(done.error());
  const auto header = stages::decode_run_header(bytes);
  if (!header) return data_error(place, header.error().what);
  if (header->peaks > size_bytes || run_bytes(header->peaks) != size_bytes) {
    return data_error(place, "has " + std::to_string(size_bytes) + " bytes, which is no run of " +
                                 std::to_string(header->peaks) + " peaks");
  }
  std::vector<stages::RunIndexEntry> index(header->blocks());
  const auto index_bytes = std::as_writable_bytes(std::span(index));
  if (auto done = read(header->index_offset_bytes(), index_bytes); !done) {
    return std::unexpected(done.error());
  }
  if (checksum(index_bytes) != header->index_checksum) {
    return data_error(place, "its index is not what was written");
  }
  return RunReader(std::move(place), *header, std::move(index), std::move(read));
}

Result<void> RunReader::read_blocks(std::size_t first, std::size_t last,
                                    std::vector<std::byte>& bytes) const {
  const std::uint64_t begin = stages::RunHeader::block_offset_bytes(first);
  const std::uint64_t end =
      std::min(stages::RunHeader::block_offset_bytes(last), header_.index_offset_bytes());
  bytes.resize(end - begin);
  return read_bytes(begin, bytes);
}

Result<std::size_t> RunReader::read_buckets(std::uint32_t first_bucket, std::uint32_t last_bucket,
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
        return data_error(place_, "block " + std::to_string(b) + " (at byte " +
                                      std::to_string(stages::RunHeader::block_offset_bytes(b)) +
                                      ") is not what was written; the disk is faulty, or "
                                      "another program changed it");
      }
      const auto [from, to] = stages::rows_in_buckets(encoded, first_bucket, last_bucket);
      if (to - from > peaks.size() - count) {
        return data_error(place_, "has more peaks between two m/z than were counted");
      }
      stages::decode_run_block(encoded, from, to, peaks.subspan(count, to - from));
      count += to - from;
    }
  }
  return count;
}

std::uint64_t RunReader::run_bytes(std::uint64_t peaks) {
  const stages::RunHeader header{.peaks = peaks};
  return header.index_offset_bytes() + header.blocks() * sizeof(stages::RunIndexEntry);
}

std::uint64_t RunReader::read_memory_bound_bytes() {
  return kBlocksPerRead * stages::kRunBlockBytes;
}

}  // namespace ionloom::exec
