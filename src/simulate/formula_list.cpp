#include "simulate/formula_list.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

namespace ionloom::simulate {
namespace {

std::vector<std::string> split(std::string_view line, char separator) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"' && separator == ',') {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

bool read_line(std::ifstream& file, std::string& line) {
  if (!std::getline(file, line)) return false;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

}  // namespace

Result<std::vector<std::string>> read_formulas(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !read_line(file, line)) {
    return data_error(path.string(), "cannot be read as a molecule list (missing or empty)");
  }
  const char separator = line.find('\t') != std::string::npos ? '\t' : ',';
  const std::vector<std::string> header = split(line, separator);
  const auto column = std::find(header.begin(), header.end(), "formula");
  if (column == header.end()) {
    return data_error(path.string() + ":1", "has no column \"formula\" in its header");
  }
  const auto index = static_cast<std::size_t>(column - header.begin());

  std::vector<std::string> formulas;
  std::unordered_set<std::string> seen;
  for (std::uint64_t number = 2; read_line(file, line); ++number) {
    if (line.empty()) continue;
    const std::vector<std::string> cells = split(line, separator);
    if (index >= cells.size() || cells[index].empty()) {
      return data_error(fmt::format("{}:{}", path.string(), number), "has no formula in this row");
    }
    if (seen.insert(cells[index]).second) formulas.push_back(cells[index]);
  }
  if (formulas.empty()) return data_error(path.string(), "has a header but no molecules");
  return formulas;
}

}  // namespace ionloom::simulate
