#include "exec/ingest_run.h"

#include <algorithm>
#include <optional>

#include <tbb/parallel_for.h>

#include "imzml/spectrum_reader.h"
#include "stages/ingest.h"

namespace ionloom::exec {
namespace {

constexpr std::size_t kBucketsPerTask = std::size_t{1} << 14;

/// Consecutive spectra that one task reads.
struct SpectrumRange {
  std::size_t first = 0;
  std::size_t last = 0;
  stages::BucketCounts buckets;
  std::uint64_t unsorted = 0;
  std::optional<Error> error;
};

/// Cuts the spectra into ranges of about equal numbers of peaks.
std::vector<SpectrumRange> cut(const imzml::Dataset& dataset, std::uint32_t count) {
  const std::uint64_t share = dataset.declared_peaks() / count + 1;
  std::vector<SpectrumRange> ranges(1);
  std::uint64_t peaks = 0;
  for (std::size_t i = 0; i < dataset.spectra.size(); ++i) {
    if (peaks >= share) {
      ranges.push_back({.first = i, .last = i, .buckets = {}, .unsorted = 0, .error = {}});
      peaks = 0;
    }
    ranges.back().last = i + 1;
    peaks += dataset.spectra[i].mz.length;
  }
  return ranges;
}

enum class Pass : std::uint8_t { kFirst, kSecond };

/// Reads every spectrum of every range and hands it to visit(range, spectrum, peaks). Each of the
/// two passes counts as half of the progress.
template <class Visit>
Result<void> read_all(const imzml::Dataset& dataset, const imzml::SpectrumReader& reader, Pass pass,
                      std::vector<SpectrumRange>& ranges, Progress& progress, Visit visit) {
  tbb::parallel_for(std::size_t{0}, ranges.size(), [&](std::size_t r) {
    SpectrumRange& range = ranges[r];
    imzml::Peaks peaks;
    for (std::size_t i = range.first; i < range.last && !progress.cancelled(); ++i) {
      if (auto read = reader.read(i, peaks); !read) {
        range.error = read.error();
        return;
      }
      visit(range, i, peaks);
      const std::uint64_t length = dataset.spectra[i].mz.length;
      progress.advance(pass == Pass::kFirst ? length / 2 : length - length / 2);
    }
  });
  for (SpectrumRange& range : ranges) {
    if (range.error) return std::unexpected(*range.error);
  }
  if (progress.cancelled()) return fail(ErrorCode::kInterrupted, {}, "stopped on request");
  return {};
}

}  // namespace

Result<IngestedPeaks> ingest(const imzml::Dataset& dataset, const stages::PixelIndex& pixels,
                             std::uint32_t threads, Progress& progress) {
  const auto reader = imzml::SpectrumReader::open(dataset);
  if (!reader) return std::unexpected(reader.error());
  std::vector<SpectrumRange> ranges = cut(dataset, threads);

  progress.begin("ingest", "peaks", dataset.declared_peaks());
  auto counted = read_all(dataset, *reader, Pass::kFirst, ranges, progress,
                          [](SpectrumRange& range, std::size_t, const imzml::Peaks& peaks) {
                            stages::count_peaks(peaks.mz, range.buckets);
                            range.unsorted += peaks.sorted ? 0 : 1;
                          });
  if (!counted) return std::unexpected(counted.error());

  IngestedPeaks result;
  std::vector<stages::BucketCounts> places;
  for (SpectrumRange& range : ranges) {
    places.push_back(std::move(range.buckets));
    result.unsorted_spectra += range.unsorted;
  }
  const std::uint64_t total = stages::counts_to_places(places);
  if (total == 0) {
    return data_error(
        dataset.ibd_path.string(),
        "no spectrum has a peak with intensity above 0; there is nothing to annotate");
  }
  result.peaks.resize(total);
  auto placed =
      read_all(dataset, *reader, Pass::kSecond, ranges, progress,
               [&](const SpectrumRange& range, std::size_t spectrum, const imzml::Peaks& peaks) {
                 const auto r = static_cast<std::size_t>(&range - ranges.data());
                 stages::place_peaks(peaks.mz, peaks.intensity, pixels.pixel_of_spectrum[spectrum],
                                     places[r], result.peaks);
               });
  if (!placed) return std::unexpected(placed.error());

  tbb::parallel_for(std::size_t{0}, stages::kMzBuckets / kBucketsPerTask, [&](std::size_t task) {
    stages::sort_buckets(task * kBucketsPerTask, (task + 1) * kBucketsPerTask, places.back(),
                         result.peaks);
  });
  progress.end();
  return result;
}

}  // namespace ionloom::exec
