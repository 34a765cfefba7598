#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "base/error.h"
#include "exec/ingest_run.h"
#include "exec/peak_buffer.h"
#include "exec/progress.h"
#include "exec/run_reader.h"
#include "imaging/peak_table.h"
#include "imzml/dataset.h"
#include "stages/index.h"
#include "stages/ingest.h"

namespace ionloom::exec {

/// Where the peaks of a run are kept.
struct PeakStoreSettings {
  std::uint64_t capacity_peaks = UINT64_MAX;  ///< that may be in memory at once
  std::filesystem::path runs_folder;  ///< for runs on disk, when a dataset has more than that
};

/// All peaks of a dataset by m/z: one table in memory, or runs on disk when there are more peaks
/// than may be held. What is computed from them is the same either way.
class PeakStore {
 public:
  PeakStore() = default;  ///< of no peaks

  /// Reads and sorts a dataset's peaks on `threads` threads of the current arena. Fails when a peak
  /// cannot be read, when there is none, when the disk is full, or when the run was cancelled.
  [[nodiscard]] static Result<PeakStore> ingest(const imzml::Dataset& dataset,
                                                const stages::PixelIndex& pixels,
                                                const PeakStoreSettings& settings,
                                                std::uint32_t threads, Progress& progress);

  /// Peaks that are in runs already, in the order of their spectra. Of each run little more than
  /// its end is read here; visit() counts all m/z before its first visit. Fails when a run cannot
  /// be read.
  /// @param unsorted_spectra  of the dataset
  /// @param capacity_peaks    that visit() may hold at once
  [[nodiscard]] static Result<PeakStore> of_runs(std::vector<std::shared_ptr<const RunReader>> runs,
                                                 std::uint64_t unsorted_spectra,
                                                 std::uint64_t capacity_peaks);

  /// The m/z windows that an item of a visit needs peaks of.
  using WindowsOf = std::function<void(std::size_t item, std::vector<imaging::MzWindow>& windows)>;
  /// Works on the items [first, last) with a table that holds all peaks of their windows, in order.
  using Visit =
      std::function<Result<void>(imaging::PeakTable peaks, std::size_t first, std::size_t last)>;

  /// Calls visit for consecutive items until all are visited, as many at a time as their peaks can
  /// be held. Items in order of m/z are read once; what they find does not depend on the cuts.
  /// Fails when visit does, when a run cannot be read, or when one item's peaks are too many.
  [[nodiscard]] Result<void> visit(std::size_t items, const WindowsOf& windows_of,
                                   const Visit& visit);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] double first_mz() const { return first_mz_; }  ///< lowest of all peaks
  [[nodiscard]] double last_mz() const { return last_mz_; }    ///< highest of all peaks
  /// Spectra whose m/z fall somewhere.
  [[nodiscard]] std::uint64_t unsorted_spectra() const { return unsorted_spectra_; }
  [[nodiscard]] std::uint64_t runs_on_disk() const { return runs_.size(); }
  [[nodiscard]] std::uint64_t bytes_on_disk() const;

  /// Fewest peaks that a store must be able to hold to take a dataset in.
  [[nodiscard]] static std::uint64_t least_capacity_peaks(const imzml::Dataset& dataset);
  /// Bytes that ingest() needs at most, the peaks that stay in memory included.
  [[nodiscard]] static std::uint64_t ingest_memory_bound_bytes(const imzml::Dataset& dataset,
                                                               std::uint64_t capacity_peaks,
                                                               std::uint32_t threads);
  /// Bytes that a store over runs of tasks takes at most, before peaks are visited.
  [[nodiscard]] static std::uint64_t runs_memory_bound_bytes(const imzml::Dataset& dataset);
  /// Bytes that the store holds afterwards and visit() needs beside the visits' own, at most.
  [[nodiscard]] static std::uint64_t visit_memory_bound_bytes(const imzml::Dataset& dataset,
                                                              std::uint64_t capacity_peaks,
                                                              std::uint32_t threads);
  /// Bytes on disk that a dataset's runs need at most; 0 when its peaks can be held.
  [[nodiscard]] static std::uint64_t disk_bound_bytes(const imzml::Dataset& dataset,
                                                      std::uint64_t capacity_peaks);

 private:
  [[nodiscard]] Result<void> ingest_to_runs(const imzml::Dataset& dataset,
                                            const imzml::SpectrumReader& reader,
                                            const stages::PixelIndex& pixels,
                                            const PeakStoreSettings& settings,
                                            std::uint32_t threads, IngestedPeaks& ingested,
                                            Progress& progress);
  [[nodiscard]] Result<imaging::PeakTable> load(std::vector<std::uint32_t>& buckets);
  void add_table(imaging::PeakTable table);
  [[nodiscard]] Result<void> add_run(const RunReader& run);
  [[nodiscard]] Result<void> count(const RunReader& run);

  PeakBuffer buffer_;
  std::vector<std::shared_ptr<const RunReader>> runs_;
  stages::MzHistogram histogram_;  ///< only with runs on disk; empty until it is needed
  std::uint64_t size_ = 0;
  std::uint64_t unsorted_spectra_ = 0;
  double first_mz_ = 0;
  double last_mz_ = 0;
};

}  // namespace ionloom::exec
