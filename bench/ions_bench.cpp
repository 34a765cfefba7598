#include <algorithm>

#include "bench/kernels.h"
#include "bench/opened_dataset.h"
#include "bench/sampled_ions.h"
#include "imaging/spatial_metric.h"
#include "imaging/spectral_metric.h"
#include "stages/annotate.h"

namespace ionloom::bench {
namespace {

constexpr std::size_t kIons = 4000;
constexpr std::size_t kRichIons = 200;
constexpr std::size_t kRichPixels = 2;  // fewer have no correlation

/// A dataset's peaks in order, and the ions of a list that are looked for in them.
struct Annotatable {
  OpenedDataset opened;
  exec::PeakStore store;
  imaging::PeakTable peaks;
  stages::IonSet ions;
  stages::PatternTable patterns;
  std::vector<std::uint32_t> in_range;
};

Result<Annotatable> prepare(const Inputs& inputs) {
  auto opened = open(inputs.datasets.front());
  if (!opened) return std::unexpected(opened.error());
  auto ingested = ingest_on_one_thread(*opened);
  if (!ingested) return std::unexpected(ingested.error());
  auto ions = sampled_ions(inputs.list, kIons);
  if (!ions) return std::unexpected(ions.error());
  Annotatable made{.opened = std::move(*opened),
                   .store = std::move(*ingested),
                   .peaks = {},
                   .ions = std::move(*ions),
                   .patterns = {},
                   .in_range = {}};
  made.patterns = patterns_of(made.ions);
  made.peaks = peaks_of(made.store);
  made.in_range = stages::ions_in_range(made.patterns, made.store.first_mz(), made.store.last_mz());
  return made;
}

/// Images and metrics, as a run does them.
void annotate(benchmark::State& state, const Inputs& inputs) {
  Result<Annotatable> prepared = prepare(inputs);
  const Annotatable* data = value_or_skip(state, prepared);
  if (data == nullptr) return;
  imaging::IonMeasurer measurer(data->opened.pixels.grid, {});
  std::vector<stages::MeasuredIon> kept;
  measure(state, static_cast<double>(data->in_range.size()), [&] {
    kept.clear();
    stages::annotate_ions(data->peaks, data->ions, data->patterns, data->in_range, false, measurer,
                          kept);
  });
}

/// The images alone; the exchange holds the sum of each, which any other way has to give too.
void images(benchmark::State& state, const Inputs& inputs) {
  Result<Annotatable> prepared = prepare(inputs);
  const Annotatable* data = value_or_skip(state, prepared);
  if (data == nullptr) return;
  imaging::IonMeasurer measurer(data->opened.pixels.grid, {});
  measure(state, static_cast<double>(data->in_range.size()), [&] {
    for (const std::uint32_t ion : data->in_range) {
      benchmark::DoNotOptimize(measurer.cut_images(data->peaks, data->patterns.of(ion)).data());
    }
  });
  std::vector<double> mz;
  std::vector<double> totals;
  for (const std::uint32_t ion : data->in_range) {
    const auto theory = data->patterns.of(ion);
    mz.insert(mz.end(), theory.mz.begin(), theory.mz.end());
    for (const imaging::IonImage& image : measurer.cut_images(data->peaks, theory)) {
      double total = 0;
      for (const float value : image.values) total += value;
      totals.push_back(total);
    }
  }
  std::vector<double> peak_mz;
  std::vector<float> peak_intensity;
  std::vector<std::uint32_t> peak_pixel;
  for (const imaging::Peak& peak : data->peaks) {
    peak_mz.push_back(peak.mz);
    peak_intensity.push_back(peak.intensity);
    peak_pixel.push_back(peak.pixel);
  }
  inputs.exchange.numbers<double>("images_theory_mz.f64", mz);
  inputs.exchange.numbers<double>("images_totals.f64", totals);
  inputs.exchange.numbers<double>("images_peak_mz.f64", peak_mz);
  inputs.exchange.numbers<float>("images_peak_intensity.f32", peak_intensity);
  inputs.exchange.numbers<std::uint32_t>("images_peak_pixel.u32", peak_pixel);
}

/// An ion with a signal in several pixels of all its isotope images.
struct RichIon {
  std::vector<imaging::IonImage> images;
  imaging::IonStack stack;  ///< the same images
  std::vector<float> theory;
};

std::vector<RichIon> rich_ions(const Annotatable& data) {
  const imaging::MetricSettings settings;
  imaging::IonMeasurer measurer(data.opened.pixels.grid, settings);
  imaging::IonImageExtractor extractor(data.opened.pixels.grid.pixel_count());
  std::vector<imaging::PeakRange> ranges;
  std::vector<RichIon> rich;
  for (const std::uint32_t ion : data.in_range) {
    const auto theory = data.patterns.of(ion);
    const auto cut = measurer.cut_images(data.peaks, theory);
    const auto poor = [](const imaging::IonImage& image) {
      return image.pixels.size() < kRichPixels;
    };
    if (std::ranges::any_of(cut, poor)) continue;
    ranges.clear();
    for (const double mz : theory.mz) {
      ranges.push_back(
          imaging::peaks_in_window(data.peaks, imaging::mz_window(mz, settings.tolerance_ppm)));
    }
    rich.push_back(
        {{cut.begin(), cut.end()}, {}, {theory.intensity.begin(), theory.intensity.end()}});
    extractor.extract(data.peaks, ranges, rich.back().stack);
    if (rich.size() == kRichIons) break;
  }
  return rich;
}

enum class Metric : std::uint8_t { kSpatial, kSpectral };

void metric(benchmark::State& state, const Inputs& inputs, Metric which) {
  Result<Annotatable> prepared = prepare(inputs);
  const Annotatable* data = value_or_skip(state, prepared);
  if (data == nullptr) return;
  const std::vector<RichIon> rich = rich_ions(*data);
  if (rich.empty()) {
    state.SkipWithError("no ion of the list has all its isotope images in two pixels");
    return;
  }
  const std::uint32_t pixels = data->opened.pixels.grid.pixel_count();
  std::vector<double> values(rich.size());
  std::vector<float> scratch;
  measure(state, static_cast<double>(rich.size()), [&] {
    for (std::size_t i = 0; i < rich.size(); ++i) {
      values[i] = which == Metric::kSpatial
                      ? imaging::spatial_metric(rich[i].stack, rich[i].theory, pixels,
                                                imaging::SpatialArithmetic::kDouble)
                      : imaging::spectral_metric(rich[i].stack, rich[i].theory, scratch);
    }
  });
  const std::string name = which == Metric::kSpatial ? "spatial" : "spectral";
  inputs.exchange.numbers<double>(name + ".f64", values);
  std::vector<float> theory;
  std::vector<float> dense;
  for (const RichIon& ion : rich) {
    theory.insert(theory.end(), ion.theory.begin(), ion.theory.end());
    for (const imaging::IonImage& image : ion.images) {
      dense.resize(dense.size() + pixels);
      const auto own = std::span(dense).last(pixels);
      for (std::size_t i = 0; i < image.pixels.size(); ++i) own[image.pixels[i]] = image.values[i];
    }
  }
  inputs.exchange.numbers<float>("metric_theory.f32", theory);
  inputs.exchange.numbers<float>("metric_images.f32", dense);
}

}  // namespace

void add_ions(const Inputs& inputs) {
  if (inputs.list.empty() || inputs.datasets.empty()) return;
  using State = benchmark::State;
  benchmark::RegisterBenchmark("annotate", [&](State& state) { annotate(state, inputs); });
  benchmark::RegisterBenchmark("images", [&](State& state) { images(state, inputs); });
  benchmark::RegisterBenchmark("spatial",
                               [&](State& state) { metric(state, inputs, Metric::kSpatial); });
  benchmark::RegisterBenchmark("spectral",
                               [&](State& state) { metric(state, inputs, Metric::kSpectral); });
}

}  // namespace ionloom::bench
