#pragma once

#include <vector>

#include "app/annotation_rows.h"
#include "app/run_settings.h"
#include "exec/annotation_run.h"
#include "exec/image_source.h"
#include "exec/progress.h"
#include "imaging/pixel_grid.h"
#include "report/results_folder.h"
#include "report/run_identity.h"

namespace ionloom::app {

/// Writes annotations.csv, annotations.parquet and what the settings ask for beside them (ion
/// metrics, rankings, images) into the folder, on the threads of the current arena.
/// @return names of what was written, relative to the folder
[[nodiscard]] Result<std::vector<std::string>> write_results(
    report::ResultsFolder& folder, const exec::AnnotationRun& run, exec::ImageSource& source,
    const std::vector<chem::MoleculeList>& lists, const ResultRows& rows,
    const RunSettings& settings, const report::RunIdentity& identity, exec::Progress& progress);

/// What results are made of, at most.
struct ResultSizes {
  std::uint64_t targets = 0;  ///< rows that may be stored
  std::uint64_t rows = 0;     ///< of the longest table
  std::uint32_t peaks_per_ion = 0;
  std::uint64_t molecules = 0;  ///< of all lists
  std::uint64_t lists = 1;
  std::uint64_t text_bytes = 0;  ///< of the names and ids in all rows
};

/// Bytes that writing needs at most, beyond the run itself and the cutting of images.
[[nodiscard]] std::uint64_t write_memory_bound_bytes(const ResultSizes& sizes,
                                                     const imaging::PixelGrid& grid,
                                                     std::uint64_t threads);

}  // namespace ionloom::app
