#pragma once

#include <cstdint>

#include "imzml/dataset.h"
#include "imzml/spectrum_draft.h"

namespace ionloom::imzml {

/// The part of the header that a cvParam stands in, where it matters for its meaning.
enum class Section : std::uint8_t { kOther, kSoftware, kInstrument, kAnalyzer };

/// Takes into `dataset` what a cvParam says about the dataset as a whole: polarity, kind of
/// spectra, layout, UUID, checksums, pixel size, instrument, software. Other terms change nothing.
/// Where two spectra differ in polarity or kind the dataset's is kMixed.
void describe(const StatedTerm& stated, Section section, Dataset& dataset);

}  // namespace ionloom::imzml
