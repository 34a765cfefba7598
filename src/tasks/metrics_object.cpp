#include "tasks/metrics_object.h"

namespace ionloom::tasks {

void MetricsColumns::reserve(std::uint64_t ions) {
  ion_.reserve(ions);
  for (std::vector<double>* column :
       {&spectral_, &spatial_, &chaos_, &msm_, &mz_err_abs_, &mz_err_rel_}) {
    column->reserve(ions);
  }
  const std::uint64_t images = ions * isotope_peaks_;
  mz_mean_.reserve(images);
  mz_stddev_.reserve(images);
  total_.reserve(images);
  max_.reserve(images);
  has_image_.reserve(images);
}

void MetricsColumns::add(std::uint32_t ion, const imaging::IonMetrics& metrics) {
  ion_.push_back(ion);
  spectral_.push_back(metrics.spectral);
  spatial_.push_back(metrics.spatial);
  chaos_.push_back(metrics.chaos);
  msm_.push_back(metrics.msm);
  mz_err_abs_.push_back(metrics.mz_err_abs);
  mz_err_rel_.push_back(metrics.mz_err_rel);
  for (const imaging::ImageStatistics& image : metrics.images) {
    mz_mean_.push_back(image.mz_mean);
    mz_stddev_.push_back(image.mz_stddev);
    total_.push_back(image.total);
    max_.push_back(image.max);
    has_image_.push_back(image.has_image ? 1 : 0);
  }
}

Result<void> MetricsColumns::write(TaskIo& io, std::uint32_t output) const {
  return write_object(
      io, output, kMetricsKind, {size(), isotope_peaks_, 0, 0},
      {bytes_of(ion_), bytes_of(spectral_), bytes_of(spatial_), bytes_of(chaos_), bytes_of(msm_),
       bytes_of(mz_err_abs_), bytes_of(mz_err_rel_), bytes_of(mz_mean_), bytes_of(mz_stddev_),
       bytes_of(total_), bytes_of(max_), bytes_of(has_image_)});
}

std::uint64_t MetricsColumns::memory_bound_bytes(std::uint64_t ions, std::uint32_t isotope_peaks) {
  return ions * (sizeof(std::uint32_t) + 6 * sizeof(double) +
                 isotope_peaks * (2 * sizeof(double) + 2 * sizeof(float) + sizeof(std::uint8_t)));
}

Result<std::vector<stages::MeasuredIon>> decode_metrics(std::span<const std::byte> bytes) {
  auto columns = ObjectColumns::open(bytes, kMetricsKind);
  if (!columns) return std::unexpected(std::move(columns.error()));
  const std::uint64_t ions = columns->count(0);
  const std::uint64_t isotope_peaks = columns->count(1);
  const std::uint64_t images = product(ions, isotope_peaks);
  const auto ion = columns->next<std::uint32_t>(ions);
  const auto spectral = columns->next<double>(ions);
  const auto spatial = columns->next<double>(ions);
  const auto chaos = columns->next<double>(ions);
  const auto msm = columns->next<double>(ions);
  const auto mz_err_abs = columns->next<double>(ions);
  const auto mz_err_rel = columns->next<double>(ions);
  const auto mz_mean = columns->next<double>(images);
  const auto mz_stddev = columns->next<double>(images);
  const auto total = columns->next<float>(images);
  const auto max = columns->next<float>(images);
  const auto has_image = columns->next<std::uint8_t>(images);
  if (auto whole = columns->finish(); !whole) return std::unexpected(std::move(whole.error()));

  std::vector<stages::MeasuredIon> measured(ions);
  for (std::size_t i = 0; i < ions; ++i) {
    measured[i].ion = ion[i];
    imaging::IonMetrics& metrics = measured[i].metrics;
    metrics = {.spectral = spectral[i],
               .spatial = spatial[i],
               .chaos = chaos[i],
               .msm = msm[i],
               .mz_err_abs = mz_err_abs[i],
               .mz_err_rel = mz_err_rel[i],
               .images = {}};
    for (std::size_t k = i * isotope_peaks; k < (i + 1) * isotope_peaks; ++k) {
      metrics.images.push_back({.total = total[k],
                                .max = max[k],
                                .mz_mean = mz_mean[k],
                                .mz_stddev = mz_stddev[k],
                                .has_image = has_image[k] != 0});
    }
  }
  return measured;
}

}  // namespace ionloom::tasks
