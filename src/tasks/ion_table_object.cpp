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

}  // namespace

Result<std::uint64_t> write_ion_table(TaskIo& io, std::uint32_t output, const IonRows& rows) {
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
  const auto mz = reordered(rows.patterns.mz, width, order);
  const auto intensity = reordered(rows.patterns.intensity, width, order);
  const auto ion = reordered(rows.ion, 1, order);
  const auto flags = reordered(rows.flags, 1, order);
  auto written = write_object(io, output, kIonTableKind, {order.size(), width, 0, 0},
                              {bytes_of(mz), bytes_of(intensity), bytes_of(ion), bytes_of(flags)});
  if (!written) return std::unexpected(std::move(written.error()));
  return order.size();
}

std::uint64_t write_ion_table_memory_bound_bytes(std::uint64_t ions, std::uint32_t isotope_peaks) {
  return ions * (isotope_peaks * (sizeof(double) + sizeof(float)) + 2 * sizeof(std::uint32_t) +
                 sizeof(std::uint8_t));
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
