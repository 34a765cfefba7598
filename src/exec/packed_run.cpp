#include "exec/packed_run.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>

#include "exec/run_reader.h"
#include "imaging/peak_table.h"
#include "stages/packed_block.h"
#include "tasks/checksum.h"

namespace ionloom::exec {
namespace {

constexpr std::array<char, 8> kMagic = {'I', 'L', 'P', 'K', 'P', 'A', 'C', '1'};
constexpr std::size_t kFooterBytes = 64;
/// Read first, from the end: footer and tail of a run of 10 million peaks.
constexpr std::uint64_t kFirstRead = std::uint64_t{64} << 10;

/// What stands at the end of the object.
struct Footer {
  std::array<char, 8> magic = kMagic;
  std::uint64_t blocks = 0;
  std::uint64_t tail_offset_bytes = 0;
  std::uint64_t tail_checksum = 0;
  std::array<std::uint64_t, 4> nothing{};
};
static_assert(sizeof(Footer) == kFooterBytes);

void append(std::vector<std::byte>& bytes, std::span<const std::byte> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

std::uint64_t tail_bytes(std::uint64_t blocks) {
  return stages::kRunHeaderBytes + blocks * (sizeof(std::uint64_t) + sizeof(stages::RunIndexEntry));
}

}  // namespace

std::string packed_key(const std::string& run) {
  return run + ".packed";
}

Result<void> put_packed_run(StageStore& store, const std::string& run) {
  const std::string key = packed_key(run);
  const auto there = store.find(key);
  if (!there) return std::unexpected(there.error());
  if (*there) return {};
  const auto size_bytes = store.find(run);
  if (!size_bytes) return std::unexpected(size_bytes.error());
  if (!*size_bytes) return store.lost(run);
  const auto reader = RunReader::open(run, **size_bytes,
                                      [&](std::uint64_t offset_bytes, std::span<std::byte> into) {
                                        return store.read(run, offset_bytes, into);
                                      });
  if (!reader) return std::unexpected(reader.error());
  auto made = store.create(key);
  if (!made) return std::unexpected(made.error());
  const stages::RunHeader& header = reader->header();
  std::vector<std::uint64_t> ends;
  std::vector<std::byte> columns;
  std::vector<imaging::Peak> peaks;
  std::vector<std::byte> packed;
  for (std::uint64_t block = 0; block < header.blocks(); ++block) {
    peaks.resize(header.peaks_of(block));
    columns.resize(peaks.size() * sizeof(imaging::Peak));
    const std::uint64_t begin = stages::RunHeader::block_offset_bytes(block);
    if (auto read = reader->read_bytes(begin, columns); !read) return read;
    if (tasks::checksum(columns) != reader->index()[block].checksum) {
      return data_error(run, "block " + std::to_string(block) + " is not what was written");
    }
    stages::decode_run_block(columns, 0, peaks.size(), peaks);
    packed.resize(stages::packed_block_bound_bytes(peaks.size()));
    const std::size_t size = stages::pack_block(peaks, packed);
    if (auto done = (*made)->append(std::span(packed).first(size)); !done) return done;
    ends.push_back((ends.empty() ? 0 : ends.back()) + size);
  }
  std::vector<std::byte> tail;
  append(tail, stages::encode_run_header(header));
  append(tail, std::as_bytes(std::span(ends)));
  append(tail, std::as_bytes(reader->index()));
  const Footer footer{.blocks = header.blocks(),
                      .tail_offset_bytes = ends.empty() ? 0 : ends.back(),
                      .tail_checksum = tasks::checksum(tail)};
  append(tail, std::as_bytes(std::span(&footer, 1)));
  if (auto done = (*made)->append(tail); !done) return done;
  return (*made)->seal();
}

std::unexpected<Error> PackedRun::damaged(const std::string& what) const {
  return data_error(key_, what + "; remove this object, then run again");
}

Result<std::unique_ptr<PackedRun>> PackedRun::open(StageStore& store, const std::string& run) {
  std::unique_ptr<PackedRun> opened(new PackedRun(store, packed_key(run)));
  const auto size = store.find(opened->key_);
  if (!size) return std::unexpected(size.error());
  if (!*size) return nullptr;
  std::vector<std::byte> end(std::min(**size, kFirstRead));
  if (end.size() < kFooterBytes) return opened->damaged("is too short for a packed run");
  const auto read_end = [&] { return store.read(opened->key_, **size - end.size(), end); };
  if (auto read = read_end(); !read) return std::unexpected(read.error());
  Footer footer;
  std::memcpy(&footer, end.data() + end.size() - kFooterBytes, kFooterBytes);
  const std::uint64_t wanted = **size - kFooterBytes - footer.tail_offset_bytes;
  if (footer.magic != kMagic || footer.tail_offset_bytes > **size - kFooterBytes ||
      footer.blocks > **size || wanted != tail_bytes(footer.blocks)) {
    return opened->damaged("is no packed run of this version");
  }
  if (wanted + kFooterBytes > end.size()) {
    end.resize(wanted + kFooterBytes);
    if (auto read = read_end(); !read) return std::unexpected(read.error());
  }
  const auto tail = std::span<const std::byte>(end).subspan(end.size() - kFooterBytes - wanted,
                                                            static_cast<std::size_t>(wanted));
  if (tasks::checksum(tail) != footer.tail_checksum) {
    return opened->damaged("its index is not what was written");
  }
  const auto head = tail.first(stages::kRunHeaderBytes);
  const auto header = stages::decode_run_header(head);
  if (!header || header->blocks() != footer.blocks) {
    return opened->damaged("is of another run than it says");
  }
  opened->header_ = *header;
  opened->head_.assign(head.begin(), head.end());
  opened->ends_.resize(footer.blocks);
  const auto ends = tail.subspan(head.size(), footer.blocks * sizeof(std::uint64_t));
  if (!ends.empty()) std::memcpy(opened->ends_.data(), ends.data(), ends.size());
  const auto index = tail.subspan(head.size() + ends.size());
  opened->index_.assign(index.begin(), index.end());
  if (!std::ranges::is_sorted(opened->ends_) ||
      (!opened->ends_.empty() && opened->ends_.back() != footer.tail_offset_bytes)) {
    return opened->damaged("its blocks do not follow each other");
  }
  return opened;
}

std::uint64_t PackedRun::size_bytes() const {
  return RunReader::run_bytes(header_.peaks);
}

Result<void> PackedRun::unpack(std::uint64_t block, store::ByteRange range) {
  if (there_ == block) return {};
  const auto begin_of = [&](std::uint64_t b) { return b == 0 ? 0 : ends_[b - 1]; };
  const auto block_at = [](std::uint64_t offset_bytes) {
    return (offset_bytes - stages::kRunHeaderBytes) / stages::kRunBlockBytes;
  };
  // The blocks of the whole range, of which the store may send more at once.
  const std::uint64_t first =
      range.offset_bytes < stages::kRunHeaderBytes ? 0 : block_at(range.offset_bytes);
  const std::uint64_t last =
      std::min<std::uint64_t>(blocks() - 1, block_at(range.offset_bytes + range.length_bytes - 1));
  const std::uint64_t begin = begin_of(block);
  packed_.resize(ends_[block] - begin);
  if (auto read = store_.read_within(key_, {begin_of(first), ends_[last] - begin_of(first)}, begin,
                                     packed_);
      !read) {
    return read;
  }
  there_.reset();
  std::vector<imaging::Peak> peaks(header_.peaks_of(block));
  if (!stages::unpack_block(packed_, peaks)) {
    return damaged("block " + std::to_string(block) + " is no packed block");
  }
  block_.resize(peaks.size() * sizeof(imaging::Peak));
  stages::encode_run_block(peaks, block_);
  there_ = block;
  return {};
}

Result<void> PackedRun::read(store::ByteRange range, std::uint64_t offset_bytes,
                             std::span<std::byte> into) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t index_begin = header_.index_offset_bytes();
  while (!into.empty()) {
    std::span<const std::byte> from;
    if (offset_bytes < head_.size()) {
      from = std::span(head_).subspan(offset_bytes);
    } else if (offset_bytes >= index_begin) {
      from = std::span(index_).subspan(offset_bytes - index_begin);
    } else {
      const std::uint64_t block = (offset_bytes - head_.size()) / stages::kRunBlockBytes;
      if (auto done = unpack(block, range); !done) return done;
      from = std::span(block_).subspan(offset_bytes - stages::RunHeader::block_offset_bytes(block));
    }
    const std::size_t count = std::min(into.size(), from.size());
    if (count == 0) return damaged("ends before what is read of it");
    std::ranges::copy(from.first(count), into.begin());
    into = into.subspan(count);
    offset_bytes += count;
  }
  return {};
}

}  // namespace ionloom::exec
