#include "app/stage_bounds.h"

#include <algorithm>

#include "app/run_memory.h"
#include "imaging/peak_table.h"
#include "imzml/dataset.h"
#include "stages/ingest.h"
#include "stages/peak_run.h"
#include "stages/rank.h"

namespace ionloom::app {
namespace {

using plan::Count;

constexpr std::uint64_t kFormulaBytes = 64;  ///< an ion's text and its places

std::uint64_t whole(const plan::WorkCounts& task, Count count) {
  return static_cast<std::uint64_t>(task[count]);
}

/// Peaks of a stretch of m/z from all runs: as they were read, and in order.
std::uint64_t peaks_bytes(const plan::WorkCounts& task) {
  const std::uint64_t runs = whole(task, Count::kRuns);
  // A stretch begins and ends inside a block of each run, but has no more peaks than the run.
  const std::uint64_t peaks = whole(task, Count::kPeaks);
  const std::uint64_t ends =
      std::min(peaks + stages::kRunBlockPeaks, 2 * runs * stages::kRunBlockPeaks);
  const std::uint64_t tables = runs > 1 ? 2 : 1;
  return tables * (peaks + ends) * sizeof(imaging::Peak) + stages::kRunBlockBytes;
}

}  // namespace

plan::MemoryBound stage_bounds(const exec::AnnotationSettings& settings,
                               const imaging::PixelGrid& grid, std::uint64_t longest_spectrum) {
  return [&settings, &grid, longest_spectrum](plan::Stage stage, const plan::WorkCounts& task) {
    const std::uint64_t spectra = whole(task, Count::kSpectra);
    const std::uint64_t ions = whole(task, Count::kIons);
    const std::uint32_t width = settings.pattern.max_peaks;
    const std::uint64_t table_bytes =
        ions * (width * (sizeof(double) + sizeof(float)) + kFormulaBytes);
    std::uint64_t bytes = 0;
    switch (stage) {
      case plan::Stage::kIndex:
        bytes = spectra * sizeof(imzml::Spectrum) + stages::index_memory_bound_bytes(spectra);
        break;
      case plan::Stage::kIngest:
        bytes =
            spectra * sizeof(imzml::Spectrum) +
            stages::ingest_memory_bound_bytes(whole(task, Count::kPeaks), 1, 1, longest_spectrum);
        break;
      case plan::Stage::kMerge:
        bytes = peaks_bytes(task);
        break;
      case plan::Stage::kIons:
        bytes = stages::ions_memory_bound_bytes(whole(task, Count::kFormulas), settings.ions);
        break;
      case plan::Stage::kPatterns:
        bytes = table_bytes + stages::patterns_memory_bound_bytes(ions, width, 1);
        break;
      case plan::Stage::kAnnotate:
      case plan::Stage::kImages:
        bytes = peaks_bytes(task) + table_bytes +
                stages::annotate_memory_bound_bytes(ions, ions, width, grid, 1);
        break;
      case plan::Stage::kRank:
        bytes = stages::rank_memory_bound_bytes(whole(task, Count::kFormulas), settings.ions,
                                                settings.scoring);
        break;
    }
    return kProgramBytes + bytes;
  };
}

}  // namespace ionloom::app
