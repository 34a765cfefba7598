#include "store/block_reading.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "store/block_checksums.h"

namespace ionloom::store {

Outcome<View> read_blocks(const std::string& object, const std::string& place,
                          std::uint64_t object_bytes, ByteRange range,
                          std::span<const std::uint64_t> blocks, const ReadBytes& read) {
  if (range.length_bytes == 0) return View();
  std::uint64_t begin = range.offset_bytes;
  std::uint64_t end = range.offset_bytes + range.length_bytes;
  if (!blocks.empty()) {
    begin = begin / kBlockBytes * kBlockBytes;
    end = std::min(block_count(end) * kBlockBytes, object_bytes);
  }
  std::shared_ptr<std::byte[]> bytes = std::make_shared_for_overwrite<std::byte[]>(end - begin);
  const std::span all(bytes.get(), end - begin);
  if (auto done = read(begin, all); !done) return std::unexpected(std::move(done.error()));
  if (!blocks.empty()) {
    for (std::uint64_t at = begin; at < end; at += kBlockBytes) {
      const auto block = all.subspan(at - begin, std::min<std::uint64_t>(kBlockBytes, end - at));
      if (checksum(block) == blocks[at / kBlockBytes]) continue;
      return refuse(FailureCode::kCorrupt, object,
                    fmt::format("{}: block {} (bytes {} to {}) is not what was written; the disk "
                                "is faulty, or another program changed it",
                                place, at / kBlockBytes, at, at + block.size() - 1));
    }
  }
  const std::span<const std::byte> asked =
      all.subspan(range.offset_bytes - begin, range.length_bytes);
  return View(std::move(bytes), asked);
}

}  // namespace ionloom::store
