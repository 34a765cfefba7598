#include "app/write_results.h"

#include <algorithm>
#include <optional>

#include <tbb/enumerable_thread_specific.h>

#include "report/annotations_csv.h"
#include "report/annotations_parquet.h"
#include "report/ion_images.h"
#include "report/ion_metrics_parquet.h"
#include "report/pixel_compression.h"

namespace ionloom::app {
namespace {

/// Of the libraries that write Parquet and images: code and tables that were not needed before.
constexpr std::uint64_t kLibraryBytes = std::uint64_t{10} << 20;
/// Intensity, grey and alpha of a pixel.
constexpr std::uint64_t kBytesPerPixelWritten = sizeof(float) + 4;
/// Times that a compressed image exists: as such, in its file, in the buffer of what is written.
constexpr std::uint64_t kCompressedCopies = 3;

/// Writes the images of rows; holds one image as a whole box. One per thread.
class ImageWriter {
 public:
  ImageWriter(const exec::AnnotationRun& run, const RunSettings& settings,
              std::span<const std::uint8_t> mask, const std::filesystem::path& folder)
      : run_(run),
        settings_(settings),
        mask_(mask),
        folder_(folder),
        box_(run.pixels.grid.box_size(), 0.0F) {}

  Result<void> write(const report::Annotation& row, const imaging::TheoreticalPeaks& theory,
                     std::span<const imaging::IonImage> images) {
    const imaging::PixelGrid& grid = run_.pixels.grid;
    for (std::size_t k = 0; k < images.size(); ++k) {
      const imaging::IonImage& image = images[k];
      if (image.empty()) continue;
      for (std::size_t i = 0; i < image.pixels.size(); ++i) {
        box_[grid.positions[image.pixels[i]]] = image.values[i];
      }
      const imaging::ImageView<const float> view{box_, grid.width, grid.height};
      auto written = write_one(view, row, k, theory.mz[k]);
      for (const std::uint32_t pixel : image.pixels) box_[grid.positions[pixel]] = 0;
      if (!written) return written;
    }
    return {};
  }

 private:
  Result<void> write_one(imaging::ImageView<const float> view, const report::Annotation& annotation,
                         std::size_t peak, double mz) const {
    const std::string& stem = annotation.image_stem;
    if (settings_.images == ImageFormat::kNpy) {
      return report::write_ion_image_npy(folder_ / report::ion_image_name(stem, peak, "npy"), view);
    }
    return report::write_ion_image_png(
        folder_ / report::ion_image_name(stem, peak, "png"), view, mask_,
        {report::ion_text(annotation, settings_.positive), mz, annotation.fdr});
  }

