#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ionloom::oracle {

/// A table of text cells, column by column.
struct CsvTable {
  std::string file;                               ///< for messages
  std::vector<std::string> names;                 ///< of the columns
  std::vector<std::vector<std::string>> columns;  ///< cells of each column; all equally many

  [[nodiscard]] std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
  [[nodiscard]] bool has(std::string_view name) const;

  /// The cells of a column. @throws std::runtime_error when there is no such column
  [[nodiscard]] const std::vector<std::string>& texts(std::string_view name) const;

  /// The cells of a column as numbers; NaN where a cell is empty; "nan" and "inf" are read.
  /// @throws std::runtime_error when a cell is no number, or there is no such column
  [[nodiscard]] std::vector<double> numbers(std::string_view name) const;
};

/// Reads a CSV file (RFC 4180: a cell in quotes may hold commas, line breaks and doubled quotes)
/// whose first line names the columns, gzip-compressed or plain. Lines before it that begin with
/// '#' are passed over: METASPACE's exports have two.
/// @throws std::runtime_error when it cannot be read, or a row has another number of cells
[[nodiscard]] CsvTable read_csv_gz(const std::filesystem::path& path);

}  // namespace ionloom::oracle
