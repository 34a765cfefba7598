#include "exec/task_annotation.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tbb/task_arena.h>

#include "exec/find_patterns.h"
#include "exec/list_tasks.h"
#include "exec/run_indices.h"
#include "exec/run_objects.h"
#include "exec/spectra_table.h"
#include "exec/stage_clock.h"
#include "exec/task_batch.h"
#include "exec/task_bounds.h"
#include "tasks/ion_table_object.h"
#include "tasks/metrics_object.h"
#include "tasks/new_task.h"
#include "tasks/pixel_object.h"

namespace ionloom::exec {
namespace {

constexpr const char* kTable = "ion-table";

/// Ions of one of `tasks` tasks, at most `most`.
std::uint64_t ions_of_a_task(std::uint64_t ions, std::uint64_t tasks, std::uint64_t most) {
  return tasks == 0 ? most : std::min(most, (ions + tasks - 1) / tasks);
}

/// The stages of one run, one after the other.
class Stages {
 public:
  Stages(const imzml::Dataset& dataset, const AnnotationSettings& settings, TaskRuntime& runtime,
         RunObjects& objects, Progress& progress)
      : dataset_(dataset),
        settings_(settings),
        runtime_(runtime),
        objects_(objects),
        progress_(progress) {}

  /// All of them after index, for these lists.
  Result<AnnotationRun> all(stages::PixelIndex pixels, std::span<const ListInput> lists);

 private:
  void take_dataset(stages::PixelIndex pixels);
  Result<void> ingest();
  Result<void> ions(std::span<const ListInput> lists);
  Result<void> patterns();
  Result<void> annotate();
  Result<void> rank();
  Result<void> run_all(std::string_view stage, std::string_view unit,
                       const std::vector<tasks::Task>& tasks,
                       const std::vector<std::uint64_t>& units);
  Result<void> compute_patterns();
  [[nodiscard]] tasks::IonRows make_table() const;

  const imzml::Dataset& dataset_;
  const AnnotationSettings& settings_;
  TaskRuntime& runtime_;
  RunObjects& objects_;
  Progress& progress_;
  tasks::SpectraTable spectra_;
  tasks::DatasetObjects dataset_objects_;
  std::vector<std::string> runs_;
  std::vector<tasks::RunIndex> run_indices_;
  IonObjects ions_;
  std::vector<tasks::SizedObject> metrics_;
  AnnotationRun run_;
};

Result<void> Stages::run_all(std::string_view stage, std::string_view unit,
                             const std::vector<tasks::Task>& tasks,
                             const std::vector<std::uint64_t>& units) {
  std::uint64_t total = 0;
  for (const std::uint64_t part : units) total += part;
  progress_.begin(stage, unit, total);
  auto done = run_tasks(tasks, units, objects_, runtime_, progress_);
  progress_.end();
  return done;
}

void Stages::take_dataset(stages::PixelIndex pixels) {
  spectra_ = spectra_table(dataset_);
  dataset_objects_ = {RunObjects::kIbd, RunObjects::kSpectra, RunObjects::kPixels,
                      pixels.grid.size()};
  run_.pixels = std::move(pixels);
}

Result<void> Stages::ingest() {
  std::vector<tasks::Task> tasks;
  std::vector<std::uint64_t> units;
  for (const auto [first, last] :
       spectra_of_ingest_tasks(spectra_, dataset_.declared_peaks(), settings_)) {
    runs_.push_back(RunObjects::run_name(runs_.size()));
    tasks.push_back(tasks::new_ingest_task(dataset_objects_, spectra_, first, last, runs_.back()));
    const auto lengths = std::span(spectra_.length).subspan(first, last - first);
    units.push_back(std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0}));
  }
  level_memory(tasks);
  if (auto done = run_all("ingest", "peaks", tasks, units); !done) return done;
  std::uint64_t unsorted = 0;
  std::vector<std::shared_ptr<const RunReader>> readers;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    auto reader = objects_.run(runs_[i]);
    if (!reader) return std::unexpected(reader.error());
    unsorted += (*reader)->header().unsorted_spectra;
    run_indices_.push_back(run_index(runs_[i], **reader));
    readers.push_back(std::move(*reader));
  }
  auto store = PeakStore::of_runs(std::move(readers), unsorted, settings_.peaks.capacity_peaks);
  if (!store) return std::unexpected(store.error());
  run_.peaks = std::move(*store);
  if (run_.peaks.size() > 0) return {};
  return data_error(dataset_.ibd_path.string(),
                    "no spectrum has a peak with intensity above 0; there is nothing to annotate");
}

