#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "tasks/ion_rows.h"
#include "tasks/object_layout.h"
#include "tasks/task_io.h"

namespace ionloom::tasks {

inline constexpr ObjectKind kIonTableKind = {'I', 'L', 'I', 'O', 'N', 'T', 'B', '1'};

/// Writes the rows that have a pattern as an ion table (docs/formats/stage-objects.md), in order of
/// (first m/z, ion), and returns their number.
/// REQUIRES: rows are in ascending order of ion.
[[nodiscard]] Result<std::uint64_t> write_ion_table(TaskIo& io, std::uint32_t output,
                                                    const IonRows& rows);

/// Bytes that write_ion_table() needs at most beside the rows.
[[nodiscard]] std::uint64_t write_ion_table_memory_bound_bytes(std::uint64_t ions,
                                                               std::uint32_t isotope_peaks);

/// A whole ion table.
[[nodiscard]] Result<IonRows> decode_ion_table(std::span<const std::byte> bytes);

/// Where rows [first, last) of each column lie in an ion table: what an annotate task is given.
struct IonTableRanges {
  ByteRange mz;
  ByteRange intensity;
  ByteRange ion;
  ByteRange flags;
};
[[nodiscard]] IonTableRanges ion_table_ranges(std::uint64_t ions, std::uint32_t isotope_peaks,
                                              std::uint64_t first, std::uint64_t last);

}  // namespace ionloom::tasks
