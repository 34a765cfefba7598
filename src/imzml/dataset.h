#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/warnings.h"
#include "stages/peak_arrays.h"

namespace ionloom::imzml {

/// Number type of a binary array, as its accession (or, where they disagree, its name) says.
using stages::NumberType;

enum class Polarity : std::uint8_t { kUnknown, kPositive, kNegative, kMixed };
enum class SpectrumKind : std::uint8_t { kUnknown, kCentroid, kProfile, kMixed };
enum class Layout : std::uint8_t { kUnknown, kContinuous, kProcessed };

/// Where one binary array lies in the .ibd file. Checked against the file's size when opened.
struct ArrayLocation {
  std::uint64_t offset_bytes = 0;
  std::uint64_t length = 0;         ///< number of values
  std::uint64_t encoded_bytes = 0;  ///< bytes in the file; length x width unless compressed
  NumberType type = NumberType::kFloat32;
  bool zlib = false;
};

/// One spectrum: its place in the image, as the file numbers it (from 1), and its two arrays.
struct Spectrum {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  std::uint32_t z = 1;
  std::uint64_t line = 0;  ///< line of its <spectrum> in the imzML, for messages
  ArrayLocation mz;
  ArrayLocation intensity;
};

/// Everything an imzML says, without the peaks. Made by open_dataset(); all array locations lie
/// inside the .ibd, and m/z and intensity of a spectrum have equal lengths.
struct Dataset {
  std::filesystem::path imzml_path;
  std::filesystem::path ibd_path;
  std::uint64_t ibd_size_bytes = 0;
  std::vector<Spectrum> spectra;  ///< in file order, at least one
  Polarity polarity = Polarity::kUnknown;
  SpectrumKind kind = SpectrumKind::kUnknown;
  Layout layout = Layout::kUnknown;
  std::string uuid;             ///< 32 lower-case hex digits, empty when absent
  std::string checksum_type;    ///< "SHA-1", "MD5" or empty
  std::string checksum;         ///< lower-case hex, as stated in the imzML
  std::string md5_beside_sha1;  ///< the MD5 of a file that states both, else empty
  std::string instrument;       ///< model named in the file, empty when absent
  std::string writer;           ///< first software named in the file, empty when absent
  std::optional<double> pixel_size_x_um;
  std::optional<double> pixel_size_y_um;
  Warnings warnings;

  /// Number of peaks as declared (zero intensities included).
  [[nodiscard]] std::uint64_t declared_peaks() const {
    std::uint64_t sum = 0;
    for (const Spectrum& s : spectra) sum += s.mz.length;
    return sum;
  }
};

struct OpenOptions {
  bool strict = false;  ///< refuse what is otherwise accepted with a warning (UUID, checksums ...)
};

/// Reads an imzML as a stream (memory: the spectra table only) and checks it against its .ibd.
/// Fails with a sentence that names the file, the line or spectrum, what was found and what was
/// expected: malformed or truncated XML, missing or truncated .ibd, unequal lengths, arrays outside
/// the .ibd, unknown type or compression, no spectra, files of another format.
[[nodiscard]] Result<Dataset> open_dataset(const std::filesystem::path& imzml_path,
                                           const OpenOptions& options = {});

}  // namespace ionloom::imzml
