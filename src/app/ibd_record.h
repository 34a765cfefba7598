#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "app/input_files.h"
#include "base/error.h"
#include "exec/ibd_object.h"

namespace ionloom::app {

/// What one step of a run has found out about a dataset's .ibd, for the next to need only parts of
/// it (docs/formats/ibd-record.md).
struct IbdRecord {
  std::uint64_t size_bytes = 0;
  IbdDigests digests;
  exec::RangeHashes hashes;
  /// Ranges that every step reads: offset, length.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> parts;
};

/// Nothing when there is no file. Fails for one that is no such record.
[[nodiscard]] Result<std::optional<IbdRecord>> read_ibd_record(const std::filesystem::path& path);

[[nodiscard]] Result<void> write_ibd_record(const IbdRecord& record,
                                            const std::filesystem::path& path);

}  // namespace ionloom::app
