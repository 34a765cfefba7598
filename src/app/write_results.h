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
    const std::vector<chem::MoleculeList>& lists, const std::vector<report::Annotation>& rows,
    const RunSettings& settings, const report::RunIdentity& identity, exec::Progress& progress);

/// Bytes that writing needs at most, beyond the run itself.
/// @param targets         rows that may be stored
/// @param molecule_bytes  of the names and ids in all of them
[[nodiscard]] std::uint64_t write_memory_bound_bytes(std::uint64_t targets,
                                                     std::uint32_t peaks_per_ion,
                                                     std::uint64_t molecule_bytes,
                                                     const imaging::PixelGrid& grid,
                                                     std::uint64_t threads);

}  // namespace ionloom::app
