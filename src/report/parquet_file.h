#pragma once

// Inside this room only, as parquet_columns.h.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/api.h>

#include "base/error.h"
#include "report/parquet_columns.h"
#include "report/run_identity.h"

namespace parquet::arrow {
class FileWriter;
}

namespace ionloom::report {

class FileStream;

/// A Parquet file under way, with the settings that all of ours share: ZSTD, the schema with its
/// descriptions, no dates. Atomic as OutputFile, in which it is written.
class ParquetFile {
 public:
  /// @param content what a row is, e.g. "annotations"; kept in the metadata as "ionloom.content"
  ///                beside "ionloom.version", "ionloom.dataset" and "ionloom.parameters"
  [[nodiscard]] static Result<ParquetFile> create(const std::filesystem::path& path,
                                                  const arrow::FieldVector& fields,
                                                  std::string_view content, const RunIdentity& run);
  ParquetFile(ParquetFile&&) noexcept;
  ~ParquetFile();

  [[nodiscard]] Result<void> write_row_group(const arrow::ArrayVector& columns);
  [[nodiscard]] Result<void> commit();

  /// Arrow's Status as an Error that names this file.
  [[nodiscard]] Result<void> check(const arrow::Status& status) const;

 private:
  ParquetFile(std::filesystem::path path, std::shared_ptr<arrow::Schema> schema,
              std::shared_ptr<FileStream> stream,
              std::unique_ptr<parquet::arrow::FileWriter> writer);

  std::filesystem::path path_;
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<FileStream> stream_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

/// What a row group holds at most: so many rows, and no further row once it has so many bytes.
inline constexpr std::size_t kRowGroupRows = 32768;
inline constexpr std::uint64_t kRowGroupBytes = std::uint64_t{1} << 20;
/// How often a row group's bytes are counted.
inline constexpr std::size_t kRowsBetweenLooks = 64;

/// Bytes of what has been appended to a builder, about.
[[nodiscard]] std::uint64_t appended_bytes(arrow::ArrayBuilder& builder);

/// Writes a whole file, a row group at a time.
/// @param row_at callable, row_at(i) gives row i of `rows`, by value or reference
template <class Row, class RowAt>
Result<void> write_parquet(const std::filesystem::path& path, std::string_view content,
                           const std::vector<ParquetColumn<Row>>& columns, std::size_t rows,
                           const RowAt& row_at, const RunIdentity& run) {
  arrow::FieldVector fields;
  for (const auto& column : columns) {
    fields.push_back(column.field);
  }
  auto file = ParquetFile::create(path, fields, content, run);
  if (!file) {
    return std::unexpected(std::move(file.error()));
  }
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> builders;
  for (const auto& field : fields) {
    builders.emplace_back();
    if (auto made = file->check(
            arrow::MakeBuilder(arrow::system_memory_pool(), field->type(), &builders.back()));
        !made) {
      return made;
    }
  }
  for (std::size_t next = 0; next < rows;) {
    std::uint64_t group_bytes = 0;
    for (std::size_t in_group = 0;
         next < rows && in_group < kRowGroupRows && group_bytes < kRowGroupBytes;
         ++next, ++in_group) {
      const Row& row = row_at(next);
      for (std::size_t c = 0; c < columns.size(); ++c) {
        if (auto added = file->check(columns[c].append(*builders[c], row)); !added) {
          return added;
        }
      }
      if ((in_group + 1) % kRowsBetweenLooks != 0) continue;
      group_bytes = 0;
      for (const auto& builder : builders) group_bytes += appended_bytes(*builder);
    }
    arrow::ArrayVector arrays(columns.size());
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (auto finished = file->check(builders[c]->Finish(&arrays[c])); !finished) {
        return finished;
      }
    }
    if (auto written = file->write_row_group(arrays); !written) {
      return written;
    }
  }
  return file->commit();
}

}  // namespace ionloom::report
