#include "exec/task_bounds.h"

#include <algorithm>

#include "exec/image_source.h"
#include "exec/run_reader.h"
#include "exec/spectra_table.h"
#include "stages/peak_run.h"
#include "tasks/metrics_object.h"
#include "tasks/new_task.h"

namespace ionloom::exec {
namespace {

/// Peaks that one ingest task sorts at most, unless one spectrum has more.
constexpr std::uint64_t kPeaksPerRun = std::uint64_t{1} << 22;
/// A task of so many is over in some ten milliseconds.
constexpr std::uint64_t kLeastPeaksPerRun = std::uint64_t{1} << 16;
/// Of datasets between the two: for threads to share, but few, since annotate reads from each: with
/// 32 in place of 5 it took twice as long (18.8 million peaks).
constexpr std::uint64_t kIngestTasks = 4;

constexpr std::uint64_t kBytesPerSpectrum = 48;
constexpr std::uint64_t kBytesPerIon = 64;  ///< its metrics; beside its peaks in a table
constexpr std::uint64_t kBytesPerTask = std::uint64_t{8} << 10;  ///< headers, ends, a summary
constexpr std::uint64_t kRecordBytes = std::uint64_t{64} << 10;  ///< a task's text, its inputs
/// A module's own memory, and what its memory is rounded up to.
constexpr std::uint64_t kInstanceBytes = std::uint64_t{3} << 20;

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

std::uint64_t task_bytes(std::uint64_t peaks, std::uint64_t pixels) {
  constexpr std::uint64_t kLeast = std::uint64_t{8} << 20;
  constexpr std::uint64_t kMost = std::uint64_t{256} << 20;
  constexpr std::uint64_t kBytesPerPixel = 256;
  return std::clamp(peaks + pixels * kBytesPerPixel, kLeast, kMost);
}

std::vector<SpectraRange> spectra_of_ingest_tasks(const tasks::SpectraTable& spectra,
                                                  std::uint64_t declared_peaks,
                                                  const AnnotationSettings& settings) {
  const std::uint64_t share = ingest_share_peaks(declared_peaks, settings);
  std::vector<SpectraRange> ranges;
  for (std::uint64_t first = 0; first < spectra.size();) {
    std::uint64_t last = first;
    std::uint64_t peaks = 0;
    for (; last < spectra.size() && (last == first || peaks + spectra.length[last] <= share);
         ++last) {
      peaks += spectra.length[last];
    }
    ranges.push_back({first, last});
    first = last;
  }
  return ranges;
}

TaskMemory task_memory(const imzml::Dataset& dataset, const imaging::GridSize& grid,
                       const ListSizes& lists, const AnnotationSettings& settings,
                       const RuntimeMemory& runtime) {
  const std::uint32_t width = settings.pattern.max_peaks;
  const std::uint64_t bytes_per_row =
      width * (sizeof(double) + sizeof(float)) + sizeof(std::uint32_t) + sizeof(std::uint8_t);
  const std::uint64_t targets =
      lists.formulas.count * stages::target_modifiers(settings.ions).size();

  const tasks::SpectraTable spectra = spectra_table(dataset);
  const tasks::DatasetObjects objects{"i", "s", "p", grid};
  std::uint64_t ingest = 0;
  for (const SpectraRange& range :
       spectra_of_ingest_tasks(spectra, dataset.declared_peaks(), settings)) {
    ingest = std::max(
        ingest,
        tasks::new_ingest_task(objects, spectra, range.first, range.last, "r").memory_bytes);
  }
  const std::uint64_t patterns =
      stages::patterns_memory_bound_bytes(kIonsPerTask, width, 1) + 2 * kIonsPerTask * kBytesPerIon;
  // Of annotate and images: all peaks, in the order of runs and of m/z, or what tasks are cut by.
  const auto with_peaks = [&](std::uint64_t rows, std::uint64_t own_bytes) {
    const std::uint64_t peaks = 2 * RunReader::run_bytes(dataset.declared_peaks()) +
                                2 * RunReader::run_bytes(stages::kRunBlockPeaks);
    return std::min(task_bytes(dataset.declared_peaks(), grid.pixels),
                    peaks + grid.pixels * sizeof(std::uint32_t) + rows * bytes_per_row + own_bytes +
                        kRecordBytes);
  };
  const std::uint64_t annotate =
      with_peaks(kRowsPerTask, imaging::IonMeasurer::measure_memory_bound_bytes(grid, width) +
                                   tasks::MetricsColumns::memory_bound_bytes(kRowsPerTask, width));
  const ImageTaskMemory images =
      image_task_memory(grid.pixels, width, dataset.declared_peaks(), runtime.hands_over_images);
  const std::uint64_t images_task = with_peaks(
      images.ions, imaging::IonMeasurer::cut_memory_bound_bytes(grid, width) + images.held_bytes);

  const ListTaskMemory list_tasks = list_task_memory(lists, settings);
  // Of a stage's tasks, one a thread; or of one that sees whole lists.
  const std::uint64_t instance = runtime.has_instances ? kInstanceBytes : 0;
  const auto on_threads = [&](std::uint64_t task) { return settings.threads * (task + instance); };
  const auto alone = [&](std::uint64_t task) { return task + instance; };
  const ListObjects list_objects = list_objects_bound(lists, settings);
  // Where ions lie in their object is known here too.
  const std::uint64_t ion_objects =
      list_objects.ions_bytes + lists.ions * (sizeof(std::uint64_t) + sizeof(std::uint8_t));
  const std::uint64_t maps = list_objects.maps_bytes;
  const std::uint64_t table = lists.ions * bytes_per_row;
  const std::uint64_t metrics = tasks::MetricsColumns::memory_bound_bytes(lists.ions, width);
  TaskMemory memory;
  memory.always_bytes = 2 * dataset.spectra.size() * kBytesPerSpectrum;
  memory.ingest_bytes = on_threads(ingest);
  memory.ions_bytes = alone(list_tasks.ions_bytes) + ion_objects + maps;
  memory.patterns_bytes = on_threads(patterns) + ion_objects + maps + table;
  // The table of all ions is there twice, as rows and in order or as an object, before tasks run.
  memory.annotate_bytes = maps + table + std::max(table, on_threads(annotate) + metrics);
  memory.rank_bytes = alone(list_tasks.rank_bytes) + maps + metrics + list_objects.rank_bytes;
  memory.images_bytes = on_threads(images_task) + settings.threads * images.copies_bytes +
                        3 * targets * bytes_per_row;
  return memory;
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
         list_objects_bound(lists, settings).all_bytes() + ions * bytes_per_ion +
         tasks * kBytesPerTask;
}

}  // namespace ionloom::exec
