#include "imzml/imzml_parser.h"

#include <optional>
#include <unordered_map>

#include <fmt/core.h>

#include "imzml/cv_term.h"
#include "imzml/dataset_description.h"
#include "imzml/number_text.h"
#include "imzml/spectrum_draft.h"
#include "imzml/term_oddities.h"
#include "imzml/xml_stream.h"

namespace ionloom::imzml {
namespace {

/// A cvParam of a referenceable group.
struct GroupTerm {
  Term term;
  std::string accession;
  std::string name;
  std::string value;
};

using Group = std::vector<GroupTerm>;

bool is_negative(std::uint64_t offset) {
  return static_cast<std::int64_t>(offset) < 0;
}

/// Undoes what writers with signed 32-bit offsets did: 2^32 is added at every step from positive to
/// negative. Source: pyimzML, ImzMLParser._fix_offsets.
/// @return number of offsets that were changed
std::uint64_t mend_overflow(std::vector<Spectrum>& spectra, ArrayLocation Spectrum::*array) {
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  bool previous_negative = true;
  for (Spectrum& spectrum : spectra) {
    std::uint64_t& offset = (spectrum.*array).offset_bytes;
    const bool negative = is_negative(offset);
    if (negative && !previous_negative) added += std::uint64_t{1} << 32;
    offset += added;
    changed += added > 0 ? 1 : 0;
    previous_negative = negative;
  }
  return changed;
}

/// Turns the elements of an imzML into a Dataset.
class DatasetBuilder final : public XmlHandler {
 public:
  explicit DatasetBuilder(const std::filesystem::path& path) : file_(path.string()) {
    dataset_.imzml_path = path;
  }

  Result<void> start(const XmlElement& element) override {
    line_ = element.line;
    const std::string_view name = element.name;
    if (name == "cvParam") return cv_param(element);
    if (name == "referenceableParamGroupRef") return group_reference(element.attribute("ref"));
    if (name == "binaryDataArray") {
      if (spectrum_) spectrum_->begin_array();
    } else if (name == "spectrum") {
      spectrum_.emplace(line_);
    } else if (name == "referenceableParamGroup") {
      group_ = &groups_[std::string(element.attribute("id"))];
    } else if (name == "spectrumList") {
      stated_spectra_ = parse_count(element.attribute("count"));
    } else if (name == "instrumentConfiguration") {
      section_ = Section::kInstrument;
    } else if (name == "analyzer") {
      section_ = Section::kAnalyzer;
    } else if (name == "source" || name == "detector") {
      section_ = Section::kOther;
    } else if (name == "software") {
      software(element);
    } else if (!seen_root_ && name != "mzML" && name != "indexedmzML") {
      return data_error(file_, fmt::format("this is not imzML: its root element is <{}>; expected "
                                           "<mzML>",
                                           name));
    }
    seen_root_ = true;
    return {};
  }

  Result<void> end(std::string_view name) override {
    if (name == "binaryDataArray") return end_array();
    if (name == "spectrum") return end_spectrum();
    if (name == "referenceableParamGroup") {
      group_ = nullptr;
    } else if (name == "instrumentConfiguration" || name == "software" || name == "analyzer" ||
               name == "detector") {
      section_ = Section::kOther;
    }
    return {};
  }

  [[nodiscard]] std::size_t spectrum_count() const { return dataset_.spectra.size(); }

  /// REQUIRES: the whole file was read.
  Result<Dataset> finished() {
    std::vector<Spectrum>& spectra = dataset_.spectra;
    if (spectra.empty()) {
      return data_error(file_, "holds no spectra; expected at least one <spectrum>");
    }
    if (stated_spectra_ && *stated_spectra_ != spectra.size()) {
      dataset_.warnings.add("spectrum count",
                            fmt::format("{}: states {} spectra but holds {}; is it complete?",
                                        file_, *stated_spectra_, spectra.size()));
    }
    const std::uint64_t mended =
        mend_overflow(spectra, &Spectrum::mz) + mend_overflow(spectra, &Spectrum::intensity);
    if (mended > 0) {
      dataset_.warnings.add(
          "overflow",
          file_ + ": an external offset overflowed 32 bits in the writer; 2^32 was added", mended);
    }
    oddities_.report(file_, dataset_.warnings);
    spectra.shrink_to_fit();
    return std::move(dataset_);
  }

