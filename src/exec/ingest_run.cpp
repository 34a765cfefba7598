#include "exec/ingest_run.h"

#include <algorithm>
#include <limits>
#include <optional>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

namespace ionloom::exec {
namespace {

/// Consecutive spectra that one task reads.
struct Share {
  SpectrumRange spectra;
  std::uint64_t unsorted = 0;
  std::optional<Error> error;
};

/// Cuts the spectra into shares of about equal numbers of peaks, each below the 2^32 that can be
/// counted.
std::vector<Share> cut(const imzml::Dataset& dataset, SpectrumRange spectra, std::uint32_t count) {
  std::uint64_t declared = 0;
  for (std::size_t i = spectra.first; i < spectra.last; ++i) {
    declared += dataset.spectra[i].mz.length;
  }
  const std::uint64_t size = std::min<std::uint64_t>(declared / count + 1, 1U << 31);
  std::vector<Share> shares;
  std::uint64_t peaks = size;
  for (std::size_t i = spectra.first; i < spectra.last; ++i) {
    if (peaks >= size) {
      shares.push_back({.spectra = {i, i}, .unsorted = 0, .error = {}});
      peaks = 0;
    }
    shares.back().spectra.last = i + 1;
    peaks += dataset.spectra[i].mz.length;
  }
  return shares;
}

enum class Pass : std::uint8_t { kFirst, kSecond };

/// Reads every spectrum of every share and hands it to visit(share, spectrum, peaks). Each of the
/// two passes counts as half of the progress.
template <class Visit>
Result<void> read_all(const imzml::Dataset& dataset, const imzml::SpectrumReader& reader, Pass pass,
                      std::vector<Share>& shares, Progress& progress, Visit visit) {
  tbb::enumerable_thread_specific<imzml::Peaks> read_into;
  tbb::parallel_for(std::size_t{0}, shares.size(), [&](std::size_t s) {
    Share& share = shares[s];
    imzml::Peaks& peaks = read_into.local();
    for (std::size_t i = share.spectra.first; i < share.spectra.last; ++i) {
      if (progress.cancelled()) return;
      if (auto read = reader.read(i, peaks); !read) {
        share.error = read.error();
        return;
      }
      visit(s, i, peaks);
      const std::uint64_t length = dataset.spectra[i].mz.length;
      progress.advance(pass == Pass::kFirst ? length / 2 : length - length / 2);
    }
  });
  for (const Share& share : shares) {
    if (share.error) return std::unexpected(*share.error);
  }
  if (progress.cancelled()) return interrupted();
  return {};
}

}  // namespace

std::uint32_t ingest_ranges(std::uint32_t threads) {
  return threads == 1 ? 1 : 2 * threads;
}

Result<void> ingest_spectra(const imzml::Dataset& dataset, const imzml::SpectrumReader& reader,
                            const stages::PixelIndex& pixels, SpectrumRange spectra,
                            std::uint32_t threads, PeakBuffer& buffer, IngestedPeaks& ingested,
                            Progress& progress) {
  std::vector<Share> shares = cut(dataset, spectra, ingest_ranges(threads));
  std::vector<stages::BucketCounts> counts(shares.size());
  auto counted = read_all(dataset, reader, Pass::kFirst, shares, progress,
                          [&](std::size_t s, std::size_t, const imzml::Peaks& peaks) {
                            stages::count_peaks(peaks.mz, counts[s]);
                            shares[s].unsorted += peaks.sorted ? 0 : 1;
                          });
  if (!counted) return counted;

  stages::MzHistogram histogram;
  for (std::size_t s = 0; s < shares.size(); ++s) {
    stages::add_counts(counts[s], histogram);
    stages::add_counts(counts[s], ingested.histogram);
    ingested.unsorted_spectra += shares[s].unsorted;
  }
  const stages::Partitions partitions = stages::cut_partitions(histogram);
  std::vector<stages::Places> places = stages::first_places(counts, partitions);
  histogram = {};
  counts = {};
  ingested.peaks = partitions.first.back();
  if (buffer.peaks().empty()) {
    auto made = PeakBuffer::create(ingested.peaks);
    if (!made) return std::unexpected(made.error());
    buffer = std::move(*made);
  }

  const std::span<imaging::Peak> table = buffer.peaks();
  auto placed =
      read_all(dataset, reader, Pass::kSecond, shares, progress,
               [&](std::size_t s, std::size_t spectrum, const imzml::Peaks& peaks) {
                 stages::place_peaks(peaks.mz, peaks.intensity, pixels.pixel_of_spectrum[spectrum],
                                     partitions, places[s], table);
               });
  if (!placed) return placed;

  tbb::enumerable_thread_specific<stages::PeakSorter> sorters;
  tbb::parallel_for(std::size_t{0}, partitions.size(), [&](std::size_t p) {
    const std::uint64_t first = partitions.first[p];
    sorters.local().sort(table.subspan(first, partitions.first[p + 1] - first));
  });
  return {};
}

}  // namespace ionloom::exec
