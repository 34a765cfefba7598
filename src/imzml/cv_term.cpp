#include "imzml/cv_term.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace ionloom::imzml {
namespace {

/// An accession as a number, so that it is compared without text: MS:1000514 is 1000514, and terms
/// of the imaging vocabulary have this bit set.
constexpr std::uint32_t kImaging = std::uint32_t{1} << 31;

struct Entry {
  std::uint32_t code;
  std::string_view name;
  Term term;
};

// Source: PSI-MS 4.1 and the imzML vocabulary 1.1.0.
constexpr std::array kEntries = {
    Entry{kImaging | 1000102, "external offset", Term::kExternalOffset},
    Entry{kImaging | 1000103, "external array length", Term::kExternalLength},
    Entry{kImaging | 1000104, "external encoded length", Term::kEncodedLength},
    Entry{kImaging | 1000050, "position x", Term::kPositionX},
    Entry{kImaging | 1000051, "position y", Term::kPositionY},
    Entry{kImaging | 1000052, "position z", Term::kPositionZ},
    Entry{1000514, "m/z array", Term::kMzArray},
    Entry{1000515, "intensity array", Term::kIntensityArray},
    Entry{1000521, "32-bit float", Term::kFloat32},
    Entry{1000523, "64-bit float", Term::kFloat64},
    Entry{1000519, "32-bit integer", Term::kInt32},
    Entry{1000522, "64-bit integer", Term::kInt64},
    Entry{1000520, "16-bit float", Term::kUnknownType},
    Entry{1001479, "null-terminated ASCII string", Term::kUnknownType},
    Entry{kImaging | 1000141, "32-bit integer", Term::kInt32},
    Entry{kImaging | 1000142, "64-bit integer", Term::kInt64},
    Entry{kImaging | 1100000, "8-bit integer", Term::kInt8},
    Entry{kImaging | 1100001, "16-bit integer", Term::kInt16},
    Entry{1000576, "no compression", Term::kNoCompression},
    Entry{1000574, "zlib compression", Term::kZlib},
    Entry{1002312, "MS-Numpress linear prediction compression", Term::kUnknownCompression},
    Entry{1002313, "MS-Numpress positive integer compression", Term::kUnknownCompression},
    Entry{1002314, "MS-Numpress short logged float compression", Term::kUnknownCompression},
    Entry{1002746, "MS-Numpress linear prediction compression followed by zlib compression",
          Term::kUnknownCompression},
    Entry{1002747, "MS-Numpress positive integer compression followed by zlib compression",
          Term::kUnknownCompression},
    Entry{1002748, "MS-Numpress short logged float compression followed by zlib compression",
          Term::kUnknownCompression},
    Entry{1000130, "positive scan", Term::kPositive},
    Entry{1000129, "negative scan", Term::kNegative},
    Entry{1000127, "centroid spectrum", Term::kCentroid},
    Entry{1000128, "profile spectrum", Term::kProfile},
    Entry{kImaging | 1000030, "continuous", Term::kContinuous},
    Entry{kImaging | 1000031, "processed", Term::kProcessed},
    Entry{kImaging | 1000080, "universally unique identifier", Term::kUuid},
    Entry{kImaging | 1000090, "ibd MD5", Term::kMd5},
    Entry{kImaging | 1000091, "ibd SHA-1", Term::kSha1},
    Entry{kImaging | 1000046, "pixel size (x)", Term::kPixelSizeX},
    Entry{kImaging | 1000047, "pixel size y", Term::kPixelSizeY},
    Entry{1000031, "instrument model", Term::kInstrumentModel},
    Entry{1000529, "instrument serial number", Term::kInstrumentDetail},
    Entry{1000032, "customization", Term::kInstrumentDetail},
    // Children of MS:1000513, binary data array.
    Entry{1000516, "charge array", Term::kOtherArray},
    Entry{1000517, "signal to noise array", Term::kOtherArray},
    Entry{1000595, "time array", Term::kOtherArray},
    Entry{1000617, "wavelength array", Term::kOtherArray},
    Entry{1000786, "non-standard data array", Term::kOtherArray},
    Entry{1002477, "mean ion mobility drift time array", Term::kOtherArray},
    Entry{1002816, "mean ion mobility array", Term::kOtherArray},
    Entry{1003006, "mean inverse reduced ion mobility array", Term::kOtherArray},
    Entry{1003007, "raw ion mobility array", Term::kOtherArray},
    Entry{1003008, "raw inverse reduced ion mobility array", Term::kOtherArray},
};

bool is_data_type(Term term) {
  return term >= Term::kFloat32 && term <= Term::kUnknownType;
}

/// Terms that several spellings are in honest use for.
bool has_free_name(Term term) {
  return term == Term::kPixelSizeX || term == Term::kPixelSizeY || term == Term::kOtherArray ||
         term == Term::kInstrumentDetail;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_letters(char a, char b) {
  return lower(a) == lower(b);
}

std::optional<std::uint32_t> accession_code(std::string_view accession) {
  std::uint32_t vocabulary = 0;
  if (accession.starts_with("IMS:")) {
    vocabulary = kImaging;
    accession.remove_prefix(4);
  } else if (accession.starts_with("MS:")) {
    accession.remove_prefix(3);
  } else {
    return std::nullopt;
  }
  std::uint32_t number = 0;
  const char* end = accession.data() + accession.size();
  const auto [stopped, error] = std::from_chars(accession.data(), end, number);
  if (error != std::errc() || stopped != end || number >= kImaging) return std::nullopt;
  return vocabulary | number;
}

const Entry* by_accession(std::string_view accession) {
  const auto code = accession_code(accession);
  if (!code) return nullptr;
  const auto found = std::ranges::find(kEntries, *code, &Entry::code);
  return found == kEntries.end() ? nullptr : &*found;
}

const Entry* by_name(std::string_view name) {
  const auto found = std::ranges::find_if(kEntries, [&](const Entry& entry) {
    return entry.name.size() == name.size() && std::ranges::equal(entry.name, name, same_letters);
  });
  return found == kEntries.end() ? nullptr : &*found;
}

bool speaks_of_compression(std::string_view name) {
  return !std::ranges::search(name, std::string_view("compress"), same_letters).empty();
}

}  // namespace

TermReading read_term(std::string_view accession, std::string_view name) {
  TermReading reading;
  const Entry* entry = by_accession(accession);
  if (entry != nullptr && entry->name == name) {
    reading.term = entry->term;
    return reading;
  }
  const Entry* named = by_name(name);
  if (entry == nullptr) {
    if (named != nullptr && (accession.empty() || is_data_type(named->term))) {
      reading.term = named->term;
      reading.without_accession = true;
    } else if (speaks_of_compression(name)) {
      reading.term = Term::kUnknownCompression;
    }
    return reading;
  }
  reading.term = entry->term;
  if (named == nullptr) {
    reading.unusual_name = !has_free_name(entry->term);
  } else if (named->term != entry->term) {
    reading.name_won = is_data_type(entry->term) && is_data_type(named->term);
    reading.contradicts = !reading.name_won;
    if (reading.name_won) reading.term = named->term;
  }
  return reading;
}

}  // namespace ionloom::imzml
