#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>

namespace ionloom::report::testing {

/// A whole Parquet file in one chunk; a failed test and nullptr when it cannot be read.
inline std::shared_ptr<arrow::Table> read_parquet(const std::filesystem::path& path) {
  auto file = arrow::io::ReadableFile::Open(path.string());
  EXPECT_TRUE(file.ok()) << file.status().ToString();
  auto reader = parquet::arrow::OpenFile(*file, arrow::default_memory_pool());
  EXPECT_TRUE(reader.ok()) << reader.status().ToString();
  auto table = (*reader)->ReadTable();
  EXPECT_TRUE(table.ok()) << table.status().ToString();
  return (*table)->CombineChunks().ValueOrDie();
}

/// The value of a cell as Arrow prints it: "null", "0.5", "list<element: double>[1, 2]".
inline std::string cell(const arrow::Table& table, const std::string& column, int row = 0) {
  const auto values = table.GetColumnByName(column);
  EXPECT_TRUE(values) << "no column " << column;
  return values ? values->GetScalar(row).ValueOrDie()->ToString() : "";
}

/// A cell of a list column.
template <class ArrayType>
auto list_cell(const arrow::Table& table, const std::string& column, int row = 0) {
  const auto list = table.GetColumnByName(column)->GetScalar(row).ValueOrDie();
  const auto items =
      std::static_pointer_cast<ArrayType>(static_cast<const arrow::ListScalar&>(*list).value);
  std::vector<std::decay_t<decltype(items->GetView(0))>> values;
  for (std::int64_t i = 0; i < items->length(); ++i) {
    values.push_back(items->GetView(i));
  }
  return values;
}

inline std::string names_and_types(const arrow::Schema& schema) {
  std::string text;
  for (const auto& field : schema.fields()) {
    text += field->name() + ": " + field->type()->ToString() + "\n";
  }
  return text;
}

}  // namespace ionloom::report::testing
