#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exec/image_source.h"
#include "exec/joined_reads.h"
#include "exec/parallel_steps.h"
#include "exec/run_indices.h"
#include "exec/task_batch.h"
#include "exec/task_bounds.h"
#include "exec/task_objects.h"
#include "stages/annotate.h"
#include "tasks/images_object.h"
#include "tasks/ion_table_object.h"
#include "tasks/new_task.h"

namespace ionloom::exec {
namespace {

constexpr const char* kTable = "image-ions";
/// Bytes of images that one task makes, unless those of one ion are more; where they are handed
/// over one ion after the other, no more are held.
constexpr std::uint64_t kImageBytes = std::uint64_t{4} << 20;
/// What a task makes, while it grows in memory (twice), and again as images.
constexpr std::uint64_t kCopies = 3;
/// Ions of a task that hands them over: the peaks of all runs are put in order once for so many
/// neighbours, which mostly lie in the same blocks. With five, most of a run's time went there.
constexpr std::uint64_t kIonsAtOnce = 256;
/// Tasks of each thread at least, so that threads end together.
constexpr std::uint64_t kTasksPerThread = 4;

std::uint64_t bytes_per_ion(std::uint64_t pixels, std::uint32_t isotope_peaks) {
  return pixels * isotope_peaks * sizeof(tasks::ImageValue);
}

/// Ions of a task at most. Of few peaks, which are put in order quickly, less is held than they
/// take.
std::uint64_t ions_at_once(std::uint64_t pixels, std::uint32_t isotope_peaks, std::uint64_t peaks,
                           bool hands_over_images) {
  if (hands_over_images) return kIonsAtOnce;
  const std::uint64_t held_bytes = std::min(kImageBytes, peaks * sizeof(float));
  return std::max<std::uint64_t>(1, held_bytes / bytes_per_ion(pixels, isotope_peaks));
}

/// The ions asked for, each once, and the places where they were.
struct WantedIons {
  tasks::IonRows rows;  ///< in the order of an ion table
  std::map<std::uint32_t, std::vector<std::size_t>> places;
};

WantedIons wanted(std::span<const std::uint32_t> ions, const stages::PatternTable& patterns) {
  WantedIons all;
  for (std::size_t i = 0; i < ions.size(); ++i) all.places[ions[i]].push_back(i);
  tasks::IonRows rows;
  rows.patterns.peaks_per_ion = patterns.peaks_per_ion;
  for (const auto& [ion, places] : all.places) {
    const imaging::TheoreticalPeaks theory = patterns.of(ion);
    rows.patterns.mz.insert(rows.patterns.mz.end(), theory.mz.begin(), theory.mz.end());
    rows.patterns.intensity.insert(rows.patterns.intensity.end(), theory.intensity.begin(),
                                   theory.intensity.end());
    rows.ion.push_back(ion);
    rows.flags.push_back(0);
  }
  all.rows = tasks::table_rows(rows);
  return all;
}

class TaskImages final : public ImageSource {
 public:
  TaskImages(const AnnotationRun& run, const AnnotationSettings& settings, TaskRuntime& runtime,
             RunObjects& objects)
      : run_(run), settings_(settings), runtime_(runtime), objects_(objects) {}

  Result<void> cut(std::span<const std::uint32_t> ions, const Work& work,
                   Progress& progress) override {
    if (ions.empty()) return {};
    const WantedIons all = wanted(ions, run_.patterns);
    if (auto added = objects_.add(kTable, tasks::encode_ion_table(all.rows)); !added) return added;
    const auto tasks = tasks_for(all.rows);
    if (!tasks) return std::unexpected(tasks.error());
    runtime_.release_memory();
    JoinedReads objects(*tasks, objects_, settings_.threads);
    auto done = in_parallel(tasks->size(), progress, [&](std::size_t i) {
      return run_one((*tasks)[i], objects, all, work, progress);
    });
    objects_.drop(kTable);
    return done;
  }

 private:
  [[nodiscard]] Result<std::vector<tasks::Task>> tasks_for(const tasks::IonRows& rows) const;
  [[nodiscard]] Result<void> run_one(const tasks::Task& task, TaskObjects& objects,
                                     const WantedIons& all, const Work& work,
                                     Progress& progress) const;

