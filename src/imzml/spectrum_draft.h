#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "imzml/cv_term.h"
#include "imzml/dataset.h"

namespace ionloom::imzml {

/// A term as a cvParam states it.
struct StatedTerm {
  Term term = Term::kOther;
  std::string_view accession;
  std::string_view name;
  std::string_view value;
};

/// A <spectrum> while its terms come in. Errors have no place: the caller knows file and line.
class SpectrumDraft {
 public:
  explicit SpectrumDraft(std::uint64_t line) { spectrum_.line = line; }

  void begin_array();

  /// Takes a position, or a term of the array begun last; others change nothing.
  [[nodiscard]] Result<void> apply(const StatedTerm& stated);

  enum class Taken : std::uint8_t { kPeaks, kLeftOut };
  /// Ends the array. kLeftOut when it is neither m/z nor intensity, ion mobility for example.
  [[nodiscard]] Result<Taken> end_array();

  /// The spectrum, with offsets as stated: a negative one as its two's complement.
  /// Fails when the position or an array is missing or the arrays' lengths differ.
  [[nodiscard]] Result<Spectrum> finished() const;

 private:
  struct Array {
    bool is_mz = false;
    bool is_intensity = false;
    bool is_other = false;
    bool has_type = false;
    bool has_offset = false;
    bool has_length = false;
    ArrayLocation location;
  };

  [[nodiscard]] Result<void> position(const StatedTerm& stated);
  [[nodiscard]] Result<void> array_term(const StatedTerm& stated);

  Spectrum spectrum_;
  Array array_;
  bool in_array_ = false;
  bool has_x_ = false;
  bool has_y_ = false;
  bool has_mz_ = false;
  bool has_intensity_ = false;
};

}  // namespace ionloom::imzml
