#include "imzml/dataset_description.h"

#include <fmt/core.h>

#include "imzml/number_text.h"

namespace ionloom::imzml {
namespace {

template <class State>
void merge(State stated, State& state) {
  if (state == State::kUnknown) {
    state = stated;
  } else if (state != stated) {
    state = State::kMixed;
  }
}

/// SHA-1 goes before MD5 where a file states both.
void checksum(Term term, std::string_view value, Dataset& dataset) {
  std::string digits = hex_digits(value);
  if (term == Term::kMd5 && dataset.checksum_type == "SHA-1") {
    dataset.md5_beside_sha1 = std::move(digits);
    return;
  }
  if (term == Term::kSha1 && dataset.checksum_type == "MD5") {
    dataset.md5_beside_sha1 = std::move(dataset.checksum);
  }
  dataset.checksum_type = term == Term::kMd5 ? "MD5" : "SHA-1";
  dataset.checksum = std::move(digits);
}

/// A model has a term of its own, whose name it is ("LTQ FT Ultra"), or is the value of a general
/// one ("instrument model", "Bruker Daltonics instrument model").
void instrument_model(const StatedTerm& stated, Dataset& dataset) {
  if (!dataset.instrument.empty() || stated.term == Term::kInstrumentDetail) return;
  const bool general =
      stated.term == Term::kInstrumentModel || stated.name.ends_with("instrument model");
  dataset.instrument = general ? stated.value : stated.name;
}

/// The software's own name stands in its cvParam: as value for unreleased tools, else as name.
void software_name(const StatedTerm& stated, Dataset& dataset) {
  const std::string_view name = stated.value.empty() ? stated.name : stated.value;
  if (name.empty() || name == "custom unreleased software tool" || dataset.writer.ends_with(')') ||
      dataset.writer.starts_with(name)) {
    return;
  }
  dataset.writer += fmt::format(" ({})", name);
}

}  // namespace

void describe(const StatedTerm& stated, Section section, Dataset& dataset) {
  switch (stated.term) {
    case Term::kPositive:
      return merge(Polarity::kPositive, dataset.polarity);
    case Term::kNegative:
      return merge(Polarity::kNegative, dataset.polarity);
    case Term::kCentroid:
      return merge(SpectrumKind::kCentroid, dataset.kind);
    case Term::kProfile:
      return merge(SpectrumKind::kProfile, dataset.kind);
    case Term::kContinuous:
      dataset.layout = Layout::kContinuous;
      return;
    case Term::kProcessed:
      dataset.layout = Layout::kProcessed;
      return;
    case Term::kUuid:
      dataset.uuid = hex_digits(stated.value);
      return;
    case Term::kMd5:
    case Term::kSha1:
      return checksum(stated.term, stated.value, dataset);
    case Term::kPixelSizeX:
      dataset.pixel_size_x_um = parse_real(stated.value);
      return;
    case Term::kPixelSizeY:
      dataset.pixel_size_y_um = parse_real(stated.value);
      return;
    default:
      break;
  }
  if (section == Section::kInstrument) {
    instrument_model(stated, dataset);
  } else if (section == Section::kAnalyzer) {
    if (dataset.instrument.empty()) dataset.instrument = stated.name;
  } else if (section == Section::kSoftware) {
    software_name(stated, dataset);
  }
}

}  // namespace ionloom::imzml
