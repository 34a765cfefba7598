#pragma once

#include <cstddef>

#include "exec/annotation_run.h"
#include "oracle/support/reference_run.h"

namespace ionloom::oracle {

// Each compares one table of a reference run with what our run holds, and reports differences as
// failures of the current test.

/// Numbers of ions, targets, kept ions and peaks, of summary.json.
void compare_counts(const ReferenceRun& reference, const exec::AnnotationRun& run);

/// Decoys drawn for the first 40 formulas of a list, in order.
void compare_decoys(const ReferenceRun& reference, const exec::AnnotationRun& run,
                    std::size_t list);

/// Theoretical m/z and intensities of up to 6000 ions.
void compare_centroids(const ReferenceRun& reference, const exec::AnnotationRun& run);

/// Every column of the metrics of all kept ions, decoys too.
void compare_ion_metrics(const ReferenceRun& reference, const exec::AnnotationRun& run);

/// Every column of a list's result table.
void compare_annotations(const ReferenceRun& reference, const exec::AnnotationRun& run,
                         std::size_t list);

/// A list's annotations at every FDR level, of summary.json.
void compare_levels(const ReferenceRun& reference, const exec::AnnotationRun& run,
                    std::size_t list);

/// The images of six annotated ions, pixel by pixel.
void compare_images(const ReferenceRun& reference, exec::AnnotationRun& run);

/// A file of one list: the lists of a run with several have one each.
[[nodiscard]] std::filesystem::path table_of_list(const ReferenceRun& reference, const char* table,
                                                  std::size_t list);

}  // namespace ionloom::oracle
