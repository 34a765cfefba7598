#include "tasks/spectrum_source.h"

#include <algorithm>
#include <utility>

#include "tasks/number_text.h"
#include "tasks/spectra_object.h"

namespace ionloom::tasks {

Result<void> SpectrumSource::open() {
  auto places = read_columns<std::uint64_t>(
      running_, {settings_.mz_offset, settings_.intensity_offset, settings_.length});
  if (!places) return std::unexpected(std::move(places.error()));
  auto types = read_columns<std::uint8_t>(running_, {settings_.mz_type, settings_.intensity_type});
  if (!types) return std::unexpected(std::move(types.error()));
  auto pixels = read_column<std::uint32_t>(running_, settings_.pixel_of_spectrum);
  if (!pixels) return std::unexpected(std::move(pixels.error()));
  spectra_ = {.mz_offset = std::move((*places)[0]),
              .intensity_offset = std::move((*places)[1]),
              .length = std::move((*places)[2]),
              .mz_type = std::move((*types)[0]),
              .intensity_type = std::move((*types)[1]),
              .pixel = std::move(*pixels),
              .mz_bytes = {},
              .intensity_bytes = {}};
  if (settings_.mz_bytes) {
    auto sizes =
        read_columns<std::uint64_t>(running_, {*settings_.mz_bytes, *settings_.intensity_bytes});
    if (!sizes) return std::unexpected(std::move(sizes.error()));
    spectra_.mz_bytes = std::move((*sizes)[0]);
    spectra_.intensity_bytes = std::move((*sizes)[1]);
    inflated_.resize(settings_.longest_spectrum * 2 * sizeof(double));
    inflater_.emplace();
  }
  if (auto same = compare_with_task(); !same) return same;
  mz_.resize(settings_.longest_spectrum);
  intensity_.resize(settings_.longest_spectrum);
  bytes_.resize(settings_.mz_bytes ? settings_.longest_stream_bytes
                                   : settings_.longest_spectrum * 2 * sizeof(double));
  return {};
}

/// Memory is computed from what the task says.
Result<void> SpectrumSource::compare_with_task() const {
  std::uint64_t declared = 0;
  std::uint64_t longest = 0;
  for (const std::uint64_t length : spectra_.length) {
    longest = std::max(longest, length);
    declared += std::min(length, settings_.longest_spectrum);  // which keeps the sum from wrapping
  }
  if (longest != settings_.longest_spectrum || declared != settings_.declared_peaks) {
    return data_error(input_place(running_.task, settings_.length),
                      "the longest spectrum has " + std::to_string(longest) + " peaks and all " +
                          std::to_string(declared) + ", but the task says " +
                          std::to_string(settings_.longest_spectrum) + " and " +
                          std::to_string(settings_.declared_peaks));
  }
  for (std::size_t i = 0; i < spectra_.mz_bytes.size(); ++i) {
    const std::uint64_t most = settings_.longest_stream_bytes;
    if (spectra_.mz_bytes[i] > most || spectra_.intensity_bytes[i] > most - spectra_.mz_bytes[i]) {
      return data_error(place_of(i), "its arrays have " + std::to_string(spectra_.mz_bytes[i]) +
                                         " and " + std::to_string(spectra_.intensity_bytes[i]) +
                                         " bytes, but the task says that none have more than " +
                                         std::to_string(most));
    }
  }
  return {};
}

Result<SpectrumSource::Stored> SpectrumSource::stored(
    std::size_t spectrum, std::uint8_t type, std::uint64_t offset_bytes,
    const std::vector<std::uint64_t>& sizes) const {
  const bool is_zlib = type >= kZlib && !sizes.empty();
  const auto number = static_cast<std::uint8_t>(is_zlib ? type - kZlib : type);
  if (number > static_cast<std::uint8_t>(stages::NumberType::kInt64)) {
    return data_error(place_of(spectrum),
                      "its array is of type " + std::to_string(type) +
                          ", expected 0 to 5, or, with the inputs mz_bytes and intensity_bytes, 8 "
                          "to 13 (docs/formats/stage-objects.md)");
  }
  Stored array{.type = static_cast<stages::NumberType>(number),
               .is_zlib = is_zlib,
               .offset_bytes = offset_bytes};
  array.values_bytes = spectra_.length[spectrum] * stages::width_bytes(array.type);
  array.size_bytes = is_zlib ? sizes[spectrum] : array.values_bytes;
  return array;
}

Result<void> SpectrumSource::read_arrays(std::size_t spectrum, const Stored& mz,
                                         const Stored& intensity) {
  const std::uint64_t all = mz.size_bytes + intensity.size_bytes;
  if (all > bytes_.size()) {
    return data_error(place_of(spectrum), "its arrays have " + std::to_string(all) +
                                              " bytes, but the task says that none have more "
                                              "than " +
                                              std::to_string(bytes_.size()));
  }
  const auto place = std::span(bytes_).first(all);
  // The two mostly lie side by side.
  const bool adjacent = mz.offset_bytes + mz.size_bytes == intensity.offset_bytes &&
                        range_of(mz.offset_bytes, all).has_value();
  if (adjacent) return read_bytes(spectrum, mz.offset_bytes, place);
  if (auto got = read_bytes(spectrum, mz.offset_bytes, place.first(mz.size_bytes)); !got) {
    return got;
  }
  return read_bytes(spectrum, intensity.offset_bytes, place.subspan(mz.size_bytes));
}

/// The values of an array that was read.
/// @param room  for them, if they are compressed
Result<std::span<const unsigned char>> SpectrumSource::values(std::size_t spectrum,
                                                              const Stored& array,
                                                              std::span<const unsigned char> bytes,
                                                              std::span<unsigned char> room) {
  if (!array.is_zlib) return bytes;
  const auto out = room.first(array.values_bytes);
  const stages::Inflated done = inflater_->inflate(bytes, out);
  if (done.is_whole) return out;
  return data_error(place_of(spectrum),
                    "its zlib data are damaged: " + std::to_string(done.size_bytes) +
                        " bytes came out" + (done.has_more ? " and more" : "") + ", expected " +
                        std::to_string(array.values_bytes));
}

Result<void> SpectrumSource::read(std::size_t spectrum) {
  const std::uint64_t count = spectra_.length[spectrum];
  kept_ = 0;
  sorted_ = true;
  if (count == 0) return {};
  const auto mz =
      stored(spectrum, spectra_.mz_type[spectrum], spectra_.mz_offset[spectrum], spectra_.mz_bytes);
  if (!mz) return std::unexpected(mz.error());
  const auto intensity = stored(spectrum, spectra_.intensity_type[spectrum],
                                spectra_.intensity_offset[spectrum], spectra_.intensity_bytes);
  if (!intensity) return std::unexpected(intensity.error());
  if (auto got = read_arrays(spectrum, *mz, *intensity); !got) return got;

  const auto bytes = std::span<const unsigned char>(bytes_);
  const auto room = std::span(inflated_);
  const auto mz_values = values(spectrum, *mz, bytes.first(mz->size_bytes), room);
  if (!mz_values) return std::unexpected(mz_values.error());
  const auto intensity_values =
      values(spectrum, *intensity, bytes.subspan(mz->size_bytes, intensity->size_bytes),
             room.subspan(room.empty() ? 0 : mz->values_bytes));
  if (!intensity_values) return std::unexpected(intensity_values.error());
  const stages::NumberArray mz_array{mz->type, *mz_values};
  const stages::KeptPeaks scan = stages::keep_peaks(mz_array, {intensity->type, *intensity_values},
                                                    count, mz_.data(), intensity_.data());
  if (scan.bad < count) {
    return data_error(place_of(spectrum),
                      "the m/z of peak " + std::to_string(scan.bad + 1) + " is " +
                          shortest_text(mz_array.at(scan.bad)) +
                          "; expected a finite number from 0. The data are damaged or of "
                          "another type");
  }
  kept_ = scan.kept;
  sorted_ = scan.sorted;
  return {};
}

std::string SpectrumSource::place_of(std::size_t spectrum) const {
  return "spectrum " + std::to_string(settings_.first_spectrum + spectrum + 1);
}

/// The input in whose range of the .ibd bytes lie.
std::optional<std::uint32_t> SpectrumSource::range_of(std::uint64_t offset_bytes,
                                                      std::uint64_t size_bytes) const {
  for (const std::uint32_t input : settings_.ibd) {
    const TaskInput& range = running_.task.inputs[input];
    if (offset_bytes >= range.offset_bytes && size_bytes <= range.length_bytes &&
        offset_bytes - range.offset_bytes <= range.length_bytes - size_bytes) {
      return input;
    }
  }
  return std::nullopt;
}

/// Reads bytes of the .ibd that a spectrum needs.
Result<void> SpectrumSource::read_bytes(std::size_t spectrum, std::uint64_t offset_bytes,
                                        std::span<unsigned char> into) {
  if (into.empty()) return {};
  if (const auto input = range_of(offset_bytes, into.size())) {
    return read_values(running_, *input, offset_bytes - running_.task.inputs[*input].offset_bytes,
                       into);
  }
  return data_error(place_of(spectrum), "its array at bytes " + std::to_string(offset_bytes) +
                                            " to " + std::to_string(offset_bytes + into.size()) +
                                            " lies in none of the ranges of the .ibd that the "
                                            "task was given");
}

std::uint64_t SpectrumSource::memory_bound_bytes(const IngestTask& task) {
  const bool compressed = task.mz_bytes.has_value();
  const std::uint64_t columns = task.spectra * ((compressed ? 5 : 3) * sizeof(std::uint64_t) +
                                                2 * sizeof(std::uint8_t) + sizeof(std::uint32_t));
  const std::uint64_t values = task.longest_spectrum * 2 * sizeof(double);
  return columns + (compressed ? values + task.longest_stream_bytes : values) +
         task.longest_spectrum * (sizeof(double) + sizeof(float));
}

}  // namespace ionloom::tasks
