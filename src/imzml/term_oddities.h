#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/warnings.h"
#include "imzml/cv_term.h"

namespace ionloom::imzml {

/// Counts cvParams that say what they mean in an odd way, one entry for each accession and name.
/// A file may hold millions of them, so counting allocates only for a new kind.
class TermOddities {
 public:
  /// Records one cvParam; does nothing when nothing is odd about it.
  void note(const TermReading& reading, std::string_view accession, std::string_view name,
            std::uint64_t line);

  /// Adds one warning a kind; `file` begins each sentence.
  void report(const std::string& file, Warnings& warnings) const;

 private:
  struct Kind {
    TermReading reading;
    std::string accession;
    std::string name;
    std::uint64_t first_line = 0;
    std::uint64_t count = 0;
  };
  std::vector<Kind> kinds_;
  std::uint64_t further_ = 0;  ///< those beyond the kinds that are kept apart
};

}  // namespace ionloom::imzml
