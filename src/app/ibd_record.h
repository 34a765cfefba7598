#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "app/input_files.h"
#include "base/error.h"
#include "exec/ibd_object.h"
#include "imzml/dataset.h"

namespace ionloom::app {

/// What one step of a run has found out about a dataset's .ibd, for the next to need only parts of
/// it (docs/formats/ibd-record.md).
struct IbdRecord {
  std::uint64_t size_bytes = 0;
  IbdDigests digests;
  exec::RangeHashes hashes;
};

/// Nothing when there is no file: the record is still to be made. Fails for one that is no such
/// record, and for one of an .ibd of another size than the dataset's.
[[nodiscard]] Result<std::optional<IbdRecord>> read_ibd_record(const imzml::Dataset& dataset,
                                                               const std::filesystem::path& path);

/// Writes a dataset's record, with the ranges of the .ibd that every step reads; its digests are
/// computed, if they are not known, by reading all of it.
[[nodiscard]] Result<void> write_ibd_record(const imzml::Dataset& dataset,
                                            const exec::RangeHashes& hashes,
                                            const std::filesystem::path& path);

}  // namespace ionloom::app
