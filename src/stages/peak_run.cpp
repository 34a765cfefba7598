#include "stages/peak_run.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "stages/ingest.h"

namespace ionloom::stages {
namespace {

static_assert(std::endian::native == std::endian::little, "runs are little-endian columns");

constexpr std::array<char, 8> kMagic = {'I', 'L', 'P', 'K', 'R', 'U', 'N', '1'};

template <class T>
void put(std::span<std::byte> bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

template <class T>
T get(std::span<const std::byte> bytes, std::size_t offset) {
  T value{};
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

}  // namespace

std::size_t RunHeader::peaks_of(std::uint64_t block) const {
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(kRunBlockPeaks, peaks - block * kRunBlockPeaks));
}

std::array<std::byte, kRunHeaderBytes> encode_run_header(const RunHeader& header) {
  std::array<std::byte, kRunHeaderBytes> bytes{};
  std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
  put(bytes, 8, header.peaks);
  put(bytes, 16, header.first_spectrum);
  put(bytes, 24, header.last_spectrum);
  put(bytes, 32, header.index_checksum);
  put(bytes, 40, static_cast<std::uint32_t>(kRunBlockPeaks));
  put(bytes, 48, header.unsorted_spectra);
  return bytes;
}

Result<RunHeader> decode_run_header(std::span<const std::byte> bytes) {
  if (bytes.size() < kRunHeaderBytes ||
      std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) {
    return data_error({}, "is no run of peaks of this version: its first bytes are not ILPKRUN1");
  }
  const auto block_peaks = get<std::uint32_t>(bytes, 40);
  if (block_peaks != kRunBlockPeaks) {
    return data_error({}, "has blocks of " + std::to_string(block_peaks) + " peaks; expected " +
                              std::to_string(kRunBlockPeaks));
  }
  return RunHeader{.peaks = get<std::uint64_t>(bytes, 8),
                   .first_spectrum = get<std::uint64_t>(bytes, 16),
                   .last_spectrum = get<std::uint64_t>(bytes, 24),
                   .index_checksum = get<std::uint64_t>(bytes, 32),
                   .unsorted_spectra = get<std::uint64_t>(bytes, 48)};
}

void encode_run_block(std::span<const imaging::Peak> peaks, std::span<std::byte> bytes) {
  const std::size_t count = peaks.size();
  for (std::size_t i = 0; i < count; ++i) {
    put(bytes, i * sizeof(double), peaks[i].mz);
    put(bytes, count * 8 + i * sizeof(float), peaks[i].intensity);
    put(bytes, count * 12 + i * sizeof(std::uint32_t), peaks[i].pixel);
  }
}

void decode_run_block(std::span<const std::byte> bytes, std::size_t first, std::size_t last,
                      std::span<imaging::Peak> peaks) {
  const std::size_t count = bytes.size() / sizeof(imaging::Peak);
  for (std::size_t i = first; i < last; ++i) {
    peaks[i - first] = {.mz = get<double>(bytes, i * sizeof(double)),
                        .intensity = get<float>(bytes, count * 8 + i * sizeof(float)),
                        .pixel = get<std::uint32_t>(bytes, count * 12 + i * sizeof(std::uint32_t))};
  }
}

std::pair<std::size_t, std::size_t> rows_in_buckets(std::span<const std::byte> bytes,
                                                    std::uint32_t first_bucket,
                                                    std::uint32_t last_bucket) {
  const std::size_t count = bytes.size() / sizeof(imaging::Peak);
  const auto first_from = [&](std::uint32_t bucket) {
    std::size_t low = 0;
    std::size_t high = count;
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (mz_bucket(get<double>(bytes, middle * sizeof(double))) < bucket) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
  return {first_from(first_bucket), first_from(last_bucket)};
}

std::pair<std::size_t, std::size_t> blocks_in_buckets(std::span<const RunIndexEntry> index,
                                                      std::uint32_t first_bucket,
                                                      std::uint32_t last_bucket) {
  const auto bucket_of = [](const RunIndexEntry& entry) { return mz_bucket(entry.first_mz); };
  // The block before the first that begins in the range may end in it.
  const auto begins = std::ranges::lower_bound(index, first_bucket, {}, bucket_of);
  const auto ends = std::ranges::lower_bound(index, last_bucket, {}, bucket_of);
  const auto first = static_cast<std::size_t>(begins - index.begin());
  return {first == 0 ? 0 : first - 1, static_cast<std::size_t>(ends - index.begin())};
}

std::pair<std::size_t, std::size_t> blocks_in_window(std::span<const RunIndexEntry> index,
                                                     const imaging::MzWindow& window) {
  const auto begins = std::ranges::lower_bound(index, window.lower, {}, &RunIndexEntry::first_mz);
  const auto ends = std::ranges::upper_bound(index, window.upper, {}, &RunIndexEntry::first_mz);
  const auto first = static_cast<std::size_t>(begins - index.begin());
  const auto last = static_cast<std::size_t>(ends - index.begin());
  // The block before the first that begins in the window may end in it.
  return {first == 0 ? 0 : first - 1, last};
}

}  // namespace ionloom::stages