Result<void> Stages::ions(std::span<const ListInput> lists) {
  auto made = make_ions(lists, settings_, runtime_, objects_, progress_, run_);
  if (!made) return std::unexpected(made.error());
  ions_ = std::move(*made);
  return {};
}

Result<void> Stages::rank() {
  return rank_by_tasks(ions_, metrics_, settings_, runtime_, objects_, progress_, run_);
}

Result<void> Stages::compute_patterns() {
  const std::uint64_t ions = run_.ions.ions.size();
  std::vector<tasks::Task> tasks;
  std::vector<std::uint64_t> units;
  const std::uint64_t share = ions_of_a_task(ions, settings_.cuts.patterns, kIonsPerTask);
  for (std::uint64_t first = 0; first < ions; first += share) {
    const std::uint64_t last = std::min(ions, first + share);
    tasks.push_back(tasks::new_patterns_task(settings_.pattern, ions_.ions, first, last,
                                             "patterns-" + std::to_string(tasks.size())));
    units.push_back(last - first);
  }
  level_memory(tasks);
  if (auto done = run_all("patterns", "ions", tasks, units); !done) return done;
  const std::size_t width = settings_.pattern.max_peaks;
  run_.patterns.peaks_per_ion = settings_.pattern.max_peaks;
  run_.patterns.resize(ions);
  for (const tasks::Task& task : tasks) {
    const auto part = objects_.bytes(task.name);
    if (!part) return std::unexpected(part.error());
    const auto rows = tasks::decode_ion_table(**part);
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t row = 0; row < rows->ion.size(); ++row) {
      const imaging::TheoreticalPeaks theory = rows->patterns.of(row);
      const std::size_t at = rows->ion[row] * width;
      std::ranges::copy(theory.mz, run_.patterns.mz.begin() + static_cast<std::ptrdiff_t>(at));
      std::ranges::copy(theory.intensity,
                        run_.patterns.intensity.begin() + static_cast<std::ptrdiff_t>(at));
    }
    objects_.drop(task.name);
  }
  return {};
}

/// The rows of an ion table of all ions.
tasks::IonRows Stages::make_table() const {
  tasks::IonRows rows;
  rows.patterns.peaks_per_ion = run_.patterns.peaks_per_ion;
  for (std::size_t ion = 0; ion < run_.ions.ions.size(); ++ion) {
    if (!run_.patterns.has_pattern(ion)) continue;
    const imaging::TheoreticalPeaks theory = run_.patterns.of(ion);
    rows.patterns.mz.insert(rows.patterns.mz.end(), theory.mz.begin(), theory.mz.end());
    rows.patterns.intensity.insert(rows.patterns.intensity.end(), theory.intensity.begin(),
                                   theory.intensity.end());
    rows.ion.push_back(static_cast<std::uint32_t>(ion));
    rows.flags.push_back(
        tasks::flags_of(run_.ions.is_target[ion] != 0, run_.ions.is_targeted[ion] != 0));
  }
  return tasks::table_rows(rows);
}

