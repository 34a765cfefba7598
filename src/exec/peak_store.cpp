#include "exec/peak_store.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "exec/run_file.h"

namespace ionloom::exec {
namespace {

/// Peaks that one task reads from all runs and sorts; a multiple of what its run's first and last
/// block hold in vain.
constexpr std::uint64_t kPeaksPerTask = std::uint64_t{1} << 19;
/// Below this a slice would hold too few ions to be worth reading.
constexpr std::uint64_t kLeastCapacityPeaks = std::uint64_t{1} << 22;

/// m/z buckets [first, last) whose peaks go to [place, place + peaks) of the table.
struct LoadTask {
  std::uint32_t first_bucket = 0;
  std::uint32_t last_bucket = 0;
  std::uint64_t place = 0;
  std::uint64_t peaks = 0;
};

/// Joins neighbouring buckets into tasks. REQUIRES: `buckets` is sorted, without repeats.
std::vector<LoadTask> cut_tasks(std::span<const std::uint32_t> buckets,
                                const stages::MzHistogram& histogram) {
  std::vector<LoadTask> tasks;
  std::uint64_t place = 0;
  for (const std::uint32_t bucket : buckets) {
    const std::uint64_t peaks = histogram[bucket];
    if (peaks == 0) continue;
    const bool joins = !tasks.empty() && tasks.back().last_bucket == bucket &&
                       tasks.back().peaks + peaks <= kPeaksPerTask;
    if (!joins) tasks.push_back({bucket, bucket, place, 0});
    tasks.back().last_bucket = bucket + 1;
    tasks.back().peaks += peaks;
    place += peaks;
  }
  return tasks;
}

std::uint64_t longest_spectrum(const imzml::Dataset& dataset) {
  std::uint64_t longest = 0;
  for (const imzml::Spectrum& spectrum : dataset.spectra) {
    longest = std::max(longest, spectrum.mz.length);
  }
  return longest;
}

/// The spectra from `first` on whose declared peaks can be held together: at least one.
SpectrumRange next_chunk(const imzml::Dataset& dataset, std::size_t first,
                         std::uint64_t capacity_peaks) {
  SpectrumRange chunk{first, first};
  for (std::uint64_t peaks = 0; chunk.last < dataset.spectra.size(); ++chunk.last) {
    peaks += dataset.spectra[chunk.last].mz.length;
    if (peaks > capacity_peaks && chunk.last > first) break;
  }
  return chunk;
}

}  // namespace

Result<PeakStore> PeakStore::ingest(const imzml::Dataset& dataset, const stages::PixelIndex& pixels,
                                    const PeakStoreSettings& settings, std::uint32_t threads,
                                    Progress& progress) {
  const auto reader = imzml::SpectrumReader::open(dataset);
  if (!reader) return std::unexpected(reader.error());
  PeakStore store;
  IngestedPeaks ingested;
  progress.begin("ingest", "peaks", dataset.declared_peaks());
  if (dataset.declared_peaks() <= settings.capacity_peaks) {
    auto done = ingest_spectra(dataset, *reader, pixels, {0, dataset.spectra.size()}, threads,
                               store.buffer_, ingested, progress);
    if (!done) return std::unexpected(done.error());
    store.add_table(store.buffer_.peaks().first(ingested.peaks));
  } else {
    auto done =
        store.ingest_to_runs(dataset, *reader, pixels, settings, threads, ingested, progress);
    if (!done) return std::unexpected(done.error());
    store.histogram_ = std::move(ingested.histogram);
  }
  progress.end();
  store.unsorted_spectra_ = ingested.unsorted_spectra;
  if (store.size_ == 0) {
    return data_error(
        dataset.ibd_path.string(),
        "no spectrum has a peak with intensity above 0; there is nothing to annotate");
  }
  return store;
}

Result<void> PeakStore::ingest_to_runs(const imzml::Dataset& dataset,
                                       const imzml::SpectrumReader& reader,
                                       const stages::PixelIndex& pixels,
                                       const PeakStoreSettings& settings, std::uint32_t threads,
                                       IngestedPeaks& ingested, Progress& progress) {
  auto buffer = PeakBuffer::create(settings.capacity_peaks);
  if (!buffer) return std::unexpected(buffer.error());
  buffer_ = std::move(*buffer);
  for (std::size_t first = 0; first < dataset.spectra.size();) {
    const SpectrumRange chunk = next_chunk(dataset, first, settings.capacity_peaks);
    auto done =
        ingest_spectra(dataset, reader, pixels, chunk, threads, buffer_, ingested, progress);
    if (!done) return done;
    const imaging::PeakTable table = buffer_.peaks().first(ingested.peaks);
    if (!table.empty()) {
      auto run = write_run_file(settings.runs_folder / ("run-" + std::to_string(runs_.size())),
                                table, chunk.first, chunk.last);
      if (!run) return std::unexpected(run.error());
      runs_.push_back(std::make_shared<const RunReader>(std::move(*run)));
      add_table(table);
    }
    first = chunk.last;
  }
  return {};
}

Result<PeakStore> PeakStore::of_runs(std::vector<std::shared_ptr<const RunReader>> runs,
                                     std::uint64_t unsorted_spectra, std::uint64_t capacity_peaks) {
  PeakStore store;
  store.runs_ = std::move(runs);
  store.unsorted_spectra_ = unsorted_spectra;
  for (const auto& run : store.runs_) {
    if (auto added = store.add_run(*run); !added) return std::unexpected(added.error());
  }
  auto buffer = PeakBuffer::create(std::min(store.size_, capacity_peaks));
  if (!buffer) return std::unexpected(buffer.error());
  store.buffer_ = std::move(*buffer);
  return store;
}

Result<void> PeakStore::add_run(const RunReader& run) {
  const std::span<const stages::RunIndexEntry> index = run.index();
  if (index.empty()) return {};
  const std::size_t last = index.size() - 1;
  double last_mz = 0;  // the last of the first column of a block
  auto read = run.read_bytes(stages::RunHeader::block_offset_bytes(last) +
                                 (run.header().peaks_of(last) - 1) * sizeof(double),
                             std::as_writable_bytes(std::span(&last_mz, 1)));
  if (!read) return read;
  first_mz_ = size_ == 0 ? index.front().first_mz : std::min(first_mz_, index.front().first_mz);
  last_mz_ = std::max(last_mz_, last_mz);
  size_ += run.header().peaks;
  return {};
}

Result<void> PeakStore::count(const RunReader& run) {
  std::vector<double> mz;
  for (std::size_t block = 0; block < run.index().size(); ++block) {
    mz.resize(run.header().peaks_of(block));  // the first column of a block
    auto read = run.read_bytes(stages::RunHeader::block_offset_bytes(block),
                               std::as_writable_bytes(std::span(mz)));
    if (!read) return read;
    for (const double value : mz) ++histogram_[stages::mz_bucket(value)];
  }
  return {};
}

void PeakStore::add_table(imaging::PeakTable table) {
  if (table.empty()) return;
  first_mz_ = size_ == 0 ? table.front().mz : std::min(first_mz_, table.front().mz);
  last_mz_ = std::max(last_mz_, table.back().mz);
  size_ += table.size();
}

Result<void> PeakStore::visit(std::size_t items, const WindowsOf& windows_of, const Visit& visit) {
  if (runs_.empty()) return visit(buffer_.peaks().first(size_), 0, items);
  if (histogram_.empty()) {
    histogram_.assign(stages::kMzBuckets, 0);
    for (const auto& run : runs_) {
      if (auto counted = count(*run); !counted) return counted;
    }
  }

  const std::uint64_t capacity = buffer_.peaks().size();
  std::vector<std::uint32_t> slice_of_bucket(stages::kMzBuckets, 0);
  std::vector<std::uint32_t> buckets;
  std::vector<imaging::MzWindow> windows;
  std::uint32_t slice = 0;
  for (std::size_t first = 0; first < items;) {
    ++slice;
    buckets.clear();
    std::uint64_t peaks = 0;
    std::size_t last = first;
    for (; last < items; ++last) {
      windows.clear();
      windows_of(last, windows);
      const std::size_t known = buckets.size();
      std::uint64_t more = 0;
      for (const imaging::MzWindow& window : windows) {
        const std::uint32_t end = stages::mz_bucket(window.upper) + 1;
        for (std::uint32_t b = stages::mz_bucket(std::max(window.lower, 0.0)); b < end; ++b) {
          if (slice_of_bucket[b] == slice) continue;
          slice_of_bucket[b] = slice;
          buckets.push_back(b);
          more += histogram_[b];
        }
      }
      if (peaks + more > capacity) {
        if (last == first) {
          return fail(ErrorCode::kResource, {},
                      "one ion's isotope peaks lie among " + std::to_string(more) +
                          " peaks, but only " + std::to_string(capacity) +
                          " fit into memory; allow more with --memory");
        }
        buckets.resize(known);
        break;
      }
      peaks += more;
    }
    const auto table = load(buckets);
    if (!table) return std::unexpected(table.error());
    if (auto visited = visit(*table, first, last); !visited) return visited;
    first = last;
  }
  return {};
}

Result<imaging::PeakTable> PeakStore::load(std::vector<std::uint32_t>& buckets) {
  std::ranges::sort(buckets);
  const std::vector<LoadTask> tasks = cut_tasks(buckets, histogram_);
  const std::span<imaging::Peak> table = buffer_.peaks();
  tbb::enumerable_thread_specific<stages::PeakSorter> sorters;
  tbb::enumerable_thread_specific<std::vector<std::byte>> scratch;
  std::mutex failing;
  std::optional<Error> error;
  tbb::parallel_for(std::size_t{0}, tasks.size(), [&](std::size_t t) {
    const LoadTask& task = tasks[t];
    const auto own = table.subspan(task.place, task.peaks);
    std::size_t count = 0;
    for (const auto& run : runs_) {  // in the order of spectra, for equal m/z to keep it
      const auto read = run->read_buckets(task.first_bucket, task.last_bucket, own.subspan(count),
                                          scratch.local());
      if (!read) {
        const std::lock_guard lock(failing);
        error = read.error();
        return;
      }
      count += *read;
    }
    sorters.local().sort(own.first(count));
  });
  if (error) return std::unexpected(*error);
  const std::uint64_t peaks = tasks.empty() ? 0 : tasks.back().place + tasks.back().peaks;
  return imaging::PeakTable(table.first(peaks));
}

std::uint64_t PeakStore::bytes_on_disk() const {
  std::uint64_t sum = 0;
  for (const auto& run : runs_) sum += run->size_bytes();
  return sum;
}

std::uint64_t PeakStore::least_capacity_peaks(const imzml::Dataset& dataset) {
  return std::min(dataset.declared_peaks(),
                  std::max(kLeastCapacityPeaks, longest_spectrum(dataset)));
}

std::uint64_t PeakStore::ingest_memory_bound_bytes(const imzml::Dataset& dataset,
                                                   std::uint64_t capacity_peaks,
                                                   std::uint32_t threads) {
  const std::uint64_t peaks = std::min(capacity_peaks, dataset.declared_peaks());
  return stages::ingest_memory_bound_bytes(peaks, ingest_ranges(threads), threads,
                                           longest_spectrum(dataset)) +
         stages::kMzBuckets * sizeof(std::uint64_t);
}

std::uint64_t PeakStore::runs_memory_bound_bytes(const imzml::Dataset& dataset) {
  // An index twice: as read, and as tasks are cut by it.
  return 2 * (dataset.declared_peaks() / stages::kRunBlockPeaks + dataset.spectra.size()) *
             sizeof(stages::RunIndexEntry) +
         stages::kMzBuckets * sizeof(std::uint64_t);
}

std::uint64_t PeakStore::visit_memory_bound_bytes(const imzml::Dataset& dataset,
                                                  std::uint64_t capacity_peaks,
                                                  std::uint32_t threads) {
  const std::uint64_t declared = dataset.declared_peaks();
  const std::uint64_t table = std::min(capacity_peaks, declared) * sizeof(imaging::Peak);
  if (declared <= capacity_peaks) return table;
  const std::uint64_t index = declared / stages::kRunBlockPeaks * sizeof(stages::RunIndexEntry);
  // The histogram, and of every bucket its slice and its place among the slice's.
  const std::uint64_t buckets =
      stages::kMzBuckets * (sizeof(std::uint64_t) + 3 * sizeof(std::uint32_t));
  const std::uint64_t loading =
      stages::PeakSorter::memory_bound_bytes() + RunReader::read_memory_bound_bytes();
  return table + index + buckets + threads * loading;
}

std::uint64_t PeakStore::disk_bound_bytes(const imzml::Dataset& dataset,
                                          std::uint64_t capacity_peaks) {
  const std::uint64_t declared = dataset.declared_peaks();
  if (declared <= capacity_peaks) return 0;
  // Each run rounds its index up by a block; there are fewer than two runs a capacity.
  const std::uint64_t runs = 2 * (declared / capacity_peaks + 1);
  return RunReader::run_bytes(declared) + runs * RunReader::run_bytes(1);
}

}  // namespace ionloom::exec
