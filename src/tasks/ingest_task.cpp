#include "tasks/ingest_task.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "imaging/peak_table.h"
#include "stages/ingest.h"
#include "stages/peak_arrays.h"
#include "stages/peak_run.h"
#include "tasks/checksum.h"
#include "tasks/number_text.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {
namespace {

using imaging::Peak;

/// Beyond what any memory holds, and far from where a size in bytes would wrap.
constexpr std::uint64_t kMostPeaks = std::uint64_t{1} << 48;

/// The part of the spectra table that a task was given.
struct SpectraColumns {
  std::vector<std::uint64_t> mz_offset;
  std::vector<std::uint64_t> intensity_offset;
  std::vector<std::uint64_t> length;
  std::vector<std::uint8_t> mz_type;
  std::vector<std::uint8_t> intensity_type;
  std::vector<std::uint32_t> pixel;
};

/// Reads one spectrum after the other.
class SpectrumSource {
 public:
  SpectrumSource(const RunningTask& running, const IngestTask& settings)
      : running_(running), settings_(settings) {}

  Result<void> open() {
    auto places = read_columns<std::uint64_t>(
        running_, {settings_.mz_offset, settings_.intensity_offset, settings_.length});
    if (!places) return std::unexpected(std::move(places.error()));
    auto types =
        read_columns<std::uint8_t>(running_, {settings_.mz_type, settings_.intensity_type});
    if (!types) return std::unexpected(std::move(types.error()));
    auto pixels = read_column<std::uint32_t>(running_, settings_.pixel_of_spectrum);
    if (!pixels) return std::unexpected(std::move(pixels.error()));
    spectra_ = {std::move((*places)[0]), std::move((*places)[1]), std::move((*places)[2]),
                std::move((*types)[0]),  std::move((*types)[1]),  std::move(*pixels)};
    std::uint64_t declared = 0;
    std::uint64_t longest = 0;
    for (const std::uint64_t length : spectra_.length) {
      longest = std::max(longest, length);
      declared +=
          std::min(length, settings_.longest_spectrum);  // which keeps the sum from wrapping
    }
    if (longest != settings_.longest_spectrum || declared != settings_.declared_peaks) {
      return data_error(input_place(running_.task, settings_.length),
                        "the longest spectrum has " + std::to_string(longest) + " peaks and all " +
                            std::to_string(declared) + ", but the task says " +
                            std::to_string(settings_.longest_spectrum) + " and " +
                            std::to_string(settings_.declared_peaks));
    }
    mz_.resize(longest);
    intensity_.resize(longest);
    bytes_.resize(longest * 2 * sizeof(double));
    return {};
  }

  Result<void> read(std::size_t spectrum) {
    stages::NumberArray mz;
    stages::NumberArray intensity;
    const std::uint64_t count = spectra_.length[spectrum];
    for (auto [array, type] : {std::pair(&mz, spectra_.mz_type[spectrum]),
                               std::pair(&intensity, spectra_.intensity_type[spectrum])}) {
      if (type > static_cast<std::uint8_t>(stages::NumberType::kInt64)) {
        return data_error(place_of(spectrum),
                          "its array is of type " + std::to_string(type) +
                              ", expected 0 to 5 (docs/formats/stage-objects.md)");
      }
      array->type = static_cast<stages::NumberType>(type);
    }
    const std::uint64_t mz_bytes = count * stages::width_bytes(mz.type);
    const std::uint64_t intensity_bytes = count * stages::width_bytes(intensity.type);
    const auto place = std::span(bytes_).first(mz_bytes + intensity_bytes);
    mz.bytes = place.first(mz_bytes);
    intensity.bytes = place.subspan(mz_bytes);
    const std::uint64_t mz_offset = spectra_.mz_offset[spectrum];
    const std::uint64_t intensity_offset = spectra_.intensity_offset[spectrum];
    // The two mostly lie side by side.
    const bool adjacent =
        mz_offset + mz_bytes == intensity_offset && range_of(mz_offset, place.size()).has_value();
    auto got = read_bytes(spectrum, mz_offset, adjacent ? place : place.first(mz_bytes));
    if (got && !adjacent) got = read_bytes(spectrum, intensity_offset, place.subspan(mz_bytes));
    if (!got) return got;
    const stages::KeptPeaks scan =
        stages::keep_peaks(mz, intensity, count, mz_.data(), intensity_.data());
    if (scan.bad < count) {
      return data_error(place_of(spectrum),
                        "the m/z of peak " + std::to_string(scan.bad + 1) + " is " +
                            shortest_text(mz.at(scan.bad)) +
                            "; expected a finite number from 0. The data are damaged or of "
                            "another type");
    }
    kept_ = scan.kept;
    sorted_ = scan.sorted;
    return {};
  }

