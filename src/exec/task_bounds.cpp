#include "exec/task_bounds.h"

#include <algorithm>

#include "exec/image_source.h"
#include "exec/run_reader.h"
#include "tasks/metrics_object.h"

namespace ionloom::exec {
namespace {

/// Peaks that one ingest task sorts at most, unless one spectrum has more.
constexpr std::uint64_t kPeaksPerRun = std::uint64_t{1} << 22;
/// A task of so many is over in some ten milliseconds.
constexpr std::uint64_t kLeastPeaksPerRun = std::uint64_t{1} << 16;
/// Of datasets between the two: for threads to share, but few, since annotate reads from each: with
/// 32 in place of 5 it took twice as long (18.8 million peaks).
constexpr std::uint64_t kIngestTasks = 4;

// What a task takes at most while a dataset is small: its peaks in two tables, with what sorts
// them.
constexpr std::uint64_t kBytesPerPeak = 64;
constexpr std::uint64_t kLeastTaskBytes = std::uint64_t{24} << 20;
constexpr std::uint64_t kBytesPerSpectrum = 48;
constexpr std::uint64_t kBytesPerIon = 64;  ///< its metrics; beside its peaks in a table
constexpr std::uint64_t kBytesPerTask = std::uint64_t{8} << 10;  ///< headers, ends, a summary

/// Of two neighbours together more than a share.
std::uint64_t most_runs(std::uint64_t declared_peaks, const AnnotationSettings& settings) {
  return 2 * (declared_peaks / ingest_share_peaks(declared_peaks, settings) + 1);
}

}  // namespace

std::uint64_t ingest_share_peaks(std::uint64_t declared_peaks, const AnnotationSettings& settings) {
  const std::uint64_t share =
      std::clamp(declared_peaks / kIngestTasks + 1, kLeastPeaksPerRun, kPeaksPerRun);
  if (settings.cuts.ingest == 0) return share;
  return std::min(share, declared_peaks / settings.cuts.ingest + 1);
}

std::uint64_t task_memory_bound_bytes(const imzml::Dataset& dataset, const imaging::GridSize& grid,
                                      const ListSizes& lists, const AnnotationSettings& settings) {
  const std::uint32_t width = settings.pattern.max_peaks;
  const std::uint64_t task =
      std::min(kTaskBytes, kBytesPerPeak * dataset.declared_peaks() + kLeastTaskBytes) +
      imaging::IonMeasurer::memory_bound_bytes(grid, width);
  // Objects: spectra, lists, the table of ions, as columns and as rows; metrics until ranks are
  // there.
  const std::uint64_t objects = 2 * dataset.spectra.size() * kBytesPerSpectrum +
                                2 * list_objects_bound_bytes(lists, settings) +
                                2 * lists.ions * width * (sizeof(double) + sizeof(float)) +
                                tasks::MetricsColumns::memory_bound_bytes(lists.ions, width);
  const std::uint64_t images = image_tasks_memory_bound_bytes(grid.pixels, width, settings.threads);
  return settings.threads * task + images + list_task_memory_bound_bytes(lists, settings) + objects;
}

std::uint64_t task_runs_bound_bytes(const imzml::Dataset& dataset,
                                    const AnnotationSettings& settings) {
  // Each run rounds its index up by a block.
  const std::uint64_t declared = dataset.declared_peaks();
  return RunReader::run_bytes(declared) + most_runs(declared, settings) * RunReader::run_bytes(1);
}

std::uint64_t largest_object_bound_bytes(const imzml::Dataset& dataset,
                                         const AnnotationSettings& settings) {
  std::uint64_t longest = 0;
  for (const imzml::Spectrum& spectrum : dataset.spectra) {
    longest = std::max(longest, spectrum.mz.length);
  }
  return RunReader::run_bytes(
      std::max(longest, ingest_share_peaks(dataset.declared_peaks(), settings)));
}

std::uint64_t task_objects_bound_bytes(const imzml::Dataset& dataset, const ListSizes& lists,
                                       const AnnotationSettings& settings) {
  // An ion's part of its patterns, of the table of all, and of the metrics.
  const std::uint64_t width = settings.pattern.max_peaks;
  const std::uint64_t ions = lists.ions;
  const std::uint64_t bytes_per_ion =
      2 * (width * (sizeof(double) + sizeof(float)) + kBytesPerIon) +
      width * (2 * sizeof(double) + 2 * sizeof(float) + 1) + kBytesPerIon;
  const std::uint64_t tasks = most_runs(dataset.declared_peaks(), settings) +
                              settings.cuts.patterns + settings.cuts.annotate +
                              ions / kIonsPerTask + ions / kRowsPerTask + lists.lists + 8;
  return task_runs_bound_bytes(dataset, settings) + dataset.spectra.size() * kBytesPerSpectrum +
         list_objects_bound_bytes(lists, settings) + ions * bytes_per_ion + tasks * kBytesPerTask;
}

}  // namespace ionloom::exec
