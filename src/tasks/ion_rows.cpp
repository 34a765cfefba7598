#include "tasks/ion_rows.h"

#include <cstddef>
#include <span>

namespace ionloom::tasks {
namespace {

/// Reads inputs one behind the other.
template <class T>
Result<void> read_joined(const RunningTask& running, const std::vector<std::uint32_t>& inputs,
                         std::vector<T>& column) {
  std::size_t at = 0;
  for (const std::uint32_t input : inputs) {
    const std::size_t values = running.task.inputs[input].length_bytes / sizeof(T);
    auto read = read_values(running, input, 0, std::span(column).subspan(at, values));
    if (!read) return read;
    at += values;
  }
  return {};
}

}  // namespace

IonRowInputs IonRowInputs::take(TaskReader& reader) {
  IonRowInputs own;
  own.isotope_peaks = static_cast<std::uint32_t>(reader.whole("isotope_peaks", 2, 16));
  own.mz = reader.inputs("mz");
  own.intensity = reader.inputs("intensity");
  own.ion = reader.inputs("ion");
  own.flags = reader.inputs("flags");
  if (own.mz.size() != own.ion.size() || own.intensity.size() != own.ion.size() ||
      own.flags.size() != own.ion.size()) {
    reader.fail_with("there must be as many inputs mz, intensity, ion and flags of each");
    return own;
  }
  for (std::size_t i = 0; i < own.ion.size(); ++i) {
    const std::uint64_t rows = reader.values_in(own.ion[i], sizeof(std::uint32_t));
    own.rows += rows;
    reader.expect_values(own.mz[i], sizeof(double), rows * own.isotope_peaks);
    reader.expect_values(own.intensity[i], sizeof(float), rows * own.isotope_peaks);
    reader.expect_values(own.flags[i], sizeof(std::uint8_t), rows);
  }
  return own;
}

std::uint64_t IonRowInputs::memory_bound_bytes() const {
  return rows * (isotope_peaks * (sizeof(double) + sizeof(float)) + sizeof(std::uint32_t) +
                 sizeof(std::uint8_t));
}

Result<IonRows> IonRowInputs::read(const RunningTask& running) const {
  IonRows read;
  read.patterns.peaks_per_ion = isotope_peaks;
  read.patterns.resize(rows);
  read.ion.resize(rows);
  read.flags.resize(rows);
  auto done = read_joined(running, mz, read.patterns.mz);
  if (done) done = read_joined(running, intensity, read.patterns.intensity);
  if (done) done = read_joined(running, ion, read.ion);
  if (done) done = read_joined(running, flags, read.flags);
  if (!done) return std::unexpected(std::move(done.error()));
  return read;
}

}  // namespace ionloom::tasks
