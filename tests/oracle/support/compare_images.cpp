#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "oracle/support/npz.h"
#include "oracle/support/run_comparison.h"

namespace ionloom::oracle {
namespace {

/// Pixel values over the whole box, 0 where there is no spectrum or no peak.
std::vector<float> whole_box(const imaging::IonImage& image, const imaging::PixelGrid& grid) {
  std::vector<float> box(grid.box_size());
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    box[grid.positions[image.pixels[i]]] = image.values[i];
  }
  return box;
}

/// All images of an ion, cut anew from the run's peaks.
std::vector<imaging::IonImage> cut(const ReferenceRun& reference, exec::AnnotationRun& run,
                                   const imaging::TheoreticalPeaks& theory) {
  imaging::IonMeasurer measurer(run.pixels.grid, reference.settings.metrics);
  std::vector<imaging::IonImage> images;
  const auto done = run.peaks.visit(
      1,
      [&](std::size_t, std::vector<imaging::MzWindow>& windows) {
        stages::append_windows(theory, reference.settings.metrics.tolerance_ppm, windows);
      },
      [&](imaging::PeakTable peaks, std::size_t, std::size_t) -> Result<void> {
        std::ranges::copy(measurer.cut_images(peaks, theory), std::back_inserter(images));
        return {};
      });
  EXPECT_TRUE(done.has_value());
  return images;
}

}  // namespace

void compare_images(const ReferenceRun& reference, exec::AnnotationRun& run) {
  const auto arrays = read_npz(reference.folder / "ion_images.npz");
  EXPECT_FALSE(arrays.empty());
  for (const auto& [name, array] : arrays) {
    const std::size_t at = name.rfind('_');
    const std::string formula = name.substr(0, at);
    const std::size_t k = std::stoul(name.substr(at + 1));
    const auto found = std::ranges::lower_bound(run.ions.ions, formula);
    ASSERT_TRUE(found != run.ions.ions.end() && *found == formula) << name;
    const auto ion = static_cast<std::size_t>(found - run.ions.ions.begin());
    const auto images = cut(reference, run, run.patterns.of(ion));
    ASSERT_EQ(array.shape,
              (std::vector<std::size_t>{run.pixels.grid.height, run.pixels.grid.width}));
    EXPECT_TRUE(whole_box(images.at(k), run.pixels.grid) == array.values<float>())
        << name << ": pixels differ";
  }
}

}  // namespace ionloom::oracle