  const AnnotationRun& run_;
  const AnnotationSettings& settings_;
  TaskRuntime& runtime_;
  RunObjects& objects_;
};

Result<std::vector<tasks::Task>> TaskImages::tasks_for(const tasks::IonRows& rows) const {
  const auto runs = run_indices(objects_, run_.peaks.runs_on_disk());
  if (!runs) return std::unexpected(runs.error());
  const imaging::GridSize grid = run_.pixels.grid.size();
  const tasks::DatasetObjects dataset{RunObjects::kIbd, RunObjects::kSpectra, RunObjects::kPixels,
                                      grid};
  const tasks::ImageRun image_run{.settings = settings_.metrics,
                                  .isotope_peaks = run_.patterns.peaks_per_ion,
                                  .all_metrics = false,
                                  .first_mz = run_.peaks.first_mz(),
                                  .last_mz = run_.peaks.last_mz()};
  const std::uint64_t ions = rows.ion.size();
  const std::uint64_t held = ions_at_once(grid.pixels, image_run.isotope_peaks, run_.peaks.size(),
                                          runtime_.hands_over_images());
  const std::uint64_t most =
      std::max<std::uint64_t>(1, std::min(held, ions / (settings_.threads * kTasksPerThread)));
  const std::uint64_t most_bytes = task_bytes(run_.peaks.size(), grid.pixels);
  std::vector<tasks::Task> tasks;
  for (std::uint64_t first = 0; first < ions;) {
    tasks::Task task;
    std::uint64_t count = std::min(most, ions - first);
    for (;; count /= 2) {
      std::vector<imaging::MzWindow> windows;
      for (std::uint64_t row = first; row < first + count; ++row) {
        stages::append_windows(rows.patterns.of(row), settings_.metrics.tolerance_ppm, windows);
      }
      const tasks::IonSlice slice{kTable, ions, first, first + count};
      task = tasks::new_images_task(image_run, dataset, {&slice, 1}, *runs, std::move(windows),
                                    "images-" + std::to_string(tasks.size()));
      if (task.memory_bytes <= most_bytes || count == 1) break;
    }
    tasks.push_back(std::move(task));
    first += count;
  }
  level_memory(tasks);
  return tasks;
}

Result<void> TaskImages::run_one(const tasks::Task& task, TaskObjects& objects,
                                 const WantedIons& all, const Work& work,
                                 Progress& progress) const {
  tasks::Task without_outputs = task;
  without_outputs.outputs.clear();
  auto inputs = ObjectTaskIo::open(without_outputs, objects);
  if (!inputs) return std::unexpected(inputs.error());
  const auto take = [&](std::uint32_t ion,
                        std::span<const imaging::IonImage> images) -> Result<void> {
    for (const std::size_t place : all.places.at(ion)) {
      if (auto worked = work(place, images); !worked) return worked;
      progress.advance(1);
    }
    return {};
  };
  return runtime_.cut_images(task, *inputs, take, [&] { return progress.cancelled(); });
}

}  // namespace

std::unique_ptr<ImageSource> images_by_tasks(const AnnotationRun& run,
                                             const AnnotationSettings& settings,
                                             TaskRuntime& runtime, RunObjects& objects) {
  return std::make_unique<TaskImages>(run, settings, runtime, objects);
}

ImageTaskMemory image_task_memory(std::uint64_t pixels, std::uint32_t isotope_peaks,
                                  std::uint64_t peaks, bool hands_over_images) {
  const std::uint64_t per_ion = bytes_per_ion(pixels, isotope_peaks);
  const std::uint64_t ions = ions_at_once(pixels, isotope_peaks, peaks, hands_over_images);
  const std::uint64_t rows =
      ions * (2 * sizeof(std::uint32_t) + isotope_peaks * sizeof(std::uint64_t));
  if (hands_over_images) return {.ions = ions, .held_bytes = per_ion + rows, .copies_bytes = 0};
  const std::uint64_t held = ions * per_ion;
  return {.ions = ions, .held_bytes = held + rows, .copies_bytes = kCopies * held};
}

}  // namespace ionloom::exec
