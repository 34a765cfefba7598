#include "tasks/ingest_task.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "imaging/peak_table.h"
#include "stages/ingest.h"
#include "stages/peak_run.h"
#include "tasks/checksum.h"
#include "tasks/spectrum_source.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {
namespace {

using imaging::Peak;

/// Beyond what any memory holds, and far from where a size in bytes would wrap.
constexpr std::uint64_t kMostPeaks = std::uint64_t{1} << 48;

/// Reads all spectra, twice: to count, then to place their peaks.
Result<std::vector<Peak>> sorted_peaks(const RunningTask& running, const IngestTask& settings,
                                       std::uint64_t& unsorted_spectra) {
  std::vector<Peak> table;
  stages::Partitions partitions;
  {
    SpectrumSource source(running, settings);
    if (auto opened = source.open(); !opened) return std::unexpected(std::move(opened.error()));
    stages::BucketCounts counts;
    for (std::size_t i = 0; i < settings.spectra; ++i) {
      if (auto read = source.read(i); !read) return std::unexpected(std::move(read.error()));
      stages::count_peaks(source.mz(), counts);
      unsorted_spectra += source.sorted() ? 0 : 1;
    }
    stages::MzHistogram histogram;
    stages::add_counts(counts, histogram);
    partitions = stages::cut_partitions(histogram);
    stages::Places places = std::move(stages::first_places({&counts, 1}, partitions).front());
    table.resize(partitions.first.back());
    for (std::size_t i = 0; i < settings.spectra; ++i) {
      if (auto read = source.read(i); !read) return std::unexpected(std::move(read.error()));
      stages::place_peaks(source.mz(), source.intensity(), source.pixel(i), partitions, places,
                          table);
    }
  }
  stages::PeakSorter sorter;
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    sorter.sort(std::span(table).subspan(partitions.first[p],
                                         partitions.first[p + 1] - partitions.first[p]));
  }
  return table;
}

/// Writes the table as a run, whose blocks take the place of the peaks.
Result<void> write_run(const RunningTask& running, std::uint32_t output, std::span<Peak> table,
                       stages::RunHeader header) {
  std::vector<stages::RunIndexEntry> index;
  index.reserve(header.blocks());
  std::vector<std::byte> encoded(stages::kRunBlockBytes);
  for (std::uint64_t block = 0; block < header.blocks(); ++block) {
    const auto rows = table.subspan(block * stages::kRunBlockPeaks, header.peaks_of(block));
    const auto bytes = std::span(encoded).first(rows.size_bytes());
    stages::encode_run_block(rows, bytes);
    index.push_back({rows.front().mz, checksum(bytes)});
    std::memcpy(static_cast<void*>(rows.data()), bytes.data(), bytes.size());
  }
  header.index_checksum = checksum(std::as_bytes(std::span(index)));
  if (auto done = running.io.write(output, stages::encode_run_header(header)); !done) return done;
  if (auto done = running.io.write(output, std::as_bytes(table)); !done) return done;
  return running.io.write(output, std::as_bytes(std::span(index)));
}

}  // namespace

Result<IngestTask> IngestTask::read(const Task& task) {
  TaskReader reader(task);
  IngestTask own;
  own.first_spectrum = reader.whole("first_spectrum", 0, UINT64_MAX);
  own.declared_peaks = reader.whole("declared_peaks", 0, kMostPeaks);
  own.longest_spectrum = reader.whole("longest_spectrum", 0, kMostPeaks);
  own.mz_offset = reader.input("mz_offset");
  own.intensity_offset = reader.input("intensity_offset");
  own.length = reader.input("length");
  own.mz_type = reader.input("mz_type");
  own.intensity_type = reader.input("intensity_type");
  own.pixel_of_spectrum = reader.input("pixel_of_spectrum");
  if (reader.has("longest_stream")) {
    own.longest_stream_bytes = reader.whole("longest_stream", 0, kMostPeaks);
    own.mz_bytes = reader.input("mz_bytes");
    own.intensity_bytes = reader.input("intensity_bytes");
  }
  own.ibd = reader.inputs("ibd");
  own.run = reader.output("run");
  own.spectra = reader.values_in(own.length, sizeof(std::uint64_t));
  for (const auto& [input, width] : {std::pair(own.mz_offset, sizeof(std::uint64_t)),
                                     std::pair(own.intensity_offset, sizeof(std::uint64_t)),
                                     std::pair(own.mz_type, sizeof(std::uint8_t)),
                                     std::pair(own.intensity_type, sizeof(std::uint8_t)),
                                     std::pair(own.pixel_of_spectrum, sizeof(std::uint32_t))}) {
    reader.expect_values(input, width, own.spectra);
  }
  for (const auto& input : {own.mz_bytes, own.intensity_bytes}) {
    if (input) reader.expect_values(*input, sizeof(std::uint64_t), own.spectra);
  }
  if (auto done = reader.finish(); !done) return std::unexpected(std::move(done.error()));
  return own;
}

std::uint64_t IngestTask::memory_bound_bytes() const {
  const std::uint64_t reading = SpectrumSource::memory_bound_bytes(*this);
  const std::uint64_t writing =
      declared_peaks / stages::kRunBlockPeaks * sizeof(stages::RunIndexEntry) +
      stages::kRunBlockBytes;
  // Reading is over when sorting begins, but its gap need not be large enough for the sorter.
  return reading + writing + stages::ingest_memory_bound_bytes(declared_peaks, 1, 1, 0);
}

Result<Summary> IngestTask::execute(const RunningTask& running) const {
  std::uint64_t unsorted_spectra = 0;
  auto table = sorted_peaks(running, *this, unsorted_spectra);
  if (!table) return std::unexpected(std::move(table.error()));
  Summary summary;
  summary.add("spectra", spectra);
  summary.add("peaks", table->size());
  summary.add("unsorted_spectra", unsorted_spectra);
  summary.add_number("first_mz", table->empty() ? 0 : table->front().mz);
  summary.add_number("last_mz", table->empty() ? 0 : table->back().mz);
  const stages::RunHeader header{.peaks = table->size(),
                                 .first_spectrum = first_spectrum,
                                 .last_spectrum = first_spectrum + spectra,
                                 .unsorted_spectra = unsorted_spectra};
  auto written = write_run(running, run, *table, header);
  if (!written) return std::unexpected(std::move(written.error()));
  return summary;
}

}  // namespace ionloom::tasks
