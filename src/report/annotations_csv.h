#pragma once

#include <filesystem>

#include "base/error.h"
#include "report/annotation.h"
#include "report/run_identity.h"

namespace ionloom::report {

/// Writes annotations.csv: METASPACE's export (docs/formats/annotations-csv.md). Rows are written
/// in the order given. With more than one molecule list in the run a last column "moldb" names the
/// list.
/// Numbers are the shortest text that reads back to the same double. See OutputFile for what fails.
[[nodiscard]] Result<void> write_annotations_csv(const std::filesystem::path& path,
                                                 const AnnotationRows& rows,
                                                 const RunIdentity& run);

}  // namespace ionloom::report
