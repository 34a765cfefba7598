#include "exec/annotation_run.h"

#include <algorithm>
#include <iterator>
#include <mutex>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "exec/find_patterns.h"
#include "exec/stage_clock.h"

namespace ionloom::exec {
namespace {

constexpr std::size_t kIonsPerTask = 256;

/// Calls work(first, last) for slices of [0, count) on all threads of the arena.
template <class Work>
bool for_slices(std::size_t count, Progress& progress, Work work) {
  const std::size_t slices = (count + kIonsPerTask - 1) / kIonsPerTask;
  tbb::parallel_for(std::size_t{0}, slices, [&](std::size_t slice) {
    if (progress.cancelled()) return;
    const std::size_t first = slice * kIonsPerTask;
    const std::size_t last = std::min(count, first + kIonsPerTask);
    work(first, last);
    progress.advance(last - first);
  });
  return !progress.cancelled();
}

Result<void> compute_all_patterns(const AnnotationSettings& settings, AnnotationRun& run,
                                  Progress& progress) {
  run.patterns.peaks_per_ion = settings.pattern.max_peaks;
  run.patterns.resize(run.ions.ions.size());
  tbb::enumerable_thread_specific<chem::IsotopicPatternCalculator> calculators(
      [&] { return chem::IsotopicPatternCalculator(settings.pattern); });
  progress.begin("patterns", "ions", run.ions.ions.size());
  const bool finished =
      for_slices(run.ions.ions.size(), progress, [&](std::size_t first, std::size_t last) {
        stages::compute_patterns(run.ions.ions, first, last, calculators.local(), run.patterns);
      });
  progress.end();
  if (!finished) return interrupted();
  return {};
}

Result<void> annotate_all(const AnnotationSettings& settings,
                          const std::vector<std::uint32_t>& ions, AnnotationRun& run,
                          Progress& progress) {
  tbb::enumerable_thread_specific<imaging::IonMeasurer> measurers(
      [&] { return imaging::IonMeasurer(run.pixels.grid, settings.metrics); });
  // For all that there can be, so that none is ever held twice; what is not used is not resident.
  run.measured.reserve(ions.size());
  std::mutex adding;
  progress.begin("annotate", "ions", ions.size());
  const auto annotate_slice = [&](imaging::PeakTable peaks, std::size_t first,
                                  std::size_t last) -> Result<void> {
    const auto slice = std::span(ions).subspan(first, last - first);
    const bool finished = for_slices(slice.size(), progress, [&](std::size_t from, std::size_t to) {
      std::vector<stages::MeasuredIon> kept;
      stages::annotate_ions(peaks, run.ions, run.patterns, slice.subspan(from, to - from),
                            settings.all_metrics, measurers.local(), kept);
      const std::lock_guard lock(adding);
      std::ranges::move(kept, std::back_inserter(run.measured));
    });
    if (!finished) return interrupted();
    return {};
  };
  auto done = run.peaks.visit(
      ions.size(),
      [&](std::size_t i, std::vector<imaging::MzWindow>& windows) {
        stages::append_windows(run.patterns.of(ions[i]), settings.metrics.tolerance_ppm, windows);
      },
      annotate_slice);
  progress.end();
  std::ranges::sort(run.measured, {}, &stages::MeasuredIon::ion);
  return done;
}

void rank_lists(std::size_t lists, const AnnotationSettings& settings, AnnotationRun& run) {
  const StageClock clock(run.stages, "rank");
  for (std::size_t list = 0; list < lists; ++list) {
    run.ranked.push_back(
        stages::rank_list(run.ions, list, run.measured, settings.ions.version, settings.scoring));
    if (!settings.rank_decoys) continue;
    run.ranked_decoys.push_back(
        stages::ranked_decoys(run.ions, list, run.measured, settings.scoring));
  }
}

Result<AnnotationRun> run_stages(const imzml::Dataset& dataset, stages::PixelIndex pixels,
                                 std::span<const ListInput> lists,
                                 const AnnotationSettings& settings, Progress& progress) {
  AnnotationRun run;
  run.pixels = std::move(pixels);
  const auto tell = [&] {
    if (settings.after_stage) settings.after_stage(run);
  };
  {
    const StageClock clock(run.stages, "ingest");
    auto store = PeakStore::ingest(dataset, run.pixels, settings.peaks, settings.threads, progress);
    if (!store) return std::unexpected(store.error());
    run.peaks = std::move(*store);
  }
  tell();
  {
    const StageClock clock(run.stages, "ions");
    std::vector<stages::FormulaList> formulas;
    for (const ListInput& input : lists) {
      formulas.push_back({input.list->formulas, input.targeted});
    }
    auto ions = stages::enumerate_ions(formulas, settings.ions);
    if (!ions) return std::unexpected(ions.error());
    run.ions = std::move(*ions);
  }
  tell();
  {
    const StageClock clock(run.stages, "patterns");
    const auto compute = [&] { return compute_all_patterns(settings, run, progress); };
    if (auto found = find_patterns(settings, run, progress, compute); !found) {
      return std::unexpected(found.error());
    }
  }
  tell();
  {
    const StageClock clock(run.stages, "annotate");
    const std::vector<std::uint32_t> ions =
        stages::ions_in_range(run.patterns, run.peaks.first_mz(), run.peaks.last_mz());
    run.ions_in_range = ions.size();
    if (ions.empty()) return std::unexpected(no_ion_in_range(dataset, run));
    if (auto done = annotate_all(settings, ions, run, progress); !done) {
      return std::unexpected(done.error());
    }
  }
  tell();
  rank_lists(lists.size(), settings, run);
  tell();
  return run;
}

}  // namespace

Error no_ion_in_range(const imzml::Dataset& dataset, const AnnotationRun& run) {
  double low = 0;
  double high = 0;
  for (std::size_t ion = 0; ion < run.ions.ions.size(); ++ion) {
    if (!run.patterns.has_pattern(ion) || run.ions.is_target[ion] == 0) continue;
    const double mz = run.patterns.of(ion).mz[0];
    low = low == 0 ? mz : std::min(low, mz);
    high = std::max(high, mz);
  }
  const auto range = [](double a, double b) {
    return std::to_string(a) + " to " + std::to_string(b);
  };
  return {ErrorCode::kData, dataset.imzml_path.string(),
          "none of " + std::to_string(run.ions.ions.size()) +
              " ions lies in the dataset's range, m/z " +
              range(run.peaks.first_mz(), run.peaks.last_mz()) +
              (high > 0 ? " (the lists' ions: m/z " + range(low, high) + ")"
                        : " (no ion of the lists has an isotopic pattern)")};
}

Result<stages::PixelIndex> index_dataset(const imzml::Dataset& dataset) {
  std::vector<stages::Position> positions;
  positions.reserve(dataset.spectra.size());
  for (const imzml::Spectrum& spectrum : dataset.spectra) {
    positions.push_back({spectrum.x, spectrum.y});
  }
  auto index = stages::index_pixels(positions);
  if (!index) return data_error(dataset.imzml_path.string(), index.error().what);
  return index;
}

Result<AnnotationRun> annotate(const imzml::Dataset& dataset, stages::PixelIndex pixels,
                               std::span<const ListInput> lists, const AnnotationSettings& settings,
                               Progress& progress) {
  tbb::task_arena arena(static_cast<int>(settings.threads));
  return arena.execute(
      [&] { return run_stages(dataset, std::move(pixels), lists, settings, progress); });
}

}  // namespace ionloom::exec
