#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ionloom::chem {

/// Reads delimited text (TSV, CSV after RFC 4180) row by row. A cell may be quoted with ", inner
/// quotes doubled; quoted cells may hold line breaks.
class DelimitedText {
 public:
  /// REQUIRES: `content` outlives the reader.
  DelimitedText(std::string_view content, char delimiter)
      : content_(content), delimiter_(delimiter) {}

  /// Reads the next row that is not blank into `cells`. False at the end.
  bool next(std::vector<std::string>& cells);

  /// Line on which the last row began, from 1.
  [[nodiscard]] std::uint64_t line() const { return row_line_; }

 private:
  bool read_row(std::vector<std::string>& cells);

  std::string_view content_;
  char delimiter_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t row_line_ = 1;
};

}  // namespace ionloom::chem
