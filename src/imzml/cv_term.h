#pragma once

#include <cstdint>
#include <string_view>

namespace ionloom::imzml {

/// The controlled-vocabulary terms that matter for reading peaks and describing a dataset.
enum class Term : std::uint8_t {
  kOther,
  kMzArray,
  kIntensityArray,
  kOtherArray,  ///< a third array, such as ion mobility
  kFloat32,
  kFloat64,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUnknownType,
  kNoCompression,
  kZlib,
  kUnknownCompression,
  kExternalOffset,
  kExternalLength,
  kEncodedLength,
  kPositionX,
  kPositionY,
  kPositionZ,
  kPositive,
  kNegative,
  kCentroid,
  kProfile,
  kContinuous,
  kProcessed,
  kUuid,
  kMd5,
  kSha1,
  kPixelSizeX,
  kPixelSizeY,
  kInstrumentModel,   ///< "instrument model", whose value names the model
  kInstrumentDetail,  ///< serial number or customisation: says nothing of the model
};

/// What a cvParam means, and what is odd about the way it says so.
struct TermReading {
  Term term = Term::kOther;
  bool name_won = false;           ///< a data type whose name contradicts its accession
  bool contradicts = false;        ///< another term whose name belongs to a different accession
  bool unusual_name = false;       ///< the name is empty or not the vocabulary's
  bool without_accession = false;  ///< recognised by its name alone

  [[nodiscard]] bool odd() const {
    return name_won || contradicts || unusual_name || without_accession;
  }
};

/// Reads a cvParam without allocating. The accession decides; where it is a data type that the name
/// contradicts the name wins (writers have been seen to give 64-bit accessions to 32-bit data, and
/// METASPACE's reader goes by names); without an accession, or for a data type with an unknown one,
/// the name counts. Names are compared without regard to case.
[[nodiscard]] TermReading read_term(std::string_view accession, std::string_view name);

}  // namespace ionloom::imzml
