#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "stages/inflate.h"
#include "stages/peak_arrays.h"
#include "tasks/column.h"
#include "tasks/ingest_task.h"

namespace ionloom::tasks {

/// Reads one spectrum of an ingest task after the other.
class SpectrumSource {
 public:
  /// REQUIRES: both outlive the source.
  SpectrumSource(const RunningTask& running, const IngestTask& settings)
      : running_(running), settings_(settings) {}

  /// Reads the task's part of the spectra table. Fails when it is not as the task says.
  [[nodiscard]] Result<void> open();

  /// Reads a spectrum; its peaks are there until the next call. Fails when an array lies in none of
  /// the task's ranges, is damaged, or has an m/z that is no mass.
  /// @param spectrum  counted from the task's first
  [[nodiscard]] Result<void> read(std::size_t spectrum);

  [[nodiscard]] std::span<const double> mz() const { return std::span(mz_).first(kept_); }
  [[nodiscard]] std::span<const float> intensity() const {
    return std::span(intensity_).first(kept_);
  }
  [[nodiscard]] bool sorted() const { return sorted_; }
  [[nodiscard]] std::uint32_t pixel(std::size_t spectrum) const { return spectra_.pixel[spectrum]; }

  /// Bytes that a source of this task holds at most.
  [[nodiscard]] static std::uint64_t memory_bound_bytes(const IngestTask& task);

 private:
  /// The part of the spectra table that a task was given.
  struct Columns {
    std::vector<std::uint64_t> mz_offset;
    std::vector<std::uint64_t> intensity_offset;
    std::vector<std::uint64_t> length;
    std::vector<std::uint8_t> mz_type;
    std::vector<std::uint8_t> intensity_type;
    std::vector<std::uint32_t> pixel;
    std::vector<std::uint64_t> mz_bytes;  ///< this and the next empty without compressed arrays
    std::vector<std::uint64_t> intensity_bytes;
  };

  /// One array of a spectrum as it lies in the .ibd.
  struct Stored {
    stages::NumberType type = stages::NumberType::kFloat64;
    bool is_zlib = false;
    std::uint64_t offset_bytes = 0;
    std::uint64_t size_bytes = 0;
    std::uint64_t values_bytes = 0;  ///< of the values; the same unless it is compressed
  };

  [[nodiscard]] Result<void> compare_with_task() const;
  [[nodiscard]] Result<Stored> stored(std::size_t spectrum, std::uint8_t type,
                                      std::uint64_t offset_bytes,
                                      const std::vector<std::uint64_t>& sizes) const;
  [[nodiscard]] Result<void> read_arrays(std::size_t spectrum, const Stored& mz,
                                         const Stored& intensity);
  [[nodiscard]] Result<std::span<const unsigned char>> values(std::size_t spectrum,
                                                              const Stored& array,
                                                              std::span<const unsigned char> bytes,
                                                              std::span<unsigned char> room);
  [[nodiscard]] std::string place_of(std::size_t spectrum) const;
  [[nodiscard]] std::optional<std::uint32_t> range_of(std::uint64_t offset_bytes,
                                                      std::uint64_t size_bytes) const;
  [[nodiscard]] Result<void> read_bytes(std::size_t spectrum, std::uint64_t offset_bytes,
                                        std::span<unsigned char> into);

  const RunningTask& running_;
  const IngestTask& settings_;
  Columns spectra_;
  std::vector<double> mz_;
  std::vector<float> intensity_;
  std::vector<unsigned char> bytes_;     ///< as they lie in the .ibd
  std::vector<unsigned char> inflated_;  ///< values of compressed arrays
  std::optional<stages::Inflater> inflater_;
  std::size_t kept_ = 0;
  bool sorted_ = true;
};

}  // namespace ionloom::tasks
