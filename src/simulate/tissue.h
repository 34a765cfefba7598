#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ionloom::simulate {

/// What is asked of a piece of tissue.
struct TissueOptions {
  std::uint32_t width = 64;
  std::uint32_t height = 48;
  /// Share of the box that is tissue, in [0.4, 1]. Absent: drawn, and 1 in 41 % of the cases (59 %
  /// of METASPACE's datasets are flagged as of irregular shape).
  std::optional<double> coverage{};
};

/// A simulated tissue section. All images are row-major over the width x height box and meaningful
/// at `pixels` only.
struct Tissue {
  static constexpr std::size_t kFields = 24;
  static constexpr std::uint8_t kMostRegions = 6;

  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint32_t> pixels;  ///< y * width + x of the measured pixels, ascending
  double tic_sd_ln = 0;               ///< spread of ln(tic) across the tissue
  double tic_correlation_px = 0;
  std::vector<float> tic;  ///< factor on every intensity, log-normal and smooth, median about 1
  /// Smooth structures, shared by many ions as anatomy is; from fine [0] to coarse; each is exactly
  /// uniform in (0, 1) over the tissue, so a threshold is an area.
  std::array<std::vector<float>, kFields> fields;
  std::vector<float> depth;          ///< distance to the outside, 0 at the rim, 1 at the deepest
  std::vector<std::uint8_t> region;  ///< which of `regions` compartments
  std::uint8_t regions = 0;          ///< 3..kMostRegions

  [[nodiscard]] std::uint32_t x(std::uint32_t pixel) const { return pixel % width; }
  [[nodiscard]] std::uint32_t y(std::uint32_t pixel) const { return pixel / width; }
};

/// Grows a section of 1-3 smooth blobs. Memory: about 120 bytes a pixel of the box.
/// REQUIRES: width and height in [4, 65535].
[[nodiscard]] Tissue make_tissue(const TissueOptions& options, std::uint64_t seed);

}  // namespace ionloom::simulate
