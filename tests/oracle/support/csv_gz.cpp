#include "oracle/support/csv_gz.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "oracle/support/text_gz.h"

namespace ionloom::oracle {
namespace {

/// Splits text into rows of cells.
class RowReader {
 public:
  explicit RowReader(std::string_view text) : rest_(text) {}

  void skip_comments() {
    while (rest_.starts_with('#')) {
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size() - 1) + 1);
    }
  }

  /// @return nothing at the end
  std::optional<std::vector<std::string>> next() {
    if (rest_.empty()) return std::nullopt;
    std::vector<std::string> cells;
    do {
      cells.push_back(next_cell());
    } while (take(','));
    take('\r');
    if (!take('\n') && !rest_.empty())
      throw std::runtime_error("text between a closing quote and the next comma");
    return cells;
  }

 private:
  bool take(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string next_cell() {
    if (!take('"')) {
      const std::string_view cell = rest_.substr(0, rest_.find_first_of(",\r\n"));
      rest_.remove_prefix(cell.size());
      return std::string(cell);
    }
    std::string cell;
    do {
      const std::size_t quote = rest_.find('"');
      if (quote == std::string_view::npos) throw std::runtime_error("a quote is not closed");
      cell += rest_.substr(0, quote);
      rest_.remove_prefix(quote + 1);
      if (!rest_.starts_with('"')) return cell;
      cell += '"';
    } while (take('"'));
    return cell;
  }

  std::string_view rest_;
};

}  // namespace

bool CsvTable::has(std::string_view name) const {
  return std::ranges::find(names, name) != names.end();
}

const std::vector<std::string>& CsvTable::texts(std::string_view name) const {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    throw std::runtime_error(fmt::format("{}: no column \"{}\"", file, name));
  }
  return columns[static_cast<std::size_t>(found - names.begin())];
}

std::vector<double> CsvTable::numbers(std::string_view name) const {
  std::vector<double> values;
  values.reserve(rows());
  for (const std::string& cell : texts(name)) {
    double value = std::numeric_limits<double>::quiet_NaN();
    const char* const end = cell.data() + cell.size();
    if (!cell.empty() && std::from_chars(cell.data(), end, value).ptr != end) {
      throw std::runtime_error(fmt::format("{}: row {}, column \"{}\": \"{}\" is no number", file,
                                           values.size() + 1, name, cell));
    }
    values.push_back(value);
  }
  return values;
}

CsvTable read_csv_gz(const std::filesystem::path& path) {
  const std::string text = read_text_gz(path);
  CsvTable table{.file = path.string(), .names = {}, .columns = {}};
  RowReader reader(text);
  reader.skip_comments();
  std::size_t row = 0;
  try {
    table.names = reader.next().value_or(std::vector<std::string>{});
    table.columns.resize(table.names.size());
    while (auto cells = reader.next()) {
      ++row;
      if (cells->size() != table.names.size()) {
        throw std::runtime_error(
            fmt::format("{} cells where the header has {}", cells->size(), table.names.size()));
      }
      for (std::size_t i = 0; i < cells->size(); ++i) {
        table.columns[i].push_back(std::move((*cells)[i]));
      }
    }
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{}: after row {}: {}", path.string(), row, error.what()));
  }
  return table;
}

}  // namespace ionloom::oracle
