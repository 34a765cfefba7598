#include "tasks/images_task.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "stages/annotate.h"
#include "tasks/images_object.h"
#include "tasks/task_reader.h"

namespace ionloom::tasks {
namespace {

/// Images of one task that are held, so that they are cut once.
constexpr std::uint64_t kHeldBytes = std::uint64_t{4} << 20;

/// Cuts the images of the rows and hands their values over one image after the other.
class ImageCutter {
 public:
  ImageCutter(const imaging::PixelGrid& grid, const imaging::MetricSettings& settings,
              const IonRows& ions, imaging::PeakTable peaks, std::uint64_t held_bytes)
      : measurer_(grid, settings), ions_(ions), peaks_(peaks), holds_(held_bytes > 0) {
    values_.reserve(holds_ ? held_bytes / sizeof(ImageValue) : grid.pixel_count());
  }

  /// Adds all values to the object; `ends`, if it is given, gets the end of each image. Called
  /// again, it adds the same.
  Result<void> cut(std::span<const std::uint32_t> rows, ObjectWriter& writer,
                   std::vector<std::uint64_t>* ends) {
    if (holds_ && !values_.empty()) {
      if (auto added = writer.add(bytes_of(values_)); !added) return added;
      return writer.end_column();
    }
    std::uint64_t end = 0;
    for (const std::uint32_t row : rows) {
      for (const imaging::IonImage& image : measurer_.cut_images(peaks_, ions_.patterns.of(row))) {
        if (!holds_) values_.clear();
        const std::size_t first = values_.size();
        for (std::size_t i = 0; i < image.pixels.size(); ++i) {
          values_.push_back({image.pixels[i], image.values[i]});
        }
        const auto own = std::span<const ImageValue>(values_).subspan(first);
        end += own.size();
        if (ends != nullptr) ends->push_back(end);
        if (auto added = writer.add(std::as_bytes(own)); !added) return added;
      }
    }
    return writer.end_column();
  }

 private:
  imaging::IonMeasurer measurer_;
  const IonRows& ions_;
  imaging::PeakTable peaks_;
  bool holds_;
  std::vector<ImageValue> values_;  ///< of all images, if they are held, else of one
};

Result<void> add_column(ObjectWriter& writer, std::span<const std::byte> column) {
  if (auto added = writer.add(column); !added) return added;
  return writer.end_column();
}

}  // namespace

Result<ImagesTask> ImagesTask::read(const Task& task) {
  TaskReader reader(task);
  ImagesTask own;
  own.inputs = ImageInputs::take(reader, task);
  own.images = reader.output("images");
  if (auto done = reader.finish(); !done) return std::unexpected(std::move(done.error()));
  return own;
}

/// What all images can take, 0 if that is too much to hold.
std::uint64_t ImagesTask::held_bytes() const {
  const std::uint64_t ion = inputs.ions.isotope_peaks * inputs.grid.pixels * sizeof(ImageValue);
  return inputs.ions.rows > kHeldBytes / std::max<std::uint64_t>(ion, 1) ? 0
                                                                         : inputs.ions.rows * ion;
}

std::uint64_t ImagesTask::memory_bound_bytes() const {
  const std::uint64_t rows = inputs.ions.rows;
  return inputs.memory_bound_bytes() +
         imaging::IonMeasurer::cut_memory_bound_bytes(inputs.grid, inputs.ions.isotope_peaks) +
         std::max(held_bytes(), inputs.grid.pixels * sizeof(ImageValue)) +
         rows * (2 * sizeof(std::uint32_t) + inputs.ions.isotope_peaks * sizeof(std::uint64_t));
}

Result<Summary> ImagesTask::execute(const RunningTask& running) const {
  const auto read = inputs.read(running);
  if (!read) return std::unexpected(read.error());
  const auto& [grid, ions, peaks] = *read;

  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> ion;
  rows.reserve(ions.ion.size());
  ion.reserve(ions.ion.size());
  for (std::uint32_t row = 0; row < ions.ion.size(); ++row) {
    if (!stages::is_in_range(ions.patterns.of(row).mz, inputs.first_mz, inputs.last_mz)) continue;
    rows.push_back(row);
    ion.push_back(ions.ion[row]);
  }
  std::vector<std::uint64_t> ends;
  ends.reserve(rows.size() * inputs.ions.isotope_peaks);

  // Values are needed twice, for the checksum and to be written. Images that are too much to hold
  // are cut twice.
  ImageCutter cutter(grid, inputs.settings, ions, peaks, held_bytes());
  ObjectWriter writer(running.io, images, kImagesKind);
  auto done = cutter.cut(rows, writer, &ends);
  if (done) done = add_column(writer, bytes_of(ends));
  if (done) done = add_column(writer, bytes_of(ion));
  const std::uint64_t values = ends.empty() ? 0 : ends.back();
  if (done) {
    done = writer.begin_second_round({rows.size(), inputs.ions.isotope_peaks, values, 0});
  }
  if (done) done = cutter.cut(rows, writer, nullptr);
  if (done) done = add_column(writer, bytes_of(ends));
  if (done) done = add_column(writer, bytes_of(ion));
  if (!done) return std::unexpected(std::move(done.error()));
  Summary summary;
  summary.add("ions", ions.ion.size());
  summary.add("ions_in_range", rows.size());
  summary.add("pixels", values);
  summary.add("peaks", peaks.size());
  return summary;
}

Result<void> cut_images(const Task& task, TaskIo& io, const TakeImages& take) {
  const auto own = ImagesTask::read(task);
  if (!own) return std::unexpected(own.error());
  const auto read = own->inputs.read({task, io});
  if (!read) return std::unexpected(read.error());
  imaging::IonMeasurer measurer(read->grid, own->inputs.settings);
  for (std::size_t row = 0; row < read->ions.ion.size(); ++row) {
    const imaging::TheoreticalPeaks theory = read->ions.patterns.of(row);
    if (!stages::is_in_range(theory.mz, own->inputs.first_mz, own->inputs.last_mz)) continue;
    auto taken = take(read->ions.ion[row], measurer.cut_images(read->peaks, theory));
    if (!taken) return taken;
  }
  return {};
}

}  // namespace ionloom::tasks
