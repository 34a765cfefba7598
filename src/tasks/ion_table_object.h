#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "tasks/ion_rows.h"
#include "tasks/object_layout.h"
#include "tasks/task_io.h"

namespace ionloom::tasks {

inline constexpr ObjectKind kIonTableKind = {'I', 'L', 'I', 'O', 'N', 'T', 'B', '1'};

/// The rows that have a pattern in the order of an ion table (docs/formats/stage-objects.md), by
/// (first m/z, ion).
/// REQUIRES: rows are in ascending order of ion.
[[nodiscard]] IonRows table_rows(const IonRows& rows);

/// Bytes that table_rows() needs at most beside the rows given.
[[nodiscard]] std::uint64_t table_rows_memory_bound_bytes(std::uint64_t ions,
                                                          std::uint32_t isotope_peaks);

/// Writes table_rows() as an ion table.
[[nodiscard]] Result<void> write_ion_table(TaskIo& io, std::uint32_t output, const IonRows& table);

/// The same as bytes.
[[nodiscard]] std::vector<std::byte> encode_ion_table(const IonRows& table);

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
