#include "app/info_command.h"

#include <optional>
#include <set>
#include <string>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "app/progress_line.h"
#include "imzml/dataset.h"
#include "imzml/ibd_check.h"
#include "imzml/peak_survey.h"
#include "imzml/pixel_survey.h"

namespace ionloom::app {
namespace {

using imzml::Dataset;
using Json = nlohmann::ordered_json;

/// Everything that is told of a dataset, as text or as JSON.
struct Facts {
  Dataset dataset;
  imzml::PixelSurvey pixels;
  imzml::PeakSurvey peaks;
  std::uint64_t imzml_size_bytes = 0;
  imzml::Agreement uuid = imzml::Agreement::kNotStated;
  imzml::Agreement checksum = imzml::Agreement::kNotStated;
};

std::string_view name_of(imzml::Polarity polarity) {
  switch (polarity) {
    case imzml::Polarity::kPositive:
      return "positive";
    case imzml::Polarity::kNegative:
      return "negative";
    case imzml::Polarity::kMixed:
      return "mixed";
    case imzml::Polarity::kUnknown:
      break;
  }
  return "not stated";
}

std::string_view name_of(imzml::SpectrumKind kind) {
  switch (kind) {
    case imzml::SpectrumKind::kCentroid:
      return "centroid";
    case imzml::SpectrumKind::kProfile:
      return "profile";
    case imzml::SpectrumKind::kMixed:
      return "mixed";
    case imzml::SpectrumKind::kUnknown:
      break;
  }
  return "not stated";
}

std::string_view name_of(imzml::Layout layout) {
  switch (layout) {
    case imzml::Layout::kContinuous:
      return "continuous";
    case imzml::Layout::kProcessed:
      return "processed";
    case imzml::Layout::kUnknown:
      break;
  }
  return "not stated";
}

std::string_view name_of(imzml::NumberType type) {
  switch (type) {
    case imzml::NumberType::kFloat32:
      return "32-bit float";
    case imzml::NumberType::kFloat64:
      return "64-bit float";
    case imzml::NumberType::kInt8:
      return "8-bit integer";
    case imzml::NumberType::kInt16:
      return "16-bit integer";
    case imzml::NumberType::kInt32:
      return "32-bit integer";
    case imzml::NumberType::kInt64:
      break;
  }
  return "64-bit integer";
}

/// Number type and compression of one of the two arrays; all that occur, where spectra differ.
std::string storage_of(const Dataset& dataset, imzml::ArrayLocation imzml::Spectrum::*array) {
  std::set<std::pair<imzml::NumberType, bool>> kinds;
  for (const imzml::Spectrum& spectrum : dataset.spectra) {
    kinds.insert({(spectrum.*array).type, (spectrum.*array).zlib});
  }
  std::string text;
  for (const auto& [type, zlib] : kinds) {
    text += fmt::format("{}{}, {}", text.empty() ? "" : "; ", name_of(type),
                        zlib ? "zlib-compressed" : "uncompressed");
  }
  return text;
}

std::string_view name_of(imzml::Agreement agreement) {
  switch (agreement) {
    case imzml::Agreement::kAgrees:
      return "agrees";
    case imzml::Agreement::kDiffers:
      return "differs";
    case imzml::Agreement::kNotStated:
      break;
  }
  return "not stated";
}

Result<Facts> gathered(const InfoOptions& options) {
  auto dataset = imzml::open_dataset(options.dataset, {.strict = options.strict});
  if (!dataset) return std::unexpected(dataset.error());
  Facts facts;
  facts.dataset = std::move(*dataset);
  std::error_code unknown;
  facts.imzml_size_bytes = std::filesystem::file_size(options.dataset, unknown);
  facts.uuid = imzml::compare_uuid(facts.dataset);
  auto verified = imzml::verify_checksum(facts.dataset, options.strict);
  if (!verified) return std::unexpected(verified.error());
  facts.checksum = *verified;
  facts.pixels = imzml::survey_pixels(facts.dataset.spectra);
  auto peaks = imzml::survey_peaks(facts.dataset);
  if (!peaks) return std::unexpected(peaks.error());
  facts.peaks = std::move(*peaks);
  return facts;
}

std::string or_not_stated(const std::string& text) {
  return text.empty() ? "not stated" : text;
}

void print_row(std::ostream& out, std::string_view label, const std::string& value) {
  out << fmt::format("{:<18}{}\n", label, value);
}

void print_list(std::ostream& out, std::string_view title, const Warnings& warnings) {
  out << title << (warnings.empty() ? " none\n" : "\n");
  for (const Warning& warning : warnings.list()) {
    out << fmt::format("  {:>9} x  {}\n", with_separators(warning.count), warning.text);
  }
}

std::string pixel_size(const Dataset& dataset) {
  if (!dataset.pixel_size_x_um && !dataset.pixel_size_y_um) return "not stated";
  return fmt::format("{} x {} um",
                     dataset.pixel_size_x_um.value_or(dataset.pixel_size_y_um.value_or(0)),
                     dataset.pixel_size_y_um.value_or(dataset.pixel_size_x_um.value_or(0)));
}

void print_text(const Facts& facts, std::ostream& out) {
  const Dataset& dataset = facts.dataset;
  const imzml::PixelSurvey& pixels = facts.pixels;
  const imzml::PeakSurvey& peaks = facts.peaks;
  print_row(out, "imzML",
            fmt::format("{}, {}", dataset.imzml_path.filename().string(),
                        readable_bytes(facts.imzml_size_bytes)));
  print_row(out, "ibd",
            fmt::format("{}, {}", dataset.ibd_path.filename().string(),
                        readable_bytes(dataset.ibd_size_bytes)));
  print_row(out, "pixels",
            fmt::format("{} x {} from x {}, y {}; {} with a spectrum ({:.1f} %)", pixels.width,
                        pixels.height, pixels.left, pixels.top, with_separators(pixels.occupied),
                        100 * pixels.covered()));
  print_row(
      out, "spectra",
      fmt::format("{} ({} on a pixel that has one already, {} without peaks, {} not sorted "
                  "by m/z)",
                  with_separators(dataset.spectra.size()), with_separators(pixels.repeated),
                  with_separators(peaks.empty_spectra), with_separators(peaks.unsorted_spectra)));
  print_row(out, "z planes", with_separators(pixels.z_planes));
  print_row(out, "peaks",
            fmt::format("{} with intensity above 0, of {} values", with_separators(peaks.peaks),
                        with_separators(peaks.declared)));
  print_row(out, "peaks a spectrum",
            fmt::format("{} to {}, median {}", with_separators(peaks.least_in_spectrum),
                        with_separators(peaks.most_in_spectrum),
                        with_separators(peaks.median_in_spectrum)));
  const bool any = peaks.peaks > 0;
  print_row(out, "m/z",
            any ? fmt::format("{:.4f} to {:.4f}", peaks.lowest_mz, peaks.highest_mz) : "none");
  print_row(out, "intensity",
            any ? fmt::format("{:.6g} to {:.6g}", peaks.lowest_intensity, peaks.highest_intensity)
                : "none");
  print_row(out, "polarity", std::string(name_of(dataset.polarity)));
  print_row(out, "spectra are", std::string(name_of(dataset.kind)));
  print_row(out, "layout", std::string(name_of(dataset.layout)));
  print_row(out, "m/z values", storage_of(dataset, &imzml::Spectrum::mz));
  print_row(out, "intensity values", storage_of(dataset, &imzml::Spectrum::intensity));
  print_row(out, "pixel size", pixel_size(dataset));
  print_row(out, "instrument", or_not_stated(dataset.instrument));
  print_row(out, "written by", or_not_stated(dataset.writer));
  print_row(out, "UUID", std::string(name_of(facts.uuid)));
  print_row(out, "checksum",
            facts.checksum == imzml::Agreement::kNotStated
                ? "not stated"
                : fmt::format("{} {}", dataset.checksum_type, name_of(facts.checksum)));
  out << '\n';
  print_list(out, "faults", peaks.faults);
  print_list(out, "warnings", dataset.warnings);
}

Json listed(const Warnings& warnings) {
  Json list = Json::array();
  for (const Warning& warning : warnings.list()) {
    list.push_back({{"text", warning.text}, {"count", warning.count}});
  }
  return list;
}

/// Absent values are null.
template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json as_json(const Facts& facts) {
  const Dataset& dataset = facts.dataset;
  const imzml::PixelSurvey& pixels = facts.pixels;
  const imzml::PeakSurvey& peaks = facts.peaks;
  const bool any = peaks.peaks > 0;
  const auto range = [&](auto low, auto high) {
    return any ? Json::array({low, high}) : Json(nullptr);
  };
  return {
      {"imzml", dataset.imzml_path.string()},
      {"imzml_size_bytes", facts.imzml_size_bytes},
      {"ibd", dataset.ibd_path.string()},
      {"ibd_size_bytes", dataset.ibd_size_bytes},
      {"width", pixels.width},
      {"height", pixels.height},
      {"left", pixels.left},
      {"top", pixels.top},
      {"pixels_with_spectrum", pixels.occupied},
      {"covered_fraction", pixels.covered()},
      {"spectra", dataset.spectra.size()},
      {"spectra_on_repeated_pixels", pixels.repeated},
      {"spectra_without_peaks", peaks.empty_spectra},
      {"spectra_not_sorted", peaks.unsorted_spectra},
      {"z_planes", pixels.z_planes},
      {"values_declared", peaks.declared},
      {"peaks", peaks.peaks},
      {"peaks_per_spectrum",
       {{"min", peaks.least_in_spectrum},
        {"median", peaks.median_in_spectrum},
        {"max", peaks.most_in_spectrum}}},
      {"mz_range", range(peaks.lowest_mz, peaks.highest_mz)},
      {"intensity_range", range(peaks.lowest_intensity, peaks.highest_intensity)},
      {"polarity", name_of(dataset.polarity)},
      {"spectrum_kind", name_of(dataset.kind)},
      {"layout", name_of(dataset.layout)},
      {"mz_values", storage_of(dataset, &imzml::Spectrum::mz)},
      {"intensity_values", storage_of(dataset, &imzml::Spectrum::intensity)},
      {"pixel_size_x_um", or_null(dataset.pixel_size_x_um)},
      {"pixel_size_y_um", or_null(dataset.pixel_size_y_um)},
      {"instrument", text_or_null(dataset.instrument)},
      {"writer", text_or_null(dataset.writer)},
      {"uuid", text_or_null(dataset.uuid)},
      {"uuid_state", name_of(facts.uuid)},
      {"checksum_type", text_or_null(dataset.checksum_type)},
      {"checksum_state", name_of(facts.checksum)},
      {"faults", listed(peaks.faults)},
      {"warnings", listed(dataset.warnings)},
  };
}

}  // namespace

Result<void> run_info(const InfoOptions& options, std::ostream& out) {
  const auto facts = gathered(options);
  if (!facts) return std::unexpected(facts.error());
  if (options.json) {
    // Paths and names come from files: bytes that are not UTF-8 are replaced, not thrown about.
    out << as_json(*facts).dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  } else {
    print_text(*facts, out);
  }
  out.flush();
  if (!out) return data_error({}, "the description could not be written in full");
  if (facts->peaks.faults.empty()) return {};
  const Warning& fault = facts->peaks.faults.list().front();
  return data_error({}, fmt::format("{} of {} spectra cannot be read; the first: {}", fault.count,
                                    facts->dataset.spectra.size(), fault.text));
}

}  // namespace ionloom::app
