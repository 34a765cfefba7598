#include "imzml/spectrum_draft.h"

#include <fmt/core.h>

#include "imzml/number_text.h"

namespace ionloom::imzml {
namespace {

std::unexpected<Error> no_number(const StatedTerm& stated, std::string_view expected) {
  return data_error({}, fmt::format("{} ({}) is \"{}\"; expected {}",
                                    stated.name.empty() ? "a value" : stated.name, stated.accession,
                                    stated.value, expected));
}

constexpr std::string_view kWhole = "a whole number, not negative";

}  // namespace

void SpectrumDraft::begin_array() {
  in_array_ = true;
  array_ = Array{};
}

Result<void> SpectrumDraft::apply(const StatedTerm& stated) {
  if (stated.term >= Term::kPositionX && stated.term <= Term::kPositionZ) return position(stated);
  if (in_array_) return array_term(stated);
  return {};
}

Result<void> SpectrumDraft::position(const StatedTerm& stated) {
  const auto number = parse_count(stated.value);
  if (!number || *number > UINT32_MAX) return no_number(stated, kWhole);
  const auto coordinate = static_cast<std::uint32_t>(*number);
  if (stated.term == Term::kPositionX) {
    spectrum_.x = coordinate;
    has_x_ = true;
  } else if (stated.term == Term::kPositionY) {
    spectrum_.y = coordinate;
    has_y_ = true;
  } else {
    spectrum_.z = coordinate;
  }
  return {};
}

Result<void> SpectrumDraft::array_term(const StatedTerm& stated) {
  const auto type = [&](NumberType number_type) -> Result<void> {
    array_.location.type = number_type;
    array_.has_type = true;
    return {};
  };
  const auto count = [&](std::uint64_t& target) -> Result<void> {
    const auto number = parse_count(stated.value);
    if (!number) return no_number(stated, kWhole);
    target = *number;
    return {};
  };
  switch (stated.term) {
    case Term::kMzArray:
      array_.is_mz = true;
      return {};
    case Term::kIntensityArray:
      array_.is_intensity = true;
      return {};
    case Term::kOtherArray:
      array_.is_other = true;
      return {};
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
      return data_error({}, fmt::format("number type \"{}\" ({}) cannot be read; expected 32- or "
                                        "64-bit float or an 8- to 64-bit integer",
                                        stated.name, stated.accession));
    case Term::kNoCompression:
      array_.location.zlib = false;
      return {};
    case Term::kZlib:
      array_.location.zlib = true;
      return {};
    case Term::kUnknownCompression:
      return data_error({}, fmt::format("compression \"{}\" ({}) cannot be read; expected none or "
                                        "zlib. Export it without compression",
                                        stated.name, stated.accession));
    case Term::kExternalOffset: {
      const auto offset = parse_whole(stated.value);
      if (!offset) return no_number(stated, "a number of bytes");
      array_.location.offset_bytes = static_cast<std::uint64_t>(*offset);
      array_.has_offset = true;
      return {};
    }
    case Term::kExternalLength:
      array_.has_length = true;
      return count(array_.location.length);
    case Term::kEncodedLength:
      return count(array_.location.encoded_bytes);
    default:
      return {};
  }
}

Result<SpectrumDraft::Taken> SpectrumDraft::end_array() {
  in_array_ = false;
  if (array_.is_other || array_.is_mz == array_.is_intensity) return Taken::kLeftOut;
  const std::string_view what = array_.is_mz ? "m/z" : "intensity";
  if (!array_.has_offset && !has_x_ && !has_y_) {
    return data_error({},
                      "a spectrum with neither a position nor data in a .ibd: this is mzML, not "
                      "imaging data; expected imzML");
  }
  if (!array_.has_offset) {
    return data_error({}, fmt::format("the {} array states no external offset; expected "
                                      "IMS:1000102, its place in the .ibd",
                                      what));
  }
  if (!array_.has_length) {
    return data_error({}, fmt::format("the {} array states no external array length; expected "
                                      "IMS:1000103, its number of values",
                                      what));
  }
  if (!array_.has_type) {
    return data_error({}, fmt::format("the {} array states no number type; expected for example "
                                      "MS:1000521, 32-bit float",
                                      what));
  }
  (array_.is_mz ? spectrum_.mz : spectrum_.intensity) = array_.location;
  (array_.is_mz ? has_mz_ : has_intensity_) = true;
  return Taken::kPeaks;
}

Result<Spectrum> SpectrumDraft::finished() const {
  if (!has_x_ || !has_y_) {
    return data_error({}, fmt::format("no position {}; expected {} in its <scan>",
                                      has_x_ ? "y" : "x", has_x_ ? "IMS:1000051" : "IMS:1000050"));
  }
  if (!has_mz_ || !has_intensity_) {
    return data_error({},
                      fmt::format("no {} array (x {}, y {}); expected a binaryDataArray with {}",
                                  has_mz_ ? "intensity" : "m/z", spectrum_.x, spectrum_.y,
                                  has_mz_ ? "MS:1000515" : "MS:1000514"));
  }
  if (spectrum_.mz.length != spectrum_.intensity.length) {
    return data_error(
        {}, fmt::format("{} m/z values but {} intensities (x {}, y {}); expected equally many. "
                        "Export the file again",
                        spectrum_.mz.length, spectrum_.intensity.length, spectrum_.x, spectrum_.y));
  }
  return spectrum_;
}

}  // namespace ionloom::imzml
