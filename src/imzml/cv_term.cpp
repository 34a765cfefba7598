#include "imzml/cv_term.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>

namespace ionloom::imzml {
namespace {

struct Entry {
  std::string_view accession;
  std::string_view name;
  Term term;
};

// Source: PSI-MS 4.1 and the imzML vocabulary 1.1.0.
constexpr std::array kEntries = {
    Entry{"IMS:1000102", "external offset", Term::kExternalOffset},
    Entry{"IMS:1000103", "external array length", Term::kExternalLength},
    Entry{"IMS:1000104", "external encoded length", Term::kEncodedLength},
    Entry{"IMS:1000050", "position x", Term::kPositionX},
    Entry{"IMS:1000051", "position y", Term::kPositionY},
    Entry{"IMS:1000052", "position z", Term::kPositionZ},
    Entry{"MS:1000514", "m/z array", Term::kMzArray},
    Entry{"MS:1000515", "intensity array", Term::kIntensityArray},
    Entry{"MS:1000521", "32-bit float", Term::kFloat32},
    Entry{"MS:1000523", "64-bit float", Term::kFloat64},
    Entry{"MS:1000519", "32-bit integer", Term::kInt32},
    Entry{"MS:1000522", "64-bit integer", Term::kInt64},
    Entry{"MS:1000520", "16-bit float", Term::kUnknownType},
    Entry{"MS:1001479", "null-terminated ASCII string", Term::kUnknownType},
    Entry{"IMS:1000141", "32-bit integer", Term::kInt32},
    Entry{"IMS:1000142", "64-bit integer", Term::kInt64},
    Entry{"IMS:1100000", "8-bit integer", Term::kInt8},
    Entry{"IMS:1100001", "16-bit integer", Term::kInt16},
    Entry{"MS:1000576", "no compression", Term::kNoCompression},
    Entry{"MS:1000574", "zlib compression", Term::kZlib},
    Entry{"MS:1000130", "positive scan", Term::kPositive},
    Entry{"MS:1000129", "negative scan", Term::kNegative},
    Entry{"MS:1000127", "centroid spectrum", Term::kCentroid},
    Entry{"MS:1000128", "profile spectrum", Term::kProfile},
    Entry{"IMS:1000030", "continuous", Term::kContinuous},
    Entry{"IMS:1000031", "processed", Term::kProcessed},
    Entry{"IMS:1000080", "universally unique identifier", Term::kUuid},
    Entry{"IMS:1000090", "ibd MD5", Term::kMd5},
    Entry{"IMS:1000091", "ibd SHA-1", Term::kSha1},
    Entry{"IMS:1000046", "pixel size (x)", Term::kPixelSizeX},
    Entry{"IMS:1000047", "pixel size y", Term::kPixelSizeY},
    Entry{"MS:1000484", "orbitrap", Term::kOrbitrap},
    Entry{"MS:1000079", "fourier transform ion cyclotron resonance mass spectrometer",
          Term::kFticr},
    Entry{"MS:1000084", "time-of-flight", Term::kTof},
};

/// Arrays beside m/z and intensity (children of MS:1000513).
constexpr std::array<std::string_view, 10> kOtherArrays = {
    "MS:1000516", "MS:1000517", "MS:1000595", "MS:1000617", "MS:1000786",
    "MS:1002477", "MS:1002816", "MS:1003006", "MS:1003007", "MS:1003008"};

bool is_data_type(Term term) {
  return term >= Term::kFloat32 && term <= Term::kUnknownType;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

const Entry* by_accession(std::string_view accession) {
  const auto found = std::ranges::find(kEntries, accession, &Entry::accession);
  return found == kEntries.end() ? nullptr : &*found;
}

const Entry* by_name(std::string_view name) {
  const std::string wanted = lower(name);
  const auto found = std::ranges::find_if(
      kEntries, [&](const Entry& entry) { return lower(entry.name) == wanted; });
  return found == kEntries.end() ? nullptr : &*found;
}

}  // namespace

TermReading read_term(std::string_view accession, std::string_view name) {
  TermReading reading;
  const Entry* entry = by_accession(accession);
  if (entry != nullptr && entry->name == name) {
    reading.term = entry->term;
    return reading;
  }
  const Entry* named = name.empty() ? nullptr : by_name(name);
  if (entry == nullptr) {
    if (std::ranges::find(kOtherArrays, accession) != kOtherArrays.end()) {
      reading.term = Term::kOtherArray;
    } else if (named != nullptr && (accession.empty() || is_data_type(named->term))) {
      reading.term = named->term;
      reading.without_accession = true;
    } else if (lower(name).find("compress") != std::string::npos) {
      reading.term = Term::kUnknownCompression;
    }
    return reading;
  }
  reading.term = entry->term;
  if (named != nullptr && named->term != entry->term) {
    reading.name_won = is_data_type(entry->term) && is_data_type(named->term);
    reading.contradicts = !reading.name_won;
    if (reading.name_won) reading.term = named->term;
  } else {
    // "pixel size" and "pixel size x" are both in use for the x term.
    reading.unusual_name = named == nullptr && entry->term != Term::kPixelSizeX;
  }
  return reading;
}

}  // namespace ionloom::imzml
