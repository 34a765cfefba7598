#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "imaging/image_view.h"
#include "report/annotation.h"

namespace ionloom::report {

/// File names of the annotations' images, without peak number and extension, one per row:
/// "C42H82NO8P_+K_798.5410" is formula with modification and loss, adduct, and monoisotopic m/z.
/// Made of letters, digits and "+-._" only, at most 210 bytes, and all different even where the
/// file system ignores case: rows that would share a name get their list's name appended, then a
/// number. Holds what rows that share names are told apart by, not the names.
class IonImageStems {
 public:
  /// @param rows  all of the results; what they are looked at for is named above, and the list
  explicit IonImageStems(const AnnotationRows& rows);

  /// @param row  row `i`
  [[nodiscard]] std::string of(std::size_t i, const Annotation& row) const;

  /// Bytes that are held at most, what making them takes included.
  /// @param sharing  rows that may share their names with others: those of several lists
  [[nodiscard]] static std::uint64_t memory_bound_bytes(std::uint64_t rows, std::uint64_t sharing);

 private:
  /// A row whose name is not its own: with its list's name, and a number from 2 on.
  struct Shared {
    std::uint32_t row = 0;
    std::uint32_t number = 1;
  };
  std::vector<Shared> shared_;  ///< ascending row
};

/// "STEM_PEAK.EXTENSION", peaks counted from 0: "C42H82NO8P_+K_798.5410_0.png".
[[nodiscard]] std::string ion_image_name(std::string_view stem, std::size_t peak,
                                         std::string_view extension);

// The writers below keep no state: different files may be written by several threads at once.
// Images are many, and are written under their names at once, into a folder that is hidden until it
// is complete; a file of the name must not exist.

/// What the text chunks of a PNG say beside its range.
struct IonImageCaption {
  std::string ion;            ///< ion_text()
  double mz = 0;              ///< theoretical, of this isotope peak
  std::optional<double> fdr;  ///< a fraction
};

/// Writes an ion image as METASPACE does (docs/formats/ion-images.md): 16-bit grey with alpha,
/// grey = floor((v - min) / (max - min) x 65535) in f32 with the extremes of the whole box, 0 for a
/// constant image; alpha 65535 where there is a spectrum. Text chunks "min" and "max" hold the
/// range to the last bit, "ion", "mz" and "fdr" the caption. Equal images give equal bytes.
/// @param mask  as many values as the image has pixels, not 0 where there is a spectrum
/// Source: METASPACE's engine/sm/engine/annotation/png_generator.py.
[[nodiscard]] Result<void> write_ion_image_png(const std::filesystem::path& path,
                                               imaging::ImageView<const float> image,
                                               std::span<const std::uint8_t> mask,
                                               const IonImageCaption& caption);

/// Writes the intensities themselves: NPY 1.0, little-endian f32, height x width, C order, 0 where
/// there is no spectrum.
[[nodiscard]] Result<void> write_ion_image_npy(const std::filesystem::path& path,
                                               imaging::ImageView<const float> image);

/// Writes where spectra exist: NPY 1.0, bool, height x width, C order.
[[nodiscard]] Result<void> write_mask_npy(const std::filesystem::path& path,
                                          imaging::ImageView<const std::uint8_t> mask);

}  // namespace ionloom::report
