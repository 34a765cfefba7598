#pragma once

#include <filesystem>
#include <span>

#include "base/error.h"
#include "report/annotation.h"
#include "report/run_identity.h"

namespace ionloom::report {

/// Writes annotations.parquet: the rows of annotations.csv with typed columns and everything else
/// that METASPACE keeps about an annotation (docs/formats/annotations-parquet.md). Equal rows and
/// runs give equal bytes. See OutputFile for what fails.
[[nodiscard]] Result<void> write_annotations_parquet(const std::filesystem::path& path,
                                                     std::span<const Annotation> rows,
                                                     const RunIdentity& run);

}  // namespace ionloom::report
