#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "report/annotation.h"
#include "report/run_identity.h"

namespace ionloom::report {

/// Writes annotations.parquet: the rows of annotations.csv with typed columns and everything else
/// that METASPACE keeps about an annotation (docs/formats/annotations-parquet.md). Equal rows and
/// runs give equal bytes. See OutputFile for what fails.
[[nodiscard]] Result<void> write_annotations_parquet(const std::filesystem::path& path,
                                                     const AnnotationRows& rows,
                                                     const RunIdentity& run);

/// Bytes that writing any of our Parquet files takes at most: a row group in several forms.
/// @param rows        at most
/// @param text_bytes  of the names and ids in all of them
[[nodiscard]] std::uint64_t parquet_memory_bound_bytes(std::uint64_t rows,
                                                       std::uint64_t text_bytes);

}  // namespace ionloom::report