  const exec::AnnotationRun& run_;
  const RunSettings& settings_;
  std::span<const std::uint8_t> mask_;
  const std::filesystem::path& folder_;
  std::vector<float> box_;
};

Result<void> write_images(report::ResultsFolder& folder, const exec::AnnotationRun& run,
                          exec::ImageSource& source, const ResultRows& rows,
                          const RunSettings& settings, exec::Progress& progress) {
  const auto images = folder.add_folder("images");
  if (!images) return std::unexpected(images.error());
  const imaging::PixelGrid& grid = run.pixels.grid;
  std::vector<std::uint8_t> mask(grid.box_size(), 0);
  for (const std::uint32_t position : grid.positions) mask[position] = 1;
  if (settings.images == ImageFormat::kNpy) {
    auto written = report::write_mask_npy(
        *images / "mask.npy", {std::span<const std::uint8_t>(mask), grid.width, grid.height});
    if (!written) return written;
  }

  std::vector<std::uint32_t> ions;
  ions.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) ions.push_back(rows.measured(i).ion);
  progress.begin("images", "annotations", rows.size());
  tbb::enumerable_thread_specific<ImageWriter> writers(
      [&] { return ImageWriter(run, settings, mask, *images); });
  auto done = source.cut(
      ions,
      [&](std::size_t i, std::span<const imaging::IonImage> cut) {
        return writers.local().write(rows.named(i), run.patterns.of(ions[i]), cut);
      },
      progress);
  progress.end();
  return done;
}

report::IonMetricsRow metrics_row(const exec::AnnotationRun& run, std::size_t i) {
  const stages::MeasuredIon& measured = run.measured[i];
  return {.ion_formula = run.ions.ions[measured.ion],
          .is_target = run.ions.is_target[measured.ion] != 0,
          .msm = measured.metrics.msm,
          .chaos = computed(measured.metrics.chaos),
          .spatial = computed(measured.metrics.spatial),
          .spectral = computed(measured.metrics.spectral),
          .mz_err_abs = measured.metrics.mz_err_abs,
          .mz_err_rel = measured.metrics.mz_err_rel,
          .peaks = isotope_peaks(run, measured)};
}

/// Row `i` of the targets and then the decoys of a list's ranking.
report::IonRankingRow ranking_row(const exec::AnnotationRun& run, const chem::MoleculeList& list,
                                  std::size_t l, std::size_t i) {
  const std::vector<stages::RankedIon>& targets = run.ranked[l];
  if (i < targets.size()) {
    const stages::RankedIon& ranked = targets[i];
    const std::string& modifier = run.ions.modifiers[ranked.modifier].text;
    return {list.name,
            list.formulas[ranked.formula],
            modifier,
            modifier,
            run.ions.ions[run.measured[ranked.measured].ion],
            false,
            ranked.score,
            ranked.fdr};
  }
  const stages::RankedDecoy& decoy = run.ranked_decoys[l][i - targets.size()];
  return {list.name,
          list.formulas[decoy.formula],
          run.ions.modifiers[decoy.modifier].text,
          run.ions.decoy_modifier(l, decoy.formula, decoy.modifier, decoy.draw),
          run.ions.ions[run.measured[decoy.measured].ion],
          true,
          decoy.score,
          std::nullopt};
}

/// Targets and decoys of every ranking that have a score, list by list.
Result<void> write_rankings(const std::filesystem::path& path, const exec::AnnotationRun& run,
                            const std::vector<chem::MoleculeList>& lists,
                            const report::RunIdentity& identity) {
  std::vector<std::size_t> begins = {0};
  for (std::size_t l = 0; l < lists.size(); ++l) {
    begins.push_back(begins.back() + run.ranked[l].size() + run.ranked_decoys[l].size());
  }
  return report::write_ion_rankings_parquet(
      path, begins.back(),
      [&](std::size_t i) {
        const auto next = std::ranges::upper_bound(begins, i);
        const auto l = static_cast<std::size_t>(next - begins.begin() - 1);
        return ranking_row(run, lists[l], l, i - begins[l]);
      },
      identity);
}

}  // namespace

Result<std::vector<std::string>> write_results(
    report::ResultsFolder& folder, const exec::AnnotationRun& run, exec::ImageSource& source,
    const std::vector<chem::MoleculeList>& lists, const ResultRows& rows,
    const RunSettings& settings, const report::RunIdentity& identity, exec::Progress& progress) {
  const std::filesystem::path& path = folder.partial_path();
  std::vector<std::string> written = {"annotations.csv", "annotations.parquet"};
  if (auto csv = report::write_annotations_csv(path / written[0], rows.all(), identity); !csv) {
    return std::unexpected(csv.error());
  }
  if (auto parquet = report::write_annotations_parquet(path / written[1], rows.all(), identity);
      !parquet) {
    return std::unexpected(parquet.error());
  }
  if (settings.all_ions) {
    auto metrics = report::write_ion_metrics_parquet(
        path / "ion_metrics.parquet", run.measured.size(),
        [&](std::size_t i) { return metrics_row(run, i); }, identity);
    if (!metrics) return std::unexpected(metrics.error());
    auto ranked = write_rankings(path / "ion_rankings.parquet", run, lists, identity);
    if (!ranked) return std::unexpected(ranked.error());
    written.insert(written.end(), {"ion_metrics.parquet", "ion_rankings.parquet"});
  }
  if (settings.images != ImageFormat::kNone) {
    auto images = write_images(folder, run, source, rows, settings, progress);
    if (!images) return std::unexpected(images.error());
    written.emplace_back("images/");
  }
  return written;
}

std::uint64_t write_memory_bound_bytes(const ResultSizes& sizes, const imaging::PixelGrid& grid,
                                       std::uint64_t threads) {
  const std::uint64_t box_size = grid.box_size();
  const std::uint64_t images =
      sizes.targets * sizeof(std::uint32_t) + box_size * sizeof(std::uint8_t) +
      threads * (box_size * kBytesPerPixelWritten +
                 kCompressedCopies * report::compression_memory_bound_bytes(box_size, grid.height));
  return kLibraryBytes +
         ResultRows::memory_bound_bytes(sizes.targets, sizes.peaks_per_ion, sizes.molecules,
                                        sizes.lists) +
         std::max(report::parquet_memory_bound_bytes(sizes.rows, sizes.text_bytes), images);
}

}  // namespace ionloom::app
