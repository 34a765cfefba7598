#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "files/output_file.h"
#include "simulate/instrument.h"

namespace ionloom::simulate {

/// What has to be known before the first spectrum is written.
struct ImzmlHeader {
  std::array<std::uint8_t, 16> uuid{};
  std::uint64_t spectra = 0;  ///< exactly as many appends follow
  std::uint32_t width = 0;    ///< px
  std::uint32_t height = 0;
  double pixel_size_um = 50;
  Polarity polarity = Polarity::kPositive;
  Analyzer analyzer = Analyzer::kFticr;
  bool mz_as_f32 = false;
};

/// Writes imzML 1.1 in processed mode, centroid, uncompressed, intensities f32, as a stream: memory
/// does not grow with the number of spectra. Nothing is visible under the final names before
/// files::publish(); an abandoned writer leaves nothing.
class ImzmlWriter {
 public:
  /// Begins STEM.imzML and STEM.ibd.
  [[nodiscard]] static Result<ImzmlWriter> create(const std::filesystem::path& stem,
                                                  const ImzmlHeader& header);
  ImzmlWriter(ImzmlWriter&&) noexcept;
  ImzmlWriter& operator=(ImzmlWriter&&) noexcept;
  ~ImzmlWriter();

  /// Adds the spectrum at (x, y), counted from 1.
  /// REQUIRES: mz and intensity are of equal length; mz does not fall.
  [[nodiscard]] Result<void> append(std::uint32_t x, std::uint32_t y, std::span<const double> mz,
                                    std::span<const float> intensity);
  /// Completes both files, puts the SHA-1 of the .ibd into the imzML, and closes them.
  [[nodiscard]] Result<void> finish();

  [[nodiscard]] std::uint64_t peaks() const { return peaks_; }
  [[nodiscard]] const std::string& sha1() const { return sha1_; }  ///< 40 hex digits, after finish
  [[nodiscard]] files::OutputFile& imzml() { return imzml_; }
  [[nodiscard]] files::OutputFile& ibd() { return ibd_; }

 private:
  class Sha1;
  ImzmlWriter(const ImzmlHeader& header, files::OutputFile imzml, files::OutputFile ibd,
              std::unique_ptr<Sha1> digest);
  [[nodiscard]] Result<void> write_header();
  [[nodiscard]] Result<void> write_ibd(std::span<const std::byte> bytes);

  ImzmlHeader header_;
  files::OutputFile imzml_;
  files::OutputFile ibd_;
  std::unique_ptr<Sha1> digest_;
  std::uint64_t sha1_offset_bytes_ = 0;
  std::uint64_t appended_ = 0;
  std::uint64_t peaks_ = 0;
  std::string sha1_;
  std::string text_;           // working storage
  std::vector<float> mz_f32_;  // working storage
};

/// Bytes of the imzML per spectrum, rounded up: for estimates of disk need.
inline constexpr std::uint64_t kImzmlBytesPerSpectrum = 2600;

/// "{F1DA2B10-5066-49DE-B9A3-243075247448}"
[[nodiscard]] std::string uuid_text(const std::array<std::uint8_t, 16>& uuid);

}  // namespace ionloom::simulate
