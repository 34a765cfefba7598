#include "imzml/term_oddities.h"

#include <fmt/core.h>

namespace ionloom::imzml {
namespace {

/// More kinds than any writer was seen to have; a bound for damaged files.
constexpr std::size_t kMostKinds = 40;

std::string described(const TermReading& reading, std::string_view accession,
                      std::string_view name) {
  if (reading.name_won) {
    return fmt::format("{} is named \"{}\", which is another data type; the name counts", accession,
                       name);
  }
  if (reading.contradicts) {
    return fmt::format("{} is named \"{}\", which is another term; the accession counts", accession,
                       name);
  }
  if (reading.without_accession) {
    return accession.empty() ? fmt::format("\"{}\" has no accession; the name counts", name)
                             : fmt::format("\"{}\" has the unknown accession {}; the name counts",
                                           name, accession);
  }
  return name.empty()
             ? fmt::format("{} has no name; the accession counts", accession)
             : fmt::format("{} has the unusual name \"{}\"; the accession counts", accession, name);
}

}  // namespace

void TermOddities::note(const TermReading& reading, std::string_view accession,
                        std::string_view name, std::uint64_t line) {
  if (!reading.odd()) return;
  for (Kind& kind : kinds_) {
    if (kind.accession == accession && kind.name == name) {
      ++kind.count;
      return;
    }
  }
  if (kinds_.size() == kMostKinds) {
    ++further_;
    return;
  }
  kinds_.push_back({reading, std::string(accession), std::string(name), line, 1});
}

void TermOddities::report(const std::string& file, Warnings& warnings) const {
  for (const Kind& kind : kinds_) {
    warnings.add(fmt::format("term {} {}", kind.accession, kind.name),
                 fmt::format("{}, line {}: {}", file, kind.first_line,
                             described(kind.reading, kind.accession, kind.name)),
                 kind.count);
  }
  if (further_ > 0) {
    warnings.add("further terms", file + ": further terms with unusual names", further_);
  }
}

}  // namespace ionloom::imzml
