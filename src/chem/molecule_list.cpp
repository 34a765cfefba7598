#include "chem/molecule_list.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "chem/delimited_text.h"
#include "chem/formula.h"

namespace ionloom::chem {
namespace {

constexpr std::size_t kMaxCellCharacters = 2500;
constexpr std::size_t kSpeltOutFaults = 20;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

/// Number of code points of UTF-8 text.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

std::string from_latin1(std::string_view text) {
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0 | byte >> 6);
      utf8 += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return utf8;
}

/// Collects the bad lines of a list, of which the first few are spelt out.
class FaultList {
 public:
  void add(std::uint64_t line, const std::string& what) {
    ++lines_;
    if (lines_ <= kSpeltOutFaults) text_ += "\n  line " + std::to_string(line) + ": " + what;
  }
  [[nodiscard]] std::uint64_t lines() const { return lines_; }
  [[nodiscard]] std::string text() const {
    return lines_ <= kSpeltOutFaults
               ? text_
               : text_ + "\n  and " + std::to_string(lines_ - kSpeltOutFaults) + " more";
  }

 private:
  std::uint64_t lines_ = 0;
  std::string text_;
};

struct Columns {
  std::size_t formula = 0;
  std::optional<std::size_t> id;
  std::optional<std::size_t> name;
};

std::optional<std::size_t> position(const std::vector<std::string>& header, std::string_view name) {
  const auto found = std::ranges::find(header, name);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

std::string joined(const std::vector<std::string>& header) {
  std::string text;
  for (const std::string& cell : header) text += (text.empty() ? "" : ", ") + cell;
  return text.substr(0, 200);
}

Result<Columns> find_columns(const std::vector<std::string>& header, const std::string& place) {
  Columns columns;
  auto formula = position(header, "formula");
  if (!formula) formula = position(header, "sf");
  if (!formula) {
    const bool one_cell = header.size() == 1 && header[0].find_first_of(";|") != std::string::npos;
    return data_error(
        place, one_cell ? "line 1: the columns are separated by neither tab nor comma (found \"" +
                              header[0].substr(0, 100) + "\")"
                        : "line 1: no column named formula (found: " + joined(header) +
                              "; expected a header with id, name, formula)");
  }
  columns.formula = *formula;
  columns.id = position(header, "id");
  columns.name = position(header, "name");
  return columns;
}

/// Why a row cannot be used, or nothing.
std::optional<std::string> row_fault(const std::vector<std::string>& cells,
                                     const std::vector<std::string>& header,
                                     const Columns& columns) {
  if (cells.size() != header.size()) {
    return std::to_string(header.size()) + " cells expected, " + std::to_string(cells.size()) +
           " found";
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (is_blank(cells[i])) return "the cell in column \"" + header[i] + "\" is empty";
    if (cells[i].size() > kMaxCellCharacters && characters(cells[i]) > kMaxCellCharacters) {
      return "the cell in column \"" + header[i] + "\" has over " +
             std::to_string(kMaxCellCharacters) + " characters";
    }
  }
  const std::string& formula = cells[columns.formula];
  const auto parsed = parse_list_formula(formula);
  if (!parsed) return "formula \"" + formula + "\": " + parsed.error().what;
  return std::nullopt;
}

/// Warns where METASPACE's ion parser reads another composition than the formula says.
void warn_of_misread(const std::string& formula, std::uint64_t line, const std::string& place,
                     Warnings& warnings) {
  const auto ion = ion_composition(formula);
  const auto molecule = parse_list_formula(formula);
  if (!ion || !molecule || *ion == *molecule) return;
  warnings.add("misread formula " + place,
               place + ", line " + std::to_string(line) + ": formula " + formula +
                   " repeats an element or uses brackets; METASPACE reads it as " +
                   ion_formula_text(*ion) + ", and so does this run (--fixes reads " +
                   ion_formula_text(*molecule) + ")");
}

}  // namespace

Result<MoleculeList> parse_molecule_list(std::string_view content, const std::string& name,
                                         const std::string& place) {
  MoleculeList list;
  list.name = name;
  std::string converted;
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  if (content.find('\0') != std::string_view::npos) {
    return data_error(place, "this is not a text file; expected a tab- or comma-separated list");
  }
  if (!is_utf8(content)) {
    converted = from_latin1(content);
    content = converted;
    list.warnings.add("latin-1 " + place, place + ": not UTF-8; read as Latin-1");
  }
  const std::string_view first_line = content.substr(0, content.find('\n'));
  const char delimiter = first_line.find('\t') != std::string_view::npos ? '\t' : ',';

  DelimitedText text(content, delimiter);
  std::vector<std::string> header;
  if (!text.next(header))
    return data_error(place, "the list is empty; expected a header with id, name, formula");
  const auto columns = find_columns(header, place);
  if (!columns) return std::unexpected(columns.error());

  std::unordered_map<std::string, std::uint32_t> known;
  FaultList faults;
  std::vector<std::string> cells;
  while (text.next(cells)) {
    if (const auto fault = row_fault(cells, header, *columns)) {
      faults.add(text.line(), *fault);
      continue;
    }
    const std::string& formula = cells[columns->formula];
    const auto [found, is_new] =
        known.try_emplace(formula, static_cast<std::uint32_t>(list.formulas.size()));
    if (is_new) {
      list.formulas.push_back(formula);
      warn_of_misread(formula, text.line(), place, list.misreadings);
    }
    list.molecules.push_back({columns->id ? cells[*columns->id] : std::string(),
                              columns->name ? cells[*columns->name] : std::string(),
                              found->second});
  }
  if (faults.lines() > 0) {
    const std::uint64_t rows = faults.lines() + list.molecules.size();
    return data_error(place, std::to_string(faults.lines()) + " of " + std::to_string(rows) +
                                 " rows cannot be used:" + faults.text());
  }
  if (list.molecules.empty()) return data_error(place, "the list has a header but no rows");
  return list;
}

}  // namespace ionloom::chem
