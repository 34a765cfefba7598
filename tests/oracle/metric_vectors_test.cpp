// The metrics of 141 sets of isotope images against METASPACE's own, by the arithmetic of version 1
// and of version 3.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "imaging/ion_metrics.h"
#include "oracle/support/npz.h"
#include "oracle/support/shared_folder.h"
#include "oracle/support/text_gz.h"

namespace ionloom::oracle {
namespace {

using nlohmann::json;
using Arrays = std::map<std::string, NpyArray>;

/// Wide enough for every peak of an image, narrow enough for none of another: they lie 1 apart.
constexpr double kTolerancePpm = 1000;

/// One image set of the reference.
struct ImageSet {
  std::string name;
  imaging::PixelGrid grid;
  std::vector<imaging::Peak> peaks;
  std::vector<double> theory_mz;
  std::vector<float> theory_intensity;
  std::uint32_t min_px = 1;
  bool all_metrics = false;

  [[nodiscard]] imaging::TheoreticalPeaks theory() const { return {theory_mz, theory_intensity}; }
};

/// Pixels with a spectrum: the mask's bits, the highest of a byte first; all without a mask.
imaging::PixelGrid grid_of(const json& reference, const Arrays& arrays, const std::string& index) {
  imaging::PixelGrid grid{.width = reference["w"], .height = reference["h"], .positions = {}};
  const auto mask = arrays.find(index + "_mask");
  std::vector<std::uint8_t> bits;
  if (mask != arrays.end()) bits = mask->second.values<std::uint8_t>();
  for (std::uint32_t pixel = 0; pixel < grid.box_size(); ++pixel) {
    if (bits.empty() || (bits.at(pixel / 8) >> (7 - pixel % 8) & 1) != 0) {
      grid.positions.push_back(pixel);
    }
  }
  return grid;
}

void append_peaks(const Arrays& arrays, const std::string& image, const imaging::PixelGrid& grid,
                  std::vector<imaging::Peak>& peaks) {
  if (!arrays.contains(image + "_pix")) return;
  const auto pixels = arrays.at(image + "_pix").values<std::uint32_t>();
  const auto intensities = arrays.at(image + "_int").values<float>();
  const auto mz = arrays.at(image + "_mz").values<float>();
  ASSERT_EQ(intensities.size(), pixels.size());
  ASSERT_EQ(mz.size(), pixels.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const auto found = std::ranges::lower_bound(grid.positions, pixels[i]);
    ASSERT_TRUE(found != grid.positions.end() && *found == pixels[i]) << image;
    peaks.push_back({.mz = mz[i],
                     .intensity = intensities[i],
                     .pixel = static_cast<std::uint32_t>(found - grid.positions.begin())});
  }
}

ImageSet image_set(const json& reference, const Arrays& arrays, const std::string& index) {
  ImageSet set{.name = index + ", " + reference["name"].get<std::string>(),
               .grid = grid_of(reference, arrays, index),
               .peaks = {},
               .theory_mz = reference["theo_mz"],
               .theory_intensity = reference["theo_int"],
               .min_px = reference["min_px"],
               .all_metrics = reference["target"].get<bool>() ||
                              reference["targeted"].get<bool>() ||
                              reference["compute_unused_metrics"].get<bool>()};
  EXPECT_EQ(set.grid.pixel_count(), reference["n_spectra"].get<std::uint32_t>());
  for (std::size_t k = 0; k < set.theory_mz.size(); ++k) {
    append_peaks(arrays, index + "_" + std::to_string(k), set.grid, set.peaks);
  }
  EXPECT_TRUE(std::ranges::is_sorted(set.peaks, {}, &imaging::Peak::mz)) << set.name;
  return set;
}

/// What the reference did not compute (null) was not asked for: early rejection.
void expect_near(double ours, const json& reference, double tolerance, const std::string& what) {
  if (reference.is_null()) return;
  EXPECT_NEAR(ours, reference.get<double>(), tolerance) << what;
}

void expect_same(double ours, const json& reference, const std::string& what) {
  expect_near(ours, reference, 0, what);
}

void compare(const imaging::IonMetrics& ours, const json& reference, const ImageSet& set,
             bool running_single) {
  expect_same(ours.chaos, reference["chaos"], set.name + " chaos");
  expect_same(ours.spectral, reference["spectral"], set.name + " spectral");
  const double tolerance = running_single ? 0 : 1e-12;
  expect_near(ours.spatial, reference["spatial"], tolerance, set.name + " spatial");
  expect_near(ours.msm, reference["msm"], tolerance, set.name + " msm");
  for (std::size_t k = 0; k < set.theory_mz.size(); ++k) {
    const std::string what = set.name + ", image " + std::to_string(k);
    expect_same(ours.images[k].total, reference["total"][k], what + " total");
    expect_same(ours.images[k].max, reference["max"][k], what + " max");
    EXPECT_EQ(reference["min"][k], 0) << what;
    const double mz_tolerance = 1e-12 * set.theory_mz[0];
    expect_near(ours.images[k].mz_mean, reference["mz_mean"][k], mz_tolerance, what + " mz_mean");
    expect_near(ours.images[k].mz_stddev, reference["mz_stddev"][k], 1e-12, what + " mz_stddev");
  }
  expect_near(ours.mz_err_abs, reference["mz_err_abs"], 1e-12, set.name + " mz_err_abs");
  expect_near(ours.mz_err_rel, reference["mz_err_rel"], 1e-12, set.name + " mz_err_rel");
}

void compare_all(const char* version, imaging::SpatialArithmetic arithmetic) {
  const auto file = shared_path("oracle/units/metrics.json");
  if (!file) GTEST_SKIP() << kNoSharedFolder;
  const json references = json::parse(read_text_gz(*file));
  const Arrays arrays = read_npz(*shared_path("oracle/units/metrics_images.npz"));
  ASSERT_EQ(references.size(), 141U);
  for (std::size_t i = 0; i < references.size(); ++i) {
    const ImageSet set = image_set(references[i], arrays, std::to_string(i));
    imaging::IonMeasurer measurer(
        set.grid, {.tolerance_ppm = kTolerancePpm, .min_px = set.min_px, .spatial = arithmetic});
    const json& reference = references[i][version];
    imaging::IonMetrics metrics;
    EXPECT_EQ(measurer.measure(set.peaks, set.theory(), set.all_metrics, metrics),
              set.all_metrics || reference["msm"] > 0)
        << set.name << " is kept";
    // Rejected or not: what the reference computed of it, every metric has it.
    ASSERT_TRUE(measurer.measure(set.peaks, set.theory(), true, metrics));
    measurer.add_statistics(set.peaks, set.theory(), metrics);
    compare(metrics, reference, set, arithmetic == imaging::SpatialArithmetic::kRunningSingle);
  }
}

TEST(OracleMetrics, of_version_1_are_those_of_metaspace) {
  compare_all("v1", imaging::SpatialArithmetic::kDouble);
}

TEST(OracleMetrics, of_version_3_are_those_of_metaspace) {
  compare_all("v3", imaging::SpatialArithmetic::kRunningSingle);
}

}  // namespace
}  // namespace ionloom::oracle