  [[nodiscard]] std::span<const double> mz() const { return std::span(mz_).first(kept_); }
  [[nodiscard]] std::span<const float> intensity() const {
    return std::span(intensity_).first(kept_);
  }
  [[nodiscard]] bool sorted() const { return sorted_; }
  [[nodiscard]] std::uint32_t pixel(std::size_t spectrum) const { return spectra_.pixel[spectrum]; }

 private:
  [[nodiscard]] std::string place_of(std::size_t spectrum) const {
    return "spectrum " + std::to_string(settings_.first_spectrum + spectrum + 1);
  }

  /// The input in whose range of the .ibd bytes lie.
  [[nodiscard]] std::optional<std::uint32_t> range_of(std::uint64_t offset,
                                                      std::uint64_t size) const {
    for (const std::uint32_t input : settings_.ibd) {
      const TaskInput& range = running_.task.inputs[input];
      if (offset >= range.offset_bytes && size <= range.length_bytes &&
          offset - range.offset_bytes <= range.length_bytes - size) {
        return input;
      }
    }
    return std::nullopt;
  }

  /// Reads bytes of the .ibd that a spectrum needs.
  Result<void> read_bytes(std::size_t spectrum, std::uint64_t offset,
                          std::span<unsigned char> into) {
    if (into.empty()) return {};
    if (const auto input = range_of(offset, into.size())) {
      return read_values(running_, *input, offset - running_.task.inputs[*input].offset_bytes,
                         into);
    }
    return data_error(place_of(spectrum), "its array at bytes " + std::to_string(offset) + " to " +
                                              std::to_string(offset + into.size()) +
                                              " lies in none of the ranges of the .ibd that the "
                                              "task was given");
  }

  const RunningTask& running_;
  const IngestTask& settings_;
  SpectraColumns spectra_;
  std::vector<double> mz_;
  std::vector<float> intensity_;
  std::vector<unsigned char> bytes_;
  std::size_t kept_ = 0;
  bool sorted_ = true;
};

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
  if (auto done = reader.finish(); !done) return std::unexpected(std::move(done.error()));
  return own;
}

std::uint64_t IngestTask::memory_bound_bytes() const {
  const std::uint64_t columns =
      spectra * (3 * sizeof(std::uint64_t) + 2 * sizeof(std::uint8_t) + sizeof(std::uint32_t));
  const std::uint64_t reading =
      longest_spectrum * (2 * sizeof(double) + sizeof(double) + sizeof(float));
  const std::uint64_t writing =
      declared_peaks / stages::kRunBlockPeaks * sizeof(stages::RunIndexEntry) +
      stages::kRunBlockBytes;
  // Reading is over when sorting begins, but its gap need not be large enough for the sorter.
  return columns + reading + writing + stages::ingest_memory_bound_bytes(declared_peaks, 1, 1, 0);
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
                                 .last_spectrum = first_spectrum + spectra};
  auto written = write_run(running, run, *table, header);
  if (!written) return std::unexpected(std::move(written.error()));
  return summary;
}

}  // namespace ionloom::tasks