 private:
  [[nodiscard]] std::string place() const { return fmt::format("{}, line {}", file_, line_); }

  void software(const XmlElement& element) {
    if (!dataset_.writer.empty()) return;
    section_ = Section::kSoftware;
    const std::string_view version = element.attribute("version");
    dataset_.writer =
        fmt::format("{}{}{}", element.attribute("id"), version.empty() ? "" : " ", version);
  }

  Result<void> cv_param(const XmlElement& element) {
    const std::string_view accession = element.attribute("accession");
    const std::string_view name = element.attribute("name");
    const TermReading reading = read_term(accession, name);
    oddities_.note(reading, accession, name, line_);
    const StatedTerm stated = {reading.term, accession, name, element.attribute("value")};
    if (group_ == nullptr) return apply(stated);
    group_->push_back({stated.term, std::string(stated.accession), std::string(stated.name),
                       std::string(stated.value)});
    return {};
  }

  Result<void> group_reference(std::string_view id) {
    const auto found = groups_.find(std::string(id));
    if (found == groups_.end()) {
      dataset_.warnings.add(
          "missing group",
          fmt::format("{}: refers to the parameter group \"{}\", which the file does not define",
                      place(), id));
      return {};
    }
    for (const GroupTerm& term : found->second) {
      auto applied = apply({term.term, term.accession, term.name, term.value});
      if (!applied) return applied;
    }
    return {};
  }

  Result<void> apply(const StatedTerm& stated) {
    describe(stated, section_, dataset_);
    if (!spectrum_) return {};
    auto applied = spectrum_->apply(stated);
    if (!applied) {
      applied.error().where = fmt::format("{}, spectrum {}", place(), dataset_.spectra.size() + 1);
    }
    return applied;
  }

  Result<void> end_array() {
    if (!spectrum_) return {};
    const auto taken = spectrum_->end_array();
    if (!taken) {
      return data_error(fmt::format("{}, spectrum {}", place(), dataset_.spectra.size() + 1),
                        taken.error().what);
    }
    if (*taken == SpectrumDraft::Taken::kLeftOut) {
      dataset_.warnings.add("other array",
                            place() + ": an array that is neither m/z nor intensity is left out");
    }
    return {};
  }

  Result<void> end_spectrum() {
    if (!spectrum_) return {};
    auto spectrum = spectrum_->finished();
    spectrum_.reset();
    if (!spectrum) {
      return data_error(fmt::format("{}, spectrum {}", place(), dataset_.spectra.size() + 1),
                        std::move(spectrum.error().what));
    }
    dataset_.spectra.push_back(*spectrum);
    return {};
  }

  std::string file_;
  Dataset dataset_;
  TermOddities oddities_;
  std::unordered_map<std::string, Group> groups_;
  Group* group_ = nullptr;  ///< the group being defined
  std::optional<SpectrumDraft> spectrum_;
  std::optional<std::uint64_t> stated_spectra_;
  Section section_ = Section::kOther;
  std::uint64_t line_ = 0;
  bool seen_root_ = false;
};

Result<Dataset> parse_as(XmlEncoding encoding, const std::filesystem::path& path, XmlStop& stop) {
  DatasetBuilder builder(path);
  auto read = read_xml(path, encoding, builder, stop);
  if (read) return builder.finished();
  if (stop.truncated) {
    read.error().what +=
        fmt::format(" ({} complete spectra come before)", builder.spectrum_count());
  }
  return std::unexpected(std::move(read.error()));
}

}  // namespace

Result<Dataset> parse_imzml(const std::filesystem::path& path) {
  XmlStop stop;
  auto dataset = parse_as(XmlEncoding::kDeclared, path, stop);
  if (dataset || !stop.invalid_bytes) return dataset;

  // Some writers put Latin-1 letters into files that claim, or default to, UTF-8.
  auto latin = parse_as(XmlEncoding::kLatin1, path, stop);
  if (!latin) return stop.invalid_bytes ? dataset : latin;
  latin->warnings.add("encoding", path.string() + ": not valid UTF-8; read as Latin-1");
  return latin;
}

}  // namespace ionloom::imzml
