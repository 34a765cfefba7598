#include "imzml/ibd_check.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/core.h>
#include <unistd.h>

#include "imzml/file_digest.h"

namespace ionloom::imzml {
namespace {

constexpr std::size_t kUuidBytes = 16;

/// The most that deflate can shrink data. Source: zlib, "Maximum Compression Factor", 1032:1.
constexpr std::uint64_t kMostInflation = 1032;

constexpr std::size_t kMd5Digits = 32;
constexpr std::size_t kSha1Digits = 40;

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

Result<void> check_uuid(Dataset& dataset, bool strict) {
  const Agreement state = compare_uuid(dataset);
  if (state == Agreement::kAgrees) return {};
  const std::string found = uuid_in(dataset.ibd_path);
  const std::string what =
      state == Agreement::kDiffers
          ? fmt::format(
                "its UUID is {}, but the imzML states {}: they may not be of the same export",
                found.empty() ? "missing" : found, dataset.uuid)
          : fmt::format(
                "the imzML states {} UUID, so the two files cannot be told to belong together",
                dataset.uuid.empty() ? "no" : "an all-zero");
  if (strict) return data_error(dataset.ibd_path.string(), what + " (--strict)");
  dataset.warnings.add("uuid", dataset.ibd_path.string() + ": " + what);
  return {};
}

std::string place_of(const Dataset& dataset, std::size_t index) {
  const Spectrum& spectrum = dataset.spectra[index];
  return fmt::format("{}, line {}, spectrum {} (x {}, y {})", dataset.imzml_path.string(),
                     spectrum.line, index + 1, spectrum.x, spectrum.y);
}

/// Checks what an array states by itself, and sets its encoded length where it is missing or wrong.
Result<void> settle(ArrayLocation& array, std::size_t index, Dataset& dataset) {
  if (static_cast<std::int64_t>(array.offset_bytes) < 0) {
    return data_error(place_of(dataset, index),
                      fmt::format("an external offset is {}; expected 0 or more",
                                  static_cast<std::int64_t>(array.offset_bytes)));
  }
  const std::uint64_t width = stages::width_bytes(array.type);
  if (array.length > UINT64_MAX / width) {
    return data_error(place_of(dataset, index),
                      fmt::format("an array of {} values cannot be: the external array length is "
                                  "damaged. Export the file again",
                                  array.length));
  }
  const std::uint64_t computed = array.length * width;
  if (array.zlib) {
    if (array.length > 0 && array.encoded_bytes == 0) {
      return data_error(place_of(dataset, index),
                        "a zlib-compressed array states no external encoded length; expected "
                        "IMS:1000104, its bytes in the .ibd");
    }
    if (computed / kMostInflation > array.encoded_bytes) {
      return data_error(place_of(dataset, index),
                        fmt::format("{} values cannot come out of {} zlib-compressed bytes: a "
                                    "length is damaged. Export the file again",
                                    array.length, array.encoded_bytes));
    }
    return {};
  }
  if (array.encoded_bytes != 0 && array.encoded_bytes != computed) {
    dataset.warnings.add(
        "encoded length",
        fmt::format("{}: the encoded length is {} bytes, but {} values take {}; "
                    "the number of values counts",
                    place_of(dataset, index), array.encoded_bytes, array.length, computed));
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
      if (auto settled = settle(*array, i, dataset); !settled) return settled;
    }
    if (lies_inside(spectrum.mz, dataset.ibd_size_bytes) &&
        lies_inside(spectrum.intensity, dataset.ibd_size_bytes)) {
      continue;
    }
    if (outside++ == 0) first = i;
  }
  if (outside == 0) return {};
  const Spectrum& spectrum = dataset.spectra[first];
  const bool mz_inside = lies_inside(spectrum.mz, dataset.ibd_size_bytes);
  const ArrayLocation& array = mz_inside ? spectrum.intensity : spectrum.mz;
  return data_error(
      dataset.ibd_path.string(),
      fmt::format("has {} bytes, but {} of {} spectra need more; the first is spectrum {} (x {}, "
                  "y {}; line {} of the imzML), whose {} array takes {} bytes from byte {}. The "
                  "file is truncated or belongs to another imzML: copy it again",
                  dataset.ibd_size_bytes, outside, dataset.spectra.size(), first + 1, spectrum.x,
                  spectrum.y, spectrum.line, mz_inside ? "intensity" : "m/z", array.encoded_bytes,
                  array.offset_bytes));
}

std::string mismatch(const Dataset& dataset, std::string_view type, std::string_view found,
                     std::string_view stated) {
  return fmt::format(
      "{}: its {} is {}, but the imzML states {}: the file has changed since it was exported",
      dataset.ibd_path.string(), type, found, stated);
}

}  // namespace

Agreement compare_uuid(const Dataset& dataset) {
  if (all_zero(dataset.uuid)) return Agreement::kNotStated;
  return uuid_in(dataset.ibd_path) == dataset.uuid ? Agreement::kAgrees : Agreement::kDiffers;
}

Result<void> check_ibd(Dataset& dataset, bool strict) {
  std::error_code error;
  dataset.ibd_size_bytes = std::filesystem::file_size(dataset.ibd_path, error);
  if (error) return data_error(dataset.ibd_path.string(), "cannot be read: " + error.message());
  if (::access(dataset.ibd_path.c_str(), R_OK) != 0) {
    return data_error(dataset.ibd_path.string(),
                      fmt::format("cannot be opened: {}", std::strerror(errno)));
  }
  if (auto inside = check_locations(dataset); !inside) return inside;
  return check_uuid(dataset, strict);
}

bool states_checksum(const Dataset& dataset) {
  const std::size_t digits = dataset.checksum_type == "MD5" ? kMd5Digits : kSha1Digits;
  return dataset.checksum.size() == digits && !all_zero(dataset.checksum);
}

Result<Agreement> verify_checksum(Dataset& dataset, bool strict) {
  if (!states_checksum(dataset)) return Agreement::kNotStated;
  const bool md5_alone = dataset.checksum_type == "MD5";
  const std::array algorithms = {DigestAlgorithm::kMd5, DigestAlgorithm::kSha1};
  const auto wanted = std::span(algorithms)
                          .subspan(md5_alone || !dataset.md5_beside_sha1.empty() ? 0 : 1,
                                   md5_alone ? 1 : std::dynamic_extent);
  const auto digests = file_digests(dataset.ibd_path, wanted);
  if (!digests) return std::unexpected(digests.error());

  const bool agrees = digests->back() == dataset.checksum;
  std::vector<std::string> mismatches;
  if (!agrees) mismatches.push_back(checksum_mismatch(dataset, digests->back()));
  if (!dataset.md5_beside_sha1.empty() && digests->front() != dataset.md5_beside_sha1) {
    mismatches.push_back(mismatch(dataset, "MD5", digests->front(), dataset.md5_beside_sha1));
  }
  for (const std::string& text : mismatches) {
    if (strict) return data_error({}, text + " (--strict)");
    dataset.warnings.add("checksum " + text, text);
  }
  return agrees ? Agreement::kAgrees : Agreement::kDiffers;
}

std::string checksum_mismatch(const Dataset& dataset, const std::string& found) {
  return mismatch(dataset, dataset.checksum_type, found, dataset.checksum);
}

}  // namespace ionloom::imzml