Result<void> Stages::annotate() {
  tasks::IonRows rows = make_table();
  if (auto added = objects_.add(kTable, tasks::encode_ion_table(rows)); !added) return added;
  const tasks::ImageRun image_run{.settings = settings_.metrics,
                                  .isotope_peaks = run_.patterns.peaks_per_ion,
                                  .all_metrics = settings_.all_metrics,
                                  .first_mz = run_.peaks.first_mz(),
                                  .last_mz = run_.peaks.last_mz()};
  std::vector<tasks::Task> tasks;
  std::vector<std::uint64_t> units;
  const std::uint64_t table_ions = rows.ion.size();
  const std::uint64_t most_bytes =
      task_bytes(dataset_.declared_peaks(), dataset_objects_.grid.pixels);
  const std::uint64_t share = ions_of_a_task(table_ions, settings_.cuts.annotate, kRowsPerTask);
  for (std::uint64_t first = 0; first < table_ions;) {
    std::uint64_t count = std::min(table_ions - first, share);
    while (true) {
      std::vector<imaging::MzWindow> windows;
      for (std::uint64_t row = first; row < first + count; ++row) {
        stages::append_windows(rows.patterns.of(row), settings_.metrics.tolerance_ppm, windows);
      }
      const tasks::IonSlice slice{kTable, table_ions, first, first + count};
      tasks::Task task =
          tasks::new_annotate_task(image_run, dataset_objects_, {&slice, 1}, run_indices_,
                                   std::move(windows), "metrics-" + std::to_string(tasks.size()));
      if (task.memory_bytes > most_bytes && count > 1) {
        count /= 2;
        continue;
      }
      tasks.push_back(std::move(task));
      break;
    }
    units.push_back(count);
    first += count;
  }
  level_memory(tasks);
  rows = {};
  if (auto done = run_all("annotate", "ions", tasks, units); !done) return done;
  objects_.drop(kTable);
  run_.measured.reserve(table_ions);
  for (const tasks::Task& task : tasks) {
    const auto bytes = objects_.bytes(task.name);
    if (!bytes) return std::unexpected(bytes.error());
    auto metrics = tasks::decode_metrics(**bytes);
    if (!metrics) return std::unexpected(metrics.error());
    run_.ions_in_range += metrics->in_range;
    for (stages::MeasuredIon& one : metrics->measured) {
      if (!settings_.all_metrics && run_.ions.is_target[one.ion] == 0) one.metrics.images = {};
      run_.measured.push_back(std::move(one));
    }
    metrics_.push_back({task.name, (*bytes)->size()});
  }
  std::ranges::sort(run_.measured, {}, &stages::MeasuredIon::ion);
  if (run_.ions_in_range == 0) return std::unexpected(no_ion_in_range(dataset_, run_));
  return {};
}

Result<void> Stages::patterns() {
  auto done = find_patterns(settings_, run_, progress_, [&] { return compute_patterns(); });
  if (!done) return done;
  objects_.drop(ions_.ions.object);  // no other stage reads it
  ions_.ions = {};
  return {};
}

Result<AnnotationRun> Stages::all(stages::PixelIndex pixels, std::span<const ListInput> lists) {
  take_dataset(std::move(pixels));
  const std::pair<const char*, std::function<Result<void>()>> stages[] = {
      {"ingest", [&] { return ingest(); }},     {"ions", [&] { return ions(lists); }},
      {"patterns", [&] { return patterns(); }}, {"annotate", [&] { return annotate(); }},
      {"rank", [&] { return rank(); }},
  };
  const auto tell = [&] {
    if (settings_.after_stage) settings_.after_stage(run_);
  };
  for (const auto& [name, work] : stages) {
    const std::uint64_t before = objects_.tasks_handed_out();
    if (before > 0 && name == std::string_view("annotate")) return std::unexpected(handed_out());
    runtime_.release_memory();
    {
      const StageClock clock(run_.stages, name, objects_.meter());
      auto done = work();
      // Patterns need no peaks: others compute them while they take in the dataset.
      const bool others_ingest =
          name == std::string_view("ingest") && objects_.tasks_handed_out() > before;
      if (!done && !others_ingest) return std::unexpected(done.error());
    }
    if (objects_.tasks_handed_out() == 0) tell();
  }
  return std::move(run_);
}

}  // namespace

Result<stages::PixelIndex> index_by_task(const imzml::Dataset& dataset, TaskRuntime& runtime,
                                         RunObjects& objects, Progress& progress) {
  const tasks::SpectraTable spectra = spectra_table(dataset);
  if (auto added = objects.add(RunObjects::kSpectra, tasks::encode_spectra(spectra)); !added) {
    return std::unexpected(added.error());
  }
  const tasks::Task task =
      tasks::new_index_task(RunObjects::kSpectra, spectra.size(), RunObjects::kPixels);
  const std::uint64_t units = spectra.size();
  progress.begin("index", "spectra", units);
  auto done = run_tasks({&task, 1}, {&units, 1}, objects, runtime, progress);
  progress.end();
  if (!done) return std::unexpected(done.error());
  const auto bytes = objects.bytes(RunObjects::kPixels);
  if (!bytes) return std::unexpected(bytes.error());
  return tasks::decode_pixels(**bytes);
}

Result<AnnotationRun> annotate_by_tasks(const imzml::Dataset& dataset, stages::PixelIndex pixels,
                                        std::span<const ListInput> lists,
                                        const AnnotationSettings& settings, TaskRuntime& runtime,
                                        RunObjects& objects, Progress& progress) {
  tbb::task_arena arena(static_cast<int>(settings.threads));
  return arena.execute([&] {
    return Stages(dataset, settings, runtime, objects, progress).all(std::move(pixels), lists);
  });
}

}  // namespace ionloom::exec
