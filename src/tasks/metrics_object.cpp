#include "tasks/metrics_object.h"

#include <array>
#include <string>
#include <utility>

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

Result<void> MetricsColumns::write(TaskIo& io, std::uint32_t output, std::uint64_t in_range) const {
  return write_object(
      io, output, kMetricsKind, {size(), isotope_peaks_, in_range, 0},
      {bytes_of(ion_), bytes_of(spectral_), bytes_of(spatial_), bytes_of(chaos_), bytes_of(msm_),
       bytes_of(mz_err_abs_), bytes_of(mz_err_rel_), bytes_of(mz_mean_), bytes_of(mz_stddev_),
       bytes_of(total_), bytes_of(max_), bytes_of(has_image_)});
}

std::uint64_t MetricsColumns::memory_bound_bytes(std::uint64_t ions, std::uint32_t isotope_peaks) {
  return ions * (sizeof(std::uint32_t) + 6 * sizeof(double) +
                 isotope_peaks * (2 * sizeof(double) + 2 * sizeof(float) + sizeof(std::uint8_t)));
}

Result<Metrics> decode_metrics(std::span<const std::byte> bytes) {
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
  return Metrics{.measured = std::move(measured), .in_range = columns->count(2)};
}

Result<void> append_scores(const RunningTask& running, std::uint32_t input,
                           std::uint32_t isotope_peaks,
                           std::vector<stages::MeasuredIon>& measured) {
  std::array<std::byte, kObjectHeaderBytes> bytes{};
  const std::uint64_t size_bytes = running.task.inputs[input].length_bytes;
  if (size_bytes < bytes.size()) {
    return data_error(input_place(running.task, input), "is shorter than an object's header");
  }
  if (auto read = read_values(running, input, 0, std::span<std::byte>(bytes)); !read) return read;
  const auto header = decode_object_header(bytes, kMetricsKind);
  if (!header) return data_error(input_place(running.task, input), header.error().what);
  const std::uint64_t ions = header->counts[0];
  if (header->counts[1] != isotope_peaks || header->size_bytes != size_bytes ||
      ions > most_ions_in(size_bytes, isotope_peaks)) {
    return data_error(
        input_place(running.task, input),
        "is no whole object of metrics with " + std::to_string(isotope_peaks) + " isotope peaks");
  }
  const std::size_t before = measured.size();
  measured.resize(before + ions);
  const auto own = std::span(measured).subspan(before);
  ColumnPlaces places;
  std::vector<std::uint32_t> ion(ions);
  auto read =
      read_values(running, input, places.next(ions, sizeof(std::uint32_t), 0, ions).offset_bytes,
                  std::span(ion));
  for (std::size_t i = 0; read && i < ions; ++i) own[i].ion = ion[i];
  std::vector<double> column(ions);
  using imaging::IonMetrics;
  for (double IonMetrics::*metric :
       {&IonMetrics::spectral, &IonMetrics::spatial, &IonMetrics::chaos, &IonMetrics::msm,
        &IonMetrics::mz_err_abs, &IonMetrics::mz_err_rel}) {
    const std::uint64_t at = places.next(ions, sizeof(double), 0, ions).offset_bytes;
    if (read) read = read_values(running, input, at, std::span(column));
    for (std::size_t i = 0; read && i < ions; ++i) own[i].metrics.*metric = column[i];
  }
  return read;
}

std::uint64_t most_ions_in(std::uint64_t size_bytes, std::uint32_t isotope_peaks) {
  return size_bytes / MetricsColumns::memory_bound_bytes(1, isotope_peaks);
}

}  // namespace ionloom::tasks
