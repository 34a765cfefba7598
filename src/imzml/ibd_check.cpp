#include "imzml/ibd_check.h"

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/core.h>

#include "imzml/file_digest.h"
#include "imzml/number_text.h"

namespace ionloom::imzml {
namespace {

constexpr std::size_t kUuidBytes = 16;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

bool all_zero(const std::string& digits) {
  return digits.find_first_not_of('0') == std::string::npos;
}

/// The .ibd's first 16 bytes as hex digits; fewer when the file is shorter.
std::string uuid_in(const std::filesystem::path& ibd) {
  std::array<char, kUuidBytes> bytes{};
  std::ifstream file(ibd, std::ios::binary);
  file.read(bytes.data(), bytes.size());
  std::string digits;
  for (std::streamsize i = 0; i < file.gcount(); ++i) {
    digits += fmt::format("{:02x}", static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]));
  }
  return digits;
}

/// Accepts with a warning, or refuses when strict.
Result<void> object(Dataset& dataset, bool strict, const std::string& kind,
                    const std::string& what) {
  if (strict) return data_error(dataset.ibd_path.string(), what + " (--strict)");
  dataset.warnings.add(kind, dataset.ibd_path.string() + ": " + what);
  return {};
}

Result<void> check_uuid(Dataset& dataset, bool strict) {
  const std::string found = uuid_in(dataset.ibd_path);
  if (all_zero(dataset.uuid)) {
    return object(
        dataset, strict, "uuid",
        dataset.uuid.empty()
            ? "the imzML states no UUID, so the two files cannot be told to belong together"
            : "the UUID in the imzML is all zero, so the two files cannot be told to "
              "belong together");
  }
  if (found == dataset.uuid) return {};
  return object(dataset, strict, "uuid",
                fmt::format("its UUID is {}, but the imzML states {}: they may not be of the same "
                            "export",
                            found, dataset.uuid));
}

/// Sets the encoded length where it is missing or wrong.
Result<void> settle_encoded_length(ArrayLocation& array, const Spectrum& spectrum,
                                   Dataset& dataset) {
  if (array.zlib) {
    if (array.encoded_bytes > 0 || array.length == 0) return {};
    return data_error(fmt::format("{}, line {}", dataset.imzml_path.string(), spectrum.line),
                      "a zlib-compressed array states no encoded length (expected IMS:1000104)");
  }
  const std::uint64_t width = width_bytes(array.type);
  if (array.length > UINT64_MAX / width) {
    return data_error(
        fmt::format("{}, line {}", dataset.imzml_path.string(), spectrum.line),
        fmt::format("an array of {} values cannot be; the length is damaged", array.length));
  }
  const std::uint64_t computed = array.length * width;
  if (array.encoded_bytes != 0 && array.encoded_bytes != computed) {
    dataset.warnings.add(
        "encoded length",
        fmt::format("{}, line {}: the encoded length is {} bytes, but {} values take {}; the "
                    "number of values counts",
                    dataset.imzml_path.string(), spectrum.line, array.encoded_bytes, array.length,
                    computed));
  }
  array.encoded_bytes = computed;
  return {};
}

bool lies_inside(const ArrayLocation& array, std::uint64_t size_bytes) {
  if (array.length == 0) return true;
  return array.offset_bytes <= size_bytes && array.encoded_bytes <= size_bytes - array.offset_bytes;
}

Result<void> check_locations(Dataset& dataset) {
  std::uint64_t outside = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < dataset.spectra.size(); ++i) {
    Spectrum& spectrum = dataset.spectra[i];
    for (ArrayLocation* array : {&spectrum.mz, &spectrum.intensity}) {
      if (auto settled = settle_encoded_length(*array, spectrum, dataset); !settled) {
        return settled;
      }
    }
    if (lies_inside(spectrum.mz, dataset.ibd_size_bytes) &&
        lies_inside(spectrum.intensity, dataset.ibd_size_bytes)) {
      continue;
    }
    if (outside++ == 0) first = i;
  }
  if (outside == 0) return {};
  const Spectrum& spectrum = dataset.spectra[first];
  const ArrayLocation& array =
      lies_inside(spectrum.mz, dataset.ibd_size_bytes) ? spectrum.intensity : spectrum.mz;
  return data_error(
      dataset.ibd_path.string(),
      fmt::format(
          "{} bytes, but spectrum {} (x {}, y {}; line {} of the imzML) needs {} bytes from "
          "{}. {} of {} spectra lie outside: the file is cut short or not the right one. "
          "Copy it again",
          dataset.ibd_size_bytes, first + 1, spectrum.x, spectrum.y, spectrum.line,
          array.encoded_bytes, array.offset_bytes, outside, dataset.spectra.size()));
}

}  // namespace

std::uint64_t width_bytes(NumberType type) {
  switch (type) {
    case NumberType::kInt8:
      return 1;
    case NumberType::kInt16:
      return 2;
    case NumberType::kFloat32:
    case NumberType::kInt32:
      return 4;
    case NumberType::kFloat64:
    case NumberType::kInt64:
      return 8;
  }
  return 8;
}

Result<std::filesystem::path> find_ibd(const std::filesystem::path& imzml_path) {
  std::filesystem::path folder = imzml_path.parent_path();
  if (folder.empty()) folder = ".";
  const std::filesystem::path exact = std::filesystem::path(imzml_path).replace_extension(".ibd");
  std::error_code error;
  if (std::filesystem::is_regular_file(exact, error)) return exact;
  const std::string wanted = lower(exact.filename().string());
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (lower(entry.path().filename().string()) == wanted && entry.is_regular_file(error)) {
      return imzml_path.parent_path() / entry.path().filename();
    }
  }
  return data_error(imzml_path.string(),
                    fmt::format("there is no {} beside it (any case of .ibd would do); the two "
                                "files belong into one folder",
                                exact.filename().string()));
}

Result<void> check_ibd(Dataset& dataset, bool strict) {
  std::error_code error;
  dataset.ibd_size_bytes = std::filesystem::file_size(dataset.ibd_path, error);
  if (error) return data_error(dataset.ibd_path.string(), "cannot be read: " + error.message());
  if (auto inside = check_locations(dataset); !inside) return inside;
  return check_uuid(dataset, strict);
}

bool states_checksum(const Dataset& dataset) {
  const std::size_t digits = dataset.checksum_type == "MD5" ? 32 : 40;
  return dataset.checksum.size() == digits && !all_zero(dataset.checksum);
}

Result<void> verify_checksum(Dataset& dataset, bool strict) {
  if (!states_checksum(dataset)) return {};
  const std::array algorithms = {dataset.checksum_type == "MD5" ? DigestAlgorithm::kMd5
                                                                : DigestAlgorithm::kSha1};
  const auto digests = file_digests(dataset.ibd_path, algorithms);
  if (!digests) return std::unexpected(digests.error());
  if (digests->front() == dataset.checksum) return {};
  if (strict) return data_error({}, checksum_mismatch(dataset, digests->front()) + " (--strict)");
  dataset.warnings.add("checksum", checksum_mismatch(dataset, digests->front()));
  return {};
}

std::string checksum_mismatch(const Dataset& dataset, const std::string& found) {
  return fmt::format(
      "{}: its {} is {}, but the imzML states {}: the file has changed since it was exported",
      dataset.ibd_path.string(), dataset.checksum_type, found, dataset.checksum);
}

}  // namespace ionloom::imzml
