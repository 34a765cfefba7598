#include "chem/molecule_list.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "chem/delimited_text.h"
#include "chem/formula.h"
#include "chem/utf8_text.h"

namespace ionloom::chem {
namespace {

constexpr std::size_t kMaxCellCharacters = 2500;
constexpr std::size_t kSpeltOutFaults = 20;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

/// Collects lines of a list that need a word, of which the first few are spelt out.
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

/// A column's name as it is compared: without surrounding blanks, in lower case.
std::string plain(std::string_view name) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const std::size_t first = std::min(name.find_first_not_of(kBlanks), name.size());
  std::string text(name.substr(first, name.find_last_not_of(kBlanks) + 1 - first));
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::optional<std::size_t> position(const std::vector<std::string>& header, std::string_view name) {
  const auto found = std::ranges::find(header, name, plain);
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

/// What METASPACE's ion parser reads in place of a formula, where that is another composition.
std::optional<std::string> misreading(const std::string& formula) {
  const auto ion = ion_composition(formula);
  const auto molecule = parse_list_formula(formula);
  if (!ion || !molecule || *ion == *molecule) return std::nullopt;
  return formula + " as " + ion_formula_text(*ion) + " (with --fixes " +
         ion_formula_text(*molecule) + ")";
}

/// One warning for all of a list.
void warn_of_misread(const FaultList& misread, const std::string& place, Warnings& warnings) {
  if (misread.lines() == 0) return;
  const bool one = misread.lines() == 1;
  warnings.add(
      "misread formulas " + place,
      place + ": " +
          (one ? "a formula repeats" : std::to_string(misread.lines()) + " formulas repeat") +
          (one ? " an element or uses" : " an element or use") +
          " brackets; METASPACE reads another composition, and so does this run:" + misread.text());
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
    converted = as_utf8(content);
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
  FaultList misread;
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
      if (const auto read = misreading(formula)) misread.add(text.line(), *read);
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
  warn_of_misread(misread, place, list.misreadings);
  return list;
}

}  // namespace ionloom::chem
