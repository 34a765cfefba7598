#include "tasks/ion_table_object.h"

#include <algorithm>
#include <vector>

namespace ionloom::tasks {
namespace {

/// Rows of a column of `width` values each, in another order.
template <class T>
std::vector<T> reordered(const std::vector<T>& column, std::size_t width,
                         const std::vector<std::uint32_t>& order) {
  std::vector<T> result;
  result.reserve(order.size() * width);
  for (const std::uint32_t row : order) {
    const auto begin = column.begin() + static_cast<std::ptrdiff_t>(row * width);
    result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return result;
}

ObjectCounts counts_of(const IonRows& table) {
  return {table.ion.size(), table.patterns.peaks_per_ion, 0, 0};
}

}  // namespace

IonRows table_rows(const IonRows& rows) {
  const std::size_t width = rows.patterns.peaks_per_ion;
  const auto first_mz = [&](std::uint32_t row) { return rows.patterns.mz[row * width]; };
  std::vector<std::uint32_t> order;
  order.reserve(rows.ion.size());
  for (std::uint32_t row = 0; row < rows.ion.size(); ++row) {
    if (rows.patterns.has_pattern(row)) order.push_back(row);
  }
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return first_mz(a) != first_mz(b) ? first_mz(a) < first_mz(b) : a < b;
  });
  IonRows table;
  table.patterns.peaks_per_ion = rows.patterns.peaks_per_ion;
  table.patterns.mz = reordered(rows.patterns.mz, width, order);
  table.patterns.intensity = reordered(rows.patterns.intensity, width, order);
  table.ion = reordered(rows.ion, 1, order);
  table.flags = reordered(rows.flags, 1, order);
  return table;
}

std::uint64_t table_rows_memory_bound_bytes(std::uint64_t ions, std::uint32_t isotope_peaks) {
  return ions * (isotope_peaks * (sizeof(double) + sizeof(float)) + 2 * sizeof(std::uint32_t) +
                 sizeof(std::uint8_t));
}

Result<void> write_ion_table(TaskIo& io, std::uint32_t output, const IonRows& table) {
  return write_object(io, output, kIonTableKind, counts_of(table),
                      {bytes_of(table.patterns.mz), bytes_of(table.patterns.intensity),
                       bytes_of(table.ion), bytes_of(table.flags)});
}

std::vector<std::byte> encode_ion_table(const IonRows& table) {
  return encode_object(kIonTableKind, counts_of(table),
                       {bytes_of(table.patterns.mz), bytes_of(table.patterns.intensity),
                        bytes_of(table.ion), bytes_of(table.flags)});
}

Result<IonRows> decode_ion_table(std::span<const std::byte> bytes) {
  auto columns = ObjectColumns::open(bytes, kIonTableKind);
  if (!columns) return std::unexpected(std::move(columns.error()));
  const std::uint64_t ions = columns->count(0);
  const std::uint64_t values = product(ions, columns->count(1));
  IonRows rows;
  rows.patterns.peaks_per_ion = static_cast<std::uint32_t>(columns->count(1));
  rows.patterns.mz = columns->next<double>(values);
  rows.patterns.intensity = columns->next<float>(values);
  rows.ion = columns->next<std::uint32_t>(ions);
  rows.flags = columns->next<std::uint8_t>(ions);
  if (auto whole = columns->finish(); !whole) return std::unexpected(std::move(whole.error()));
  return rows;
}

IonTableRanges ion_table_ranges(std::uint64_t ions, std::uint32_t isotope_peaks,
                                std::uint64_t first, std::uint64_t last) {
  ColumnPlaces places;
  IonTableRanges ranges;
  ranges.mz = places.next(ions, isotope_peaks * sizeof(double), first, last);
  ranges.intensity = places.next(ions, isotope_peaks * sizeof(float), first, last);
  ranges.ion = places.next(ions, sizeof(std::uint32_t), first, last);
  ranges.flags = places.next(ions, sizeof(std::uint8_t), first, last);
  return ranges;
}

}  // namespace ionloom::tasks
