#include <array>
#include <fstream>
#include <set>

#include <fmt/core.h>

#include "imzml/dataset.h"
#include "imzml/ibd_check.h"
#include "imzml/imzml_parser.h"

namespace ionloom::imzml {
namespace {

std::string lower_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return extension;
}

/// Names what the user gave instead of an imzML, from its extension and first bytes.
Result<void> refuse_other_formats(const std::filesystem::path& path) {
  const std::string place = path.string();
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return data_error(place, "no such file; expected an imzML file");
  }
  if (std::filesystem::is_directory(path, error)) {
    return data_error(place, "this is a folder; expected an imzML file");
  }
  const std::string extension = lower_extension(path);
  if (extension == ".ibd") {
    return data_error(place, "this is the binary half of a dataset; give the .imzML beside it");
  }
  if (extension == ".hdr" || extension == ".img" || extension == ".t2m") {
    return data_error(place,
                      "this is Analyze 7.5, which is not read; convert it to imzML first (Cardinal "
                      "and other packages do)");
  }
  std::array<char, 4> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), head.size());
  const std::string_view bytes(head.data(), static_cast<std::size_t>(file.gcount()));
  if (bytes.empty()) return data_error(place, "the file is empty; expected an imzML file");
  if (bytes.starts_with("\x1f\x8b") || bytes.starts_with("PK") || bytes.starts_with("BZh") ||
      bytes.starts_with("\xFD"
                        "7zX")) {
    return data_error(place, "this is a compressed archive; unpack it and give the .imzML in it");
  }
  return {};
}

void warn_about_content(Dataset& dataset) {
  const std::string place = dataset.imzml_path.string();
  if (dataset.kind == SpectrumKind::kProfile || dataset.kind == SpectrumKind::kMixed) {
    dataset.warnings.add("profile",
                         place +
                             ": holds profile spectra; METASPACE's method expects centroids, "
                             "so results will be poor. Export centroided data");
  }
  if (!states_checksum(dataset)) {
    dataset.warnings.add("no checksum",
                         place +
                             ": states no usable checksum of the .ibd; damage to it cannot be "
                             "noticed");
  }
  std::set<std::pair<std::uint32_t, std::uint32_t>> pixels;
  std::uint64_t repeated = 0;
  bool several_z = false;
  for (const Spectrum& spectrum : dataset.spectra) {
    if (!pixels.insert({spectrum.x, spectrum.y}).second) ++repeated;
    several_z = several_z || spectrum.z != dataset.spectra.front().z;
  }
  if (repeated > 0) {
    dataset.warnings.add(
        "repeated pixels",
        fmt::format("{}: {} spectra lie on a pixel that has one already{}; their peaks are added",
                    place, repeated, several_z ? " (z coordinates differ)" : ""));
  }
}

}  // namespace

Result<Dataset> open_dataset(const std::filesystem::path& imzml_path, const OpenOptions& options) {
  if (auto right = refuse_other_formats(imzml_path); !right) return std::unexpected(right.error());
  auto dataset = parse_imzml(imzml_path);
  if (!dataset) return dataset;
  dataset->imzml_path = imzml_path;
  auto ibd = find_ibd(imzml_path);
  if (!ibd) return std::unexpected(ibd.error());
  dataset->ibd_path = std::move(*ibd);
  if (auto checked = check_ibd(*dataset, options.strict); !checked) {
    return std::unexpected(checked.error());
  }
  if (options.strict) {
    if (auto same = verify_checksum(*dataset, true); !same) return std::unexpected(same.error());
  }
  warn_about_content(*dataset);
  return dataset;
}

}  // namespace ionloom::imzml
