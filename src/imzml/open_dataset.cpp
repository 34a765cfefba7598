#include <algorithm>
#include <array>
#include <fstream>
#include <new>

#include <fmt/core.h>

#include "imzml/dataset.h"
#include "imzml/find_ibd.h"
#include "imzml/ibd_check.h"
#include "imzml/imzml_parser.h"
#include "imzml/pixel_survey.h"

namespace ionloom::imzml {
namespace {

/// The largest image that can be made of a dataset.
constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 31;

/// First bytes of compressed archives: gzip, zip, bzip2, xz, 7z, zstd.
constexpr std::array<std::string_view, 6> kArchiveMarks = {"\x1f\x8b",
                                                           "PK\x03\x04",
                                                           "BZh",
                                                           "\xFD"
                                                           "7zXZ",
                                                           "7z\xBC\xAF",
                                                           "\x28\xB5\x2F\xFD"};

std::string lower_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return extension;
}

/// Names what the user gave instead of an imzML, from its extension and first bytes.
Result<void> refuse_other_formats(const std::filesystem::path& path) {
  const std::string place = path.string();
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    return data_error(place, "no such file; expected an imzML file");
  }
  if (std::filesystem::is_directory(status)) {
    return data_error(place, "this is a folder; expected the .imzML file in it");
  }
  if (!std::filesystem::is_regular_file(status)) {
    return data_error(place, "this is not a regular file; expected an imzML file on disk");
  }
  const std::string extension = lower_extension(path);
  if (extension == ".ibd") {
    return data_error(place,
                      "this is the binary half of a dataset; give the .imzML that belongs to it");
  }
  if (extension == ".hdr" || extension == ".img" || extension == ".t2m") {
    return data_error(place,
                      "this is a file of Analyze 7.5, which is not read; expected imzML. Cardinal "
                      "and other packages convert it");
  }
  std::array<char, 6> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), head.size());
  const std::string_view bytes(head.data(), static_cast<std::size_t>(file.gcount()));
  if (bytes.empty()) return data_error(place, "the file is empty or unreadable; expected imzML");
  for (const std::string_view mark : kArchiveMarks) {
    if (bytes.starts_with(mark)) {
      return data_error(place, "this is a compressed archive; unpack it and give the .imzML in it");
    }
  }
  return {};
}

std::string place_of(const Dataset& dataset, std::size_t index) {
  const Spectrum& spectrum = dataset.spectra[index];
  return fmt::format("{}, line {}: spectrum {} (x {}, y {})", dataset.imzml_path.string(),
                     spectrum.line, index + 1, spectrum.x, spectrum.y);
}

/// Spectra far from all others mean damaged coordinates, and images too large for any memory.
Result<void> check_box(const Dataset& dataset, const PixelSurvey& pixels) {
  if (pixels.height <= kMostPixels / pixels.width) return {};
  const auto farthest = pixels.width > pixels.height
                            ? std::ranges::max_element(dataset.spectra, {}, &Spectrum::x)
                            : std::ranges::max_element(dataset.spectra, {}, &Spectrum::y);
  const auto index = static_cast<std::size_t>(farthest - dataset.spectra.begin());
  return data_error(dataset.imzml_path.string(),
                    fmt::format("the spectra span {} x {} pixels, expected at most {} in all; the "
                                "outermost is spectrum {} (x {}, y {}; line {}). Are its "
                                "coordinates damaged?",
                                pixels.width, pixels.height, kMostPixels, index + 1, farthest->x,
                                farthest->y, farthest->line));
}

void warn_of_positions(const PixelSurvey& pixels, Dataset& dataset) {
  if (pixels.first_repeated) {
    dataset.warnings.add("repeated pixels",
                         place_of(dataset, *pixels.first_repeated) +
                             " lies on a pixel that has one already; their peaks are added",
                         pixels.repeated);
  }
  if (pixels.z_planes > 1) {
    dataset.warnings.add("z planes", fmt::format("{}: holds {} z planes; they are laid on one "
                                                 "another, as METASPACE does",
                                                 dataset.imzml_path.string(), pixels.z_planes));
  }
  if (pixels.first_zero) {
    dataset.warnings.add(
        "zero position",
        place_of(dataset, *pixels.first_zero) + " is at 0; the format counts pixels from 1",
        pixels.zero_positions);
  }
}

void warn_of_profile(Dataset& dataset) {
  if (dataset.kind != SpectrumKind::kProfile && dataset.kind != SpectrumKind::kMixed) return;
  dataset.warnings.add("profile", dataset.imzml_path.string() +
                                      ": holds profile spectra; METASPACE's method expects "
                                      "centroids, so results will be poor. Export centroided data");
}

Result<void> check_checksum(Dataset& dataset, bool strict) {
  if (states_checksum(dataset)) {
    if (!strict) return {};
    const auto same = verify_checksum(dataset, strict);
    return same ? Result<void>{} : std::unexpected(same.error());
  }
  const std::string what =
      dataset.checksum.empty()
          ? "states no checksum of the .ibd, so damage to it cannot be noticed"
          : fmt::format(
                "states the unusable {} \"{}\" of the .ibd, so damage to it cannot be "
                "noticed",
                dataset.checksum_type, dataset.checksum);
  if (strict) return data_error(dataset.imzml_path.string(), what + " (--strict)");
  dataset.warnings.add("no checksum", dataset.imzml_path.string() + ": " + what);
  return {};
}

Result<Dataset> open_checked(const std::filesystem::path& imzml_path, const OpenOptions& options) {
  if (auto right = refuse_other_formats(imzml_path); !right) return std::unexpected(right.error());
  auto dataset = parse_imzml(imzml_path);
  if (!dataset) return dataset;
  const PixelSurvey pixels = survey_pixels(dataset->spectra);
  if (auto box = check_box(*dataset, pixels); !box) return std::unexpected(box.error());
  auto ibd = find_ibd(imzml_path);
  if (!ibd) return std::unexpected(ibd.error());
  dataset->ibd_path = std::move(*ibd);
  if (auto checked = check_ibd(*dataset, options.strict); !checked) {
    return std::unexpected(checked.error());
  }
  if (auto same = check_checksum(*dataset, options.strict); !same) {
    return std::unexpected(same.error());
  }
  warn_of_positions(pixels, *dataset);
  warn_of_profile(*dataset);
  return dataset;
}

}  // namespace

Result<Dataset> open_dataset(const std::filesystem::path& imzml_path, const OpenOptions& options) {
  try {
    return open_checked(imzml_path, options);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kResource, imzml_path.string(),
                "out of memory while its table of spectra was read");
  }
}

}  // namespace ionloom::imzml
