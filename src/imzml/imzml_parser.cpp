#include "imzml/imzml_parser.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <unordered_map>

#include <expat.h>
#include <fmt/core.h>

#include "imzml/cv_term.h"
#include "imzml/number_text.h"

namespace ionloom::imzml {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 18;

/// A cvParam as the parser keeps it in a referenceable group.
struct Param {
  TermReading reading;
  std::string accession;
  std::string name;
  std::string value;
};

/// One binaryDataArray while it is read.
struct ArrayDraft {
  bool is_mz = false;
  bool is_intensity = false;
  bool is_other = false;
  bool has_type = false;
  bool has_offset = false;
  bool has_length = false;
  std::int64_t offset = 0;
  ArrayLocation location;
};

std::string_view local_name(const char* name) {
  const std::string_view text = name;
  const auto colon = text.rfind(':');
  return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

std::string_view attribute(const char** attributes, std::string_view name) {
  for (const char** a = attributes; *a != nullptr; a += 2) {
    if (name == a[0]) return a[1];
  }
  return {};
}

/// Undoes what writers with signed 32-bit offsets did: 2^32 is added at every step from positive to
/// negative. Source: pyimzML, ImzMLParser._fix_offsets.
void mend_overflow(std::vector<Spectrum>& spectra, ArrayLocation Spectrum::*array) {
  std::int64_t added = 0;
  std::int64_t previous = -1;
  for (Spectrum& spectrum : spectra) {
    const auto offset = static_cast<std::int64_t>((spectrum.*array).offset_bytes);
    if (offset < 0 && previous >= 0) added += std::int64_t{1} << 32;
    (spectrum.*array).offset_bytes = static_cast<std::uint64_t>(offset + added);
    previous = offset;
  }
}

class Parser {
 public:
  Parser(const std::filesystem::path& path, const char* forced_encoding)
      : path_(path), expat_(XML_ParserCreate(forced_encoding)) {
    XML_SetUserData(expat_.get(), this);
    XML_SetElementHandler(
        expat_.get(),
        [](void* self, const char* name, const char** attributes) {
          static_cast<Parser*>(self)->start(local_name(name), attributes);
        },
        [](void* self, const char* name) { static_cast<Parser*>(self)->end(local_name(name)); });
    XML_SetUnknownEncodingHandler(
        expat_.get(),
        [](void*, const char*, XML_Encoding* encoding) {
          for (int byte = 0; byte < 256; ++byte) encoding->map[byte] = byte;
          encoding->data = nullptr;
          encoding->convert = nullptr;
          encoding->release = nullptr;
          return XML_STATUS_OK + 0;
        },
        nullptr);
  }

  Result<Dataset> parse(std::istream& file) {
    while (true) {
      void* buffer = XML_GetBuffer(expat_.get(), static_cast<int>(kChunkBytes));
      if (buffer == nullptr) return fail(ErrorCode::kResource, path_.string(), "out of memory");
      file.read(static_cast<char*>(buffer), static_cast<std::streamsize>(kChunkBytes));
      if (file.bad()) return data_error(path_.string(), "cannot be read to its end");
      const auto count = static_cast<int>(file.gcount());
      const XML_Status status = XML_ParseBuffer(expat_.get(), count, count == 0 ? 1 : 0);
      if (error_) return std::unexpected(*error_);
      if (status != XML_STATUS_OK) return xml_error();
      if (count == 0) break;
    }
    return finish();
  }

  [[nodiscard]] bool met_invalid_byte() const {
    return XML_GetErrorCode(expat_.get()) == XML_ERROR_INVALID_TOKEN;
  }

 private:
  struct FreeParser {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  [[nodiscard]] std::uint64_t line() const { return XML_GetCurrentLineNumber(expat_.get()); }

  [[nodiscard]] std::string at_line() const {
    return path_.string() + ", line " + std::to_string(line());
  }

  void refuse(std::string what) {
    if (error_) return;
    error_ = Error{ErrorCode::kData, at_line(), std::move(what)};
    XML_StopParser(expat_.get(), XML_FALSE);
  }

  std::unexpected<Error> xml_error() const {
    const XML_Error code = XML_GetErrorCode(expat_.get());
    const bool early = code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
                       code == XML_ERROR_PARTIAL_CHAR || code == XML_ERROR_UNCLOSED_CDATA_SECTION;
    const std::string place = fmt::format("{}, line {}, column {}", path_.string(), line(),
                                          XML_GetCurrentColumnNumber(expat_.get()) + 1);
    if (early && seen_root_) {
      return data_error(place, fmt::format("the XML ends here, after {} complete spectra; the file "
                                           "is truncated. Copy or export it again",
                                           dataset_.spectra.size()));
    }
    if (!seen_root_) {
      return data_error(path_.string(),
                        fmt::format("this is not imzML: no XML found ({}); expected a file that "
                                    "begins with <mzML>",
                                    XML_ErrorString(code)));
    }
    return data_error(place, fmt::format("malformed XML: {}", XML_ErrorString(code)));
  }

  void start(std::string_view name, const char** attributes) {
    if (!seen_root_) {
      if (name != "mzML" && name != "indexedmzML") {
        refuse(fmt::format("this is not imzML: the root element is <{}>, expected <mzML>", name));
      }
      seen_root_ = true;
    } else if (name == "cvParam") {
      cv_param(attributes);
    } else if (name == "referenceableParamGroup") {
      group_ = &groups_[std::string(attribute(attributes, "id"))];
    } else if (name == "referenceableParamGroupRef") {
      group_reference(attribute(attributes, "ref"));
    } else if (name == "spectrum") {
      in_spectrum_ = true;
      has_x_ = has_y_ = has_mz_ = has_intensity_ = false;
      spectrum_ = Spectrum{};
      spectrum_.line = line();
    } else if (name == "binaryDataArray") {
      in_array_ = true;
      array_ = ArrayDraft{};
    } else if (name == "instrumentConfiguration") {
      in_instrument_ = true;
    } else if (name == "software") {
      software(attributes);
    }
  }

  void end(std::string_view name) {
    if (name == "referenceableParamGroup") {
      group_ = nullptr;
    } else if (name == "binaryDataArray") {
      end_array();
      in_array_ = false;
    } else if (name == "spectrum") {
      end_spectrum();
      in_spectrum_ = false;
    } else if (name == "instrumentConfiguration") {
      in_instrument_ = false;
    } else if (name == "software") {
      in_software_ = false;
    }
  }

  void software(const char** attributes) {
    in_software_ = dataset_.writer.empty();
    if (!in_software_) return;
    const std::string_view id = attribute(attributes, "id");
    const std::string_view version = attribute(attributes, "version");
    dataset_.writer = fmt::format("{}{}{}", id, version.empty() ? "" : " ", version);
  }

  void cv_param(const char** attributes) {
    const std::string_view accession = attribute(attributes, "accession");
    const std::string_view name = attribute(attributes, "name");
    const std::string_view value = attribute(attributes, "value");
    const TermReading reading = read_term(accession, name);
    note_oddities(reading, accession, name);
    if (group_ != nullptr) {
      group_->push_back({reading, std::string(accession), std::string(name), std::string(value)});
    } else {
      apply(reading, accession, name, value);
    }
  }

  void group_reference(std::string_view id) {
    const auto found = groups_.find(std::string(id));
    if (found == groups_.end()) {
      refuse(fmt::format("reference to the parameter group \"{}\", which the file does not define",
                         id));
      return;
    }
    for (const Param& param : found->second) {
      apply(param.reading, param.accession, param.name, param.value);
    }
  }

  void note_oddities(const TermReading& reading, std::string_view accession,
                     std::string_view name) {
    if (reading.name_won) {
      dataset_.warnings.add(fmt::format("type {} {}", accession, name),
                            fmt::format("{}: {} is named \"{}\", which is another data type; the "
                                        "name counts",
                                        at_line(), accession, name));
    } else if (reading.contradicts) {
      dataset_.warnings.add(
          fmt::format("term {} {}", accession, name),
          fmt::format("{}: {} is named \"{}\", which is another term; the accession counts",
                      at_line(), accession, name));
    } else if (reading.unusual_name) {
      dataset_.warnings.add(fmt::format("name {} {}", accession, name),
                            fmt::format("{}: {} has the unusual name \"{}\"; the accession counts",
                                        at_line(), accession, name));
    } else if (reading.without_accession) {
      dataset_.warnings.add(fmt::format("accession {} {}", accession, name),
                            fmt::format("{}: \"{}\" has the accession \"{}\", which is not known "
                                        "for it; the name counts",
                                        at_line(), name, accession));
    }
  }

  void apply(const TermReading& reading, std::string_view accession, std::string_view name,
             std::string_view value) {
    switch (reading.term) {
      case Term::kPositive:
      case Term::kNegative:
        polarity(reading.term);
        return;
      case Term::kCentroid:
      case Term::kProfile:
        kind(reading.term);
        return;
      case Term::kContinuous:
        dataset_.layout = Layout::kContinuous;
        return;
      case Term::kProcessed:
        dataset_.layout = Layout::kProcessed;
        return;
      case Term::kUuid:
        dataset_.uuid = hex_digits(value);
        return;
      case Term::kMd5:
      case Term::kSha1:
        dataset_.checksum_type = reading.term == Term::kMd5 ? "MD5" : "SHA-1";
        dataset_.checksum = hex_digits(value);
        return;
      case Term::kPixelSizeX:
        dataset_.pixel_size_x_um = parse_real(value);
        return;
      case Term::kPixelSizeY:
        dataset_.pixel_size_y_um = parse_real(value);
        return;
      case Term::kPositionX:
      case Term::kPositionY:
      case Term::kPositionZ:
        if (in_spectrum_) position(reading.term, name, value);
        return;
      default:
        break;
    }
    if (in_array_) {
      array_param(reading.term, accession, name, value);
    } else if (in_instrument_) {
      instrument(reading.term, name, value);
    } else if (in_software_ && !name.empty()) {
      dataset_.writer += fmt::format(" ({})", value.empty() ? name : value);
      in_software_ = false;
    }
  }

  void instrument(Term term, std::string_view name, std::string_view value) {
    const std::string_view word = term == Term::kOrbitrap ? "Orbitrap"
                                  : term == Term::kFticr  ? "FTICR"
                                  : term == Term::kTof    ? "TOF"
                                                          : "";
    const std::string_view text = !word.empty() ? word : value.empty() ? name : value;
    if (text.empty() || (word.empty() && !dataset_.instrument.empty())) return;
    if (dataset_.instrument.find(text) != std::string::npos) return;
    dataset_.instrument += (dataset_.instrument.empty() ? "" : ", ") + std::string(text);
  }

  void polarity(Term term) {
    const Polarity own = term == Term::kPositive ? Polarity::kPositive : Polarity::kNegative;
    if (dataset_.polarity == Polarity::kUnknown) {
      dataset_.polarity = own;
    } else if (dataset_.polarity != own) {
      dataset_.polarity = Polarity::kMixed;
    }
  }

  void kind(Term term) {
    const SpectrumKind own =
        term == Term::kCentroid ? SpectrumKind::kCentroid : SpectrumKind::kProfile;
    if (dataset_.kind == SpectrumKind::kUnknown) {
      dataset_.kind = own;
    } else if (dataset_.kind != own) {
      dataset_.kind = SpectrumKind::kMixed;
    }
  }

  void position(Term term, std::string_view name, std::string_view value) {
    const auto number = parse_count(value);
    if (!number || *number > UINT32_MAX) {
      refuse(fmt::format("{} is \"{}\"; expected a whole number from 0", name, value));
      return;
    }
    const auto coordinate = static_cast<std::uint32_t>(*number);
    if (term == Term::kPositionX) {
      spectrum_.x = coordinate;
      has_x_ = true;
    } else if (term == Term::kPositionY) {
      spectrum_.y = coordinate;
      has_y_ = true;
    } else {
      spectrum_.z = coordinate;
    }
  }

  void array_param(Term term, std::string_view accession, std::string_view name,
                   std::string_view value) {
    const auto type = [&](NumberType number_type) {
      array_.location.type = number_type;
      array_.has_type = true;
    };
    const auto count = [&](std::uint64_t& target) {
      const auto number = parse_count(value);
      if (number) {
        target = *number;
      } else {
        refuse(fmt::format("{} ({}) is \"{}\"; expected a whole number from 0", name, accession,
                           value));
      }
      return number.has_value();
    };
    switch (term) {
      case Term::kMzArray:
        array_.is_mz = true;
        return;
      case Term::kIntensityArray:
        array_.is_intensity = true;
        return;
      case Term::kOtherArray:
        array_.is_other = true;
        return;
      case Term::kFloat32:
        return type(NumberType::kFloat32);
      case Term::kFloat64:
        return type(NumberType::kFloat64);
      case Term::kInt8:
        return type(NumberType::kInt8);
      case Term::kInt16:
        return type(NumberType::kInt16);
      case Term::kInt32:
        return type(NumberType::kInt32);
      case Term::kInt64:
        return type(NumberType::kInt64);
      case Term::kUnknownType:
        refuse(
            fmt::format("number type \"{}\" ({}) cannot be read; expected 32- or 64-bit float or "
                        "an 8- to 64-bit integer",
                        name, accession));
        return;
      case Term::kZlib:
        array_.location.zlib = true;
        return;
      case Term::kUnknownCompression:
        refuse(fmt::format("compression \"{}\" ({}) cannot be read; expected none or zlib", name,
                           accession));
        return;
      case Term::kExternalOffset:
        offset(value);
        return;
      case Term::kExternalLength:
        array_.has_length = count(array_.location.length);
        return;
      case Term::kEncodedLength:
        count(array_.location.encoded_bytes);
        return;
      default:
        return;
    }
  }

  void offset(std::string_view value) {
    const auto number = parse_whole(value);
    if (!number) {
      refuse(fmt::format("external offset is \"{}\"; expected a number of bytes", value));
      return;
    }
    array_.offset = *number;
    array_.has_offset = true;
    met_negative_offset_ = met_negative_offset_ || *number < 0;
  }

  void end_array() {
    if (error_ || !in_spectrum_) return;
    if (array_.is_other || (!array_.is_mz && !array_.is_intensity)) {
      dataset_.warnings.add("other array", at_line() +
                                               ": an array that is neither m/z nor intensity is "
                                               "left out");
      return;
    }
    const char* what = array_.is_mz ? "m/z" : "intensity";
    if (!array_.has_offset || !array_.has_length) {
      refuse(fmt::format("the {} array states no {} (expected {})", what,
                         array_.has_offset ? "length" : "offset into the .ibd",
                         array_.has_offset ? "IMS:1000103" : "IMS:1000102"));
      return;
    }
    if (!array_.has_type) {
      refuse(
          fmt::format("the {} array states no number type (expected for example MS:1000521, "
                      "32-bit float)",
                      what));
      return;
    }
    array_.location.offset_bytes = static_cast<std::uint64_t>(array_.offset);
    (array_.is_mz ? spectrum_.mz : spectrum_.intensity) = array_.location;
    (array_.is_mz ? has_mz_ : has_intensity_) = true;
  }

  void end_spectrum() {
    if (error_) return;
    const std::size_t number = dataset_.spectra.size() + 1;
    if (!has_x_ || !has_y_) {
      refuse(
          fmt::format("spectrum {} has no {}; expected IMS:1000050 and IMS:1000051. Is this mzML "
                      "of something else than imaging?",
                      number, has_x_ ? "position y" : "position x"));
    } else if (!has_mz_ || !has_intensity_) {
      refuse(fmt::format("spectrum {} (x {}, y {}) has no {} array", number, spectrum_.x,
                         spectrum_.y, has_mz_ ? "intensity" : "m/z"));
    } else if (spectrum_.mz.length != spectrum_.intensity.length) {
      refuse(fmt::format(
          "spectrum {} (x {}, y {}) has {} m/z values but {} intensities; expected "
          "equally many",
          number, spectrum_.x, spectrum_.y, spectrum_.mz.length, spectrum_.intensity.length));
    } else {
      dataset_.spectra.push_back(spectrum_);
    }
  }

  Result<Dataset> finish() {
    if (dataset_.spectra.empty()) {
      return data_error(path_.string(), "holds no spectra; expected at least one <spectrum>");
    }
    if (met_negative_offset_) {
      mend_overflow(dataset_.spectra, &Spectrum::mz);
      mend_overflow(dataset_.spectra, &Spectrum::intensity);
      dataset_.warnings.add("overflow",
                            path_.string() + ": offsets overflowed 32 bits; they were mended");
    }
    dataset_.spectra.shrink_to_fit();
    return std::move(dataset_);
  }

  std::filesystem::path path_;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser> expat_;
  Dataset dataset_;
  std::optional<Error> error_;
  std::unordered_map<std::string, std::vector<Param>> groups_;
  std::vector<Param>* group_ = nullptr;  ///< the group being defined
  bool seen_root_ = false;
  bool in_spectrum_ = false;
  bool in_array_ = false;
  bool in_instrument_ = false;
  bool in_software_ = false;
  bool has_x_ = false;
  bool has_y_ = false;
  bool has_mz_ = false;
  bool has_intensity_ = false;
  bool met_negative_offset_ = false;
  Spectrum spectrum_;
  ArrayDraft array_;
};

}  // namespace

Result<Dataset> parse_imzml(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return data_error(path.string(), "cannot be opened (no such file, or not readable)");
  Parser parser(path, nullptr);
  auto dataset = parser.parse(file);
  if (dataset || !parser.met_invalid_byte()) return dataset;

  // Some writers put Latin-1 letters into files that claim, or default to, UTF-8.
  std::ifstream again(path, std::ios::binary);
  auto latin = Parser(path, "ISO-8859-1").parse(again);
  if (!latin) return dataset;
  latin->warnings.add("encoding", path.string() + ": not valid UTF-8; read as Latin-1");
  return latin;
}

}  // namespace ionloom::imzml
