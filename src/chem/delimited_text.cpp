#include "chem/delimited_text.h"

namespace ionloom::chem {

bool DelimitedText::next(std::vector<std::string>& cells) {
  while (read_row(cells)) {
    if (cells.size() > 1 || !cells.front().empty()) return true;
  }
  return false;
}

bool DelimitedText::read_row(std::vector<std::string>& cells) {
  cells.clear();
  if (at_ >= content_.size()) return false;
  row_line_ = line_;
  cells.emplace_back();
  bool quoted = false;
  bool at_start = true;  // of a cell: only there a quote opens one
  for (; at_ < content_.size(); ++at_) {
    const char c = content_[at_];
    if (c == '\n') ++line_;
    if (quoted) {
      if (c != '"') {
        cells.back() += c;
      } else if (at_ + 1 < content_.size() && content_[at_ + 1] == '"') {
        cells.back() += '"';
        ++at_;
      } else {
        quoted = false;
      }
    } else if (c == '"' && at_start) {
      quoted = true;
    } else if (c == delimiter_) {
      cells.emplace_back();
      at_start = true;
      continue;
    } else if (c == '\n') {
      ++at_;
      break;
    } else {
      cells.back() += c;
    }
    at_start = false;
  }
  if (!cells.back().empty() && cells.back().back() == '\r') cells.back().pop_back();
  return true;
}

}  // namespace ionloom::chem
