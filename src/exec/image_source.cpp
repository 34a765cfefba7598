#include "exec/image_source.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <tbb/enumerable_thread_specific.h>

#include "exec/parallel_steps.h"
#include "stages/annotate.h"

namespace ionloom::exec {
namespace {

class OwnImages final : public ImageSource {
 public:
  OwnImages(AnnotationRun& run, const AnnotationSettings& settings)
      : run_(run), metrics_(settings.metrics) {}

  Result<void> cut(std::span<const std::uint32_t> ions, const Work& work,
                   Progress& progress) override {
    // In order of m/z, so that peaks on disk are read once.
    std::vector<std::size_t> order(ions.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {},
                             [&](std::size_t i) { return run_.patterns.of(ions[i]).mz[0]; });
    tbb::enumerable_thread_specific<imaging::IonMeasurer> measurers(
        [&] { return imaging::IonMeasurer(run_.pixels.grid, metrics_); });
    const auto theory_at = [&](std::size_t at) { return run_.patterns.of(ions[order[at]]); };
    return run_.peaks.visit(
        ions.size(),
        [&](std::size_t at, std::vector<imaging::MzWindow>& windows) {
          stages::append_windows(theory_at(at), metrics_.tolerance_ppm, windows);
        },
        [&](imaging::PeakTable peaks, std::size_t first, std::size_t last) {
          return in_parallel(last - first, progress, [&](std::size_t step) -> Result<void> {
            const std::size_t at = first + step;
            auto done = work(order[at], measurers.local().cut_images(peaks, theory_at(at)));
            progress.advance(1);
            return done;
          });
        });
  }

 private:
  AnnotationRun& run_;
  imaging::MetricSettings metrics_;
};

}  // namespace

std::unique_ptr<ImageSource> images_of(AnnotationRun& run, const AnnotationSettings& settings) {
  return std::make_unique<OwnImages>(run, settings);
}

}  // namespace ionloom::exec
